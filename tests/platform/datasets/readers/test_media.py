"""Behaviour of looking at videos and folders of images."""

from __future__ import annotations

from fractions import Fraction

import pytest

from mot_platform.datasets.readers.media import LookedAt, MediaPlace, look_at, look_at_all
from mot_platform.datasets.source import IMAGES_CODEC


def test_a_folder_of_images_has_the_facts_of_a_video(write_images) -> None:
    folder = write_images("a/img1", range(1, 6))
    media = look_at(MediaPlace(name="a", uri=str(folder), frame_rate_hz=29.97))
    facts = media.facts
    assert (media.status, media.complaint) == ("ready", "")
    assert media.size_bytes == sum(path.stat().st_size for path in folder.iterdir())
    assert (facts.codec, facts.size_wh, facts.num_frames) == (IMAGES_CODEC, (128, 64), 5)
    assert facts.time_base == Fraction(1001, 30000) or abs(float(facts.time_base) - 1 / 29.97) < 1e-9
    assert facts.pts.tolist() == facts.keyframe_pts.tolist() == [0, 1, 2, 3, 4]
    assert not facts.seekable


@pytest.mark.parametrize(
    ("numbers", "num_frames", "complaint"),
    [
        pytest.param([1, 2, 3], 3, "", id="from 1"),
        pytest.param([0, 1, 2], 3, "", id="from 0"),
        pytest.param([1, 2, 4, 5], 2, "image 3 is missing; only the 2 before it are used", id="gap"),
    ],
)
def test_frame_i_is_always_image_number_i(write_images, numbers, num_frames, complaint) -> None:
    media = look_at(MediaPlace(name="a", uri=str(write_images("a", numbers))))
    assert media.facts.num_frames == num_frames
    assert media.complaint == complaint


@pytest.mark.parametrize(
    ("content", "error"),
    [
        pytest.param({"000002.jpg": None}, "image 1 is missing; the first is 000002.jpg", id="begins late"),
        pytest.param({"000001.jpg": "text"}, "not an image that can be decoded", id="no image"),
    ],
)
def test_images_that_can_not_be_used_are_dead(tmp_path, write_images, content, error) -> None:
    folder = write_images("a", [int(name[:6]) for name, text in content.items() if text is None])
    for name, text in content.items():
        if text is not None:
            (folder / name).write_text(text)
    media = look_at(MediaPlace(name="a", uri=str(folder)))
    assert (media.status, media.error, media.facts) == ("dead", error, None)


def test_a_folder_without_images_is_missing(tmp_path) -> None:
    media = look_at(MediaPlace(name="a", uri=str(tmp_path)))
    assert (media.status, media.error) == ("missing", "no images in this folder")


def test_videos_are_looked_at_by_several_processes(tmp_path, write_video, write_text) -> None:
    write_video("a.mp4", num_frames=7)
    write_text("b.mp4", "")
    seen: list[LookedAt] = []
    places = [MediaPlace(name=name, uri=str(tmp_path / f"{name}.mp4")) for name in ("a", "b", "c")]
    media = look_at_all(places, workers=2, progress=seen.append)
    assert {name: found.status for name, found in media.items()} == {
        "a": "ready",
        "b": "dead",
        "c": "missing",
    }
    assert media["a"].facts.num_frames == 7
    assert [(step.number, step.total) for step in seen] == [(1, 3), (2, 3), (3, 3)]
    assert {step.media.name: step.media.error for step in seen} == {
        "a": "",
        "b": "the file is empty",
        "c": "no such file or folder",
    }
