from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from mot_platform.datasets.labelled_pictures import labelled_pictures, spread
from mot_platform.datasets.source import IMAGES_CODEC


def test_pictures_are_of_the_frames_whose_boxes_they_carry(filmed_source) -> None:
    pictures = labelled_pictures(filmed_source, 4, max_wh=(320, 320))
    assert [picture.frame_index for picture in pictures] == [1, 4, 7, 10]
    for picture in pictures:
        assert picture.pixels.shape == (192, 320, 3)
        columns = np.flatnonzero(picture.pixels[90, :, 0] > 127) / 2
        x1, _, x2, _ = picture.boxes.xyxy[0]
        assert (columns.min(), columns.max()) == pytest.approx((x1, x2), abs=1.5)


def test_images_are_shown_like_frames(filmed_source, tmp_path) -> None:
    folder = tmp_path / "img1"
    folder.mkdir()
    for number in range(12):
        cv2.imwrite(str(folder / f"{number + 1:06}.png"), np.full((96, 160, 3), 20 * number, np.uint8))
    video = filmed_source.videos[0]
    facts = replace(video.facts, codec=IMAGES_CODEC, uri=str(folder))
    source = replace(filmed_source, videos=(replace(video, uri=str(folder), facts=facts),))
    pictures = labelled_pictures(source, 3, max_wh=(160, 96))
    assert [int(picture.pixels[0, 0, 0]) for picture in pictures] == [40, 120, 200]


def test_a_source_without_media_gives_its_labels_and_says_why(filmed_source) -> None:
    missing = replace(filmed_source, videos=filmed_source.videos[1:])
    (picture,) = labelled_pictures(missing, 3, max_wh=(320, 320))
    assert picture.pixels is None
    assert picture.problem == "no such file"
    assert picture.time_s == 902.0
    assert len(picture.boxes) == 2


def test_media_that_is_gone_since_is_said(filmed_source) -> None:
    Path(filmed_source.videos[0].uri).unlink()
    pictures = labelled_pictures(filmed_source, 2, max_wh=(320, 320))
    assert [picture.pixels for picture in pictures] == [None, None]
    assert "a.mp4" in pictures[0].problem


@pytest.mark.parametrize("num_videos", [1, 2, 3, 10])
def test_frames_are_spread_over_videos_and_over_time(filmed_source, num_videos: int) -> None:
    videos = [replace(filmed_source.videos[0], name=f"v{number}") for number in range(num_videos)]
    chosen = list(spread(videos, 6))
    frames = [frame for _, of_video in chosen for frame in of_video]
    assert len(chosen) == min(num_videos, 6)
    assert len(frames) == 6
    assert min(frames) < 2
    assert max(frames) > 9
