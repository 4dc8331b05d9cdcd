"""Behaviour of the reader of MOT17 and MOT20."""

from __future__ import annotations

import pytest

from mot_platform.datasets.readers.mot_benchmark import read_mot_benchmark, sequence_folders
from mot_platform.datasets.reading import ReadRequest, read_source
from mot_platform.errors import InputError

INFO = "[Sequence]\nname={}\nimDir=img1\nframeRate=30\nseqLength=3\nimWidth=128\nimHeight=64\nimExt=.jpg\n"
GT = "1,1,10,10,5,5,1,1,1\n3,2,10,10,5,5,0,8,1\n"


@pytest.fixture
def official(tmp_path, write_text, write_images):
    """Return a folder as the zip of MOT17 unpacks, images in two of three copies."""
    for detector in ("DPM", "FRCNN", "SDP"):
        sequence = f"MOT17/train/MOT17-02-{detector}"
        write_text(f"{sequence}/gt/gt.txt", GT)
        write_text(f"{sequence}/det/det.txt", "1,-1,10,10,5,5,0.9\n")
        write_text(f"{sequence}/seqinfo.ini", INFO.format(sequence))
        if detector != "DPM":
            write_images(f"{sequence}/img1", range(1, 4))
    write_text("MOT17/test/MOT17-01-DPM/seqinfo.ini", INFO.format("MOT17-01-DPM"))
    write_images("MOT17/test/MOT17-01-DPM/img1", range(1, 4))
    write_text("MOT20/train/MOT20-01/gt/gt.txt", GT)
    return tmp_path


def test_the_official_layout_gives_each_video_once(official) -> None:
    source, problems = read_source(ReadRequest(kind="mot17", root=official))
    videos = {video.name: video for video in source.videos}
    assert sorted(videos) == ["MOT17-01", "MOT17-02"]
    assert videos["MOT17-02"].uri.endswith("MOT17-02-FRCNN/img1")
    assert [part.split for video in source.videos for part in video.splits] == ["test", "train"]
    assert videos["MOT17-02"].labelled_frames.tolist() == [0, 1, 2]
    assert videos["MOT17-02"].boxes.ignored.tolist() == [False, True]
    assert videos["MOT17-01"].status == "ready"
    assert len(videos["MOT17-01"].labelled_frames) == 0
    assert source.complete_classes == ("person",)
    assert not problems


@pytest.mark.parametrize("part", ["MOT17", "MOT17/train", "MOT17/train/MOT17-02-SDP"])
def test_parts_of_it_do(official, part, log) -> None:
    found = read_mot_benchmark(official / part, "mot17", log)
    assert "MOT17-02" in {video.name for video in found.videos}


def test_the_other_benchmark_is_left_alone(official, log) -> None:
    assert [video.name for video in read_mot_benchmark(official, "mot20", log).videos] == ["MOT20-01"]


def test_what_is_no_sequence(tmp_path, write_text, log) -> None:
    write_text("a/notes.txt", "nothing")
    assert sequence_folders(tmp_path) == []
    with pytest.raises(
        InputError, match=r"no sequence of MOT20 in it; expected \[train/\]SEQUENCE/gt/gt.txt"
    ):
        read_mot_benchmark(tmp_path, "mot20", log)


def test_media_that_is_not_what_seqinfo_says(tmp_path, write_text, write_images) -> None:
    write_text("a/gt/gt.txt", GT)
    write_text("a/seqinfo.ini", INFO.format("a").replace("128", "256"))
    write_images("a/img1", [1, 2])
    _, problems = read_source(ReadRequest(kind="mot17", root=tmp_path))
    assert [(problem.where, problem.what) for problem in problems] == [
        (
            "a/gt/gt.txt:2",
            "in frame 2, counted from 0; the video has 2 frames; "
            "1 boxes in 1 frames beyond its ends left out",
        ),
        ("a/img1", "it is 128 x 64, its labels are for 256 x 64; boxes taken as they are"),
        ("a/img1", "it has 2 frames, by its labels it should have 3"),
    ]
