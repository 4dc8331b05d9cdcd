from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mot_platform.datasets.index import write_source
from mot_platform.datasets.showing import show_index
from mot_platform.errors import InputError


def test_sources_are_summed_up_with_their_digests(filmed_source, tmp_path) -> None:
    digest = write_source(tmp_path / "index", filmed_source)
    write_source(tmp_path / "index", replace(filmed_source, name="another"))
    found = show_index(tmp_path / "index", sheet=tmp_path / "sheet.jpg")
    assert [source.name for source in found.sources] == ["another", "set-1"]
    assert found.digests["set-1"] == digest
    assert found.changed == ()
    assert (tmp_path / "sheet.jpg").stat().st_size > 10_000


def test_changed_media_are_told_and_do_not_stop_anything(filmed_source, tmp_path) -> None:
    write_source(tmp_path / "index", filmed_source)
    Path(filmed_source.videos[0].uri).unlink()
    found = show_index(tmp_path / "index", sheet=tmp_path / "sheet.png")
    assert [problem.where for problem in found.changed] == [filmed_source.videos[0].uri]
    assert (tmp_path / "sheet.png").is_file()


def test_a_sheet_of_no_known_format_is_refused_before_anything_is_read(tmp_path) -> None:
    with pytest.raises(InputError, match="picture sheet"):
        show_index(tmp_path / "nowhere", sheet=tmp_path / "sheet.pdf")
