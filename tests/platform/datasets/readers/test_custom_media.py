"""Behaviour of finding and naming videos."""

from __future__ import annotations

from pathlib import Path

import pytest

from mot_platform.datasets.readers.custom_media import MediaNames, find_media, first_number


@pytest.fixture
def media(tmp_path, write_text, write_images) -> MediaNames:
    for name in (
        "a.mp4",
        "day/b.mov",
        "day/c/c.avi",
        "d/d.mp4",
        "twins/e.mp4",
        "twins/e.mov",
        ".hidden/f.mp4",
    ):
        write_text(name, "")
    write_images("seq/img1", [1, 2])
    write_images("frames/g", [0, 1])
    write_text("twins/poster.jpg", "")
    write_text("sheet.jpg", "")
    return MediaNames(find_media(tmp_path))


def test_videos_and_folders_of_images_have_short_names(media) -> None:
    assert sorted(media.media) == [
        "a", "d", "day/b", "day/c", "frames/g", "seq", "twins/e.mov", "twins/e.mp4",
    ]  # fmt: skip


def test_a_folder_of_nothing_but_images_is_a_sequence(tmp_path, write_images) -> None:
    write_images("street", [1, 2])
    assert list(find_media(tmp_path / "street")) == ["street"]


def test_a_single_sequence_goes_by_the_name_of_its_folder(tmp_path, write_images) -> None:
    write_images("street/img1", [1])
    assert list(find_media(tmp_path / "street")) == ["street"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a", "a"),
        ("a.mp4", "a"),
        ("b.mov", "day/b"),
        ("videos/b", "day/b"),
        ("seq/img1", "seq"),
        ("train/g", "frames/g"),
        ("e", None),
        ("", None),
        ("nobody", None),
    ],
)
def test_labels_mean_a_video_by_several_names(media, name, found) -> None:
    assert media.match(name) == found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a_000012", ("a", 12)),
        ("a-frame_12", ("a", 12)),
        ("a/000012", ("a", 12)),
        ("a/frame_000012", ("a", 12)),
        ("gone_7", ("gone", 7)),
        ("gone/7", ("gone", 7)),
        ("a", None),
        ("readme", None),
        ("a_99999999999999999999", None),
    ],
)
def test_names_of_frames(media, name, expected) -> None:
    assert media.split_number(name) == expected


def test_an_image_is_the_frame_of_its_place(media) -> None:
    assert media.frame_of_image("frames/g", "images/g/000001.jpg") == 1
    assert media.frame_of_image("frames/g", "000007.jpg") is None
    assert media.frame_of_image("a", "000001.jpg") is None


def test_counting_begins_at_one_unless_there_is_a_zero() -> None:
    assert [first_number([5, 6]), first_number([0, 5]), first_number([])] == [1, 0, 1]


def test_paths_are_kept(media) -> None:
    assert isinstance(media.media["a"], Path)
