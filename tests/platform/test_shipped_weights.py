"""The names of weights that come with the package."""

from __future__ import annotations

from pathlib import Path

import pytest

from mot_platform import shipped_weights
from mot_platform.shipped_weights import shipped_card, shipped_file, shipped_names


def test_a_file_of_weights_gives_a_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shipped_weights, "FOLDER", tmp_path)
    assert shipped_names() == ()
    for name in ("small.safetensors", "nano.safetensors", "nano.md", "draft.md"):
        (tmp_path / name).touch()
    assert shipped_names() == ("nano", "small")
    assert shipped_file("nano") == tmp_path / "nano.safetensors"
    assert shipped_card("nano") == tmp_path / "nano.md"


@pytest.mark.parametrize("name", ["draft", "nano.safetensors", "../shipped/nano", "", "models:/nano/1"])
def test_anything_else_is_no_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setattr(shipped_weights, "FOLDER", tmp_path)
    (tmp_path / "nano.safetensors").touch()
    assert shipped_file(name) is shipped_card(name) is None
