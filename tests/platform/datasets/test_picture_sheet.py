from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mot_platform.datasets.picture_sheet import (
    SHEET_WIDTH_PX,
    draw_picture_sheet,
    headline,
    write_picture_sheet,
)
from mot_platform.errors import InputError
from mot_platform.report.marks import UNFOUND_COLOR
from mot_platform.video.overlay import track_color


def pixels_of(sheet: np.ndarray, color: tuple[int, int, int]) -> np.ndarray:
    """Return where the sheet has a colour, `(N, 2)` rows and columns."""
    return np.argwhere((np.abs(sheet.astype(int) - color) < 4).all(axis=2))


def test_boxes_surround_what_they_label(filmed_source) -> None:
    sheet = draw_picture_sheet([filmed_source])
    assert sheet.shape[1] == SHEET_WIDTH_PX
    first = sheet[96:400, :530]  # below the lines of text
    white, outline = np.argwhere((first > 150).all(axis=2)), pixels_of(first, track_color(7))
    size_px = 512 / 160
    for side, sign in ((white.min(axis=0), -1), (white.max(axis=0), 1)):
        edge = outline.min(axis=0) if sign < 0 else outline.max(axis=0)
        assert edge[1] == pytest.approx(side[1], abs=2 * size_px)


def test_ignored_boxes_are_grey_and_have_no_colour_of_an_identity(filmed_source) -> None:
    video = filmed_source.videos[0]
    ignored = replace(video, boxes=replace(video.boxes, ignored=np.ones(12, bool)))
    plain, grey = (draw_picture_sheet([replace(filmed_source, videos=(one,))]) for one in (video, ignored))
    assert len(pixels_of(plain, track_color(7))) > 500
    assert len(pixels_of(grey, track_color(7))) == 0
    assert len(pixels_of(grey, UNFOUND_COLOR)) > 300


def test_the_same_source_gives_the_same_sheet_and_each_source_its_rows(filmed_source) -> None:
    one = draw_picture_sheet([filmed_source])
    np.testing.assert_array_equal(one, draw_picture_sheet([filmed_source]))
    missing = replace(filmed_source, name="gone", videos=filmed_source.videos[1:])
    assert draw_picture_sheet([filmed_source, missing]).shape[0] > 2 * 307


def test_the_headline_says_what_a_source_has(filmed_source) -> None:
    line = headline(filmed_source)
    assert "set-1 (custom)   1 of 2 videos ready   14 labelled frames   14 boxes" in line


@pytest.mark.parametrize("name", ["sheet.jpg", "new/sheet.png"])
def test_a_sheet_is_written_in_the_format_of_its_name(filmed_source, tmp_path, name: str) -> None:
    write_picture_sheet(tmp_path / name, [filmed_source])
    assert cv2.imread(str(tmp_path / name)).shape[1] == SHEET_WIDTH_PX


def test_another_ending_is_refused(filmed_source, tmp_path) -> None:
    with pytest.raises(InputError, match=r"sheet\.gif: a picture sheet ends in \.jpg"):
        write_picture_sheet(tmp_path / "sheet.gif", [filmed_source])
