"""The names of weights that come with the package."""

from __future__ import annotations

from pathlib import Path

import pytest

from mot_platform import shipped_weights
from mot_platform.registry import file_digest
from mot_platform.shipped_weights import shipped_card, shipped_file, shipped_names
from mot_platform.shipping.card import card_text, read_card
from mot_platform.weights import load_network


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


@pytest.mark.parametrize("name", shipped_names() or [pytest.param("", marks=pytest.mark.skip("none yet"))])
def test_card_and_file_agree(name: str) -> None:
    path, card_path = shipped_file(name), shipped_card(name)
    assert path is not None
    assert card_path is not None
    card, network = read_card(card_path), load_network(path)
    config, inference = network.config, network.for_inference()
    assert card.digest == file_digest(path)
    assert card.parameters == sum(value.numel() for value in network.parameters())
    assert card.inference_parameters == sum(value.numel() for value in inference.parameters())
    assert card.receptive_field_frames == network.temporal.receptive_field_frames
    assert (card.size, card.input_wh) == (config.size, config.input_wh)
    assert (card.class_names, card.action_names) == (config.class_names, config.action_names)
    assert card.action_ids == config.action_ids
    assert card_text(card) == card_path.read_text(), "written by hand, or by another template"


def test_the_wheel_holds_what_is_shipped() -> None:
    builders = pytest.importorskip("hatchling.builders.wheel")
    root = Path(__file__).resolve().parents[2]
    inside = {file.distribution_path for file in builders.WheelBuilder(str(root)).recurse_included_files()}
    assert "mot_platform/shipped_weights.py" in inside
    for name in shipped_names():
        assert {f"mot_platform/shipped/{name}.safetensors", f"mot_platform/shipped/{name}.md"} <= inside
