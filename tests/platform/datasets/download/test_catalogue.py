from __future__ import annotations

from typing import get_args

import pytest

from mot_platform.datasets.download.catalogue import DatasetKind, dataset_of
from mot_platform.errors import InputError


@pytest.mark.parametrize("kind", get_args(DatasetKind))
def test_a_mirror_replaces_every_address(kind) -> None:
    official, mirrored = dataset_of(kind), dataset_of(kind, "http://mirror/x")
    assert official.licence
    assert all(url.startswith("https://") for file in official.files for url in file.urls)
    assert all(url.startswith("http://mirror/x/") for file in mirrored.files for url in file.urls)


def test_the_official_address_of_a_video() -> None:
    videos = dataset_of("ava").video_list.videos("-5KQ66BBWC4.mkv\r\n\r\n_7oWZq_s_Sk.mp4\n-5KQ66BBWC4.mkv")
    assert [video.urls[0] for video in videos] == [
        "https://s3.amazonaws.com/ava-dataset/trainval/-5KQ66BBWC4.mkv",
        "https://s3.amazonaws.com/ava-dataset/trainval/_7oWZq_s_Sk.mp4",
    ]
    assert (videos[0].name, videos[0].replaced_by) == ("videos/-5KQ66BBWC4.mkv", "clips/-5KQ66BBWC4.mkv")


@pytest.mark.parametrize(
    "line", ["../../etc/passwd", "a/b.mp4", ".hidden", "<html>", "a\x00.mp4", "C:\\a.mp4"]
)
def test_a_list_that_names_no_files_is_refused_by_line(line) -> None:
    with pytest.raises(InputError, match=r"trainval_v2.1.txt:2: not the name of a video"):
        dataset_of("ava").video_list.videos(f"a.mp4\n{line}")


def test_an_unknown_data_set_is_refused() -> None:
    with pytest.raises(ValueError, match="none of mot17"):
        dataset_of("mot99")
