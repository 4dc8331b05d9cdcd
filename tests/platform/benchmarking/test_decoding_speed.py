"""What `bench decode` measures."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mot_platform.benchmarking.decoding_passes import WAYS
from mot_platform.benchmarking.decoding_speed import measure_decoding
from mot_platform.errors import InputError


def test_each_way_has_figures_for_each_video_and_files_that_fail_are_named(
    tiny_corpus: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no video")
    cores, runs = os.sched_getaffinity(0), []
    speed = measure_decoding(
        [str(tiny_corpus), str(tmp_path)],
        input_wh=(160, 96),
        clip_frames=4,
        num_frames=8,
        rounds=2,
        on_run=runs.append,
    )
    assert len(runs) == runs[0] == 2 * 3 * len(WAYS)
    assert os.sched_getaffinity(0) == cores
    result = json.loads(json.dumps(speed.to_dict()))
    assert [time["name"] for time in result["overall"]] == list(WAYS)
    assert [video["num_frames"] for video in result["videos"]] == [8, 8, 8]
    assert all(time["ratio"] > 0 for video in result["videos"] for time in video["times"])
    assert list(result["left_out"]) == [str(broken)]


@pytest.mark.parametrize("setting", ["clip_frames", "num_frames", "rounds"])
def test_nothing_to_measure_is_an_error(tiny_corpus: Path, setting: str) -> None:
    settings = {"clip_frames": 4, "num_frames": 8, "rounds": 1, setting: 0}
    with pytest.raises(InputError, match="from 1"):
        measure_decoding([str(tiny_corpus)], input_wh=(160, 96), **settings)


def test_paths_without_videos_are_errors(tmp_path: Path) -> None:
    settings = {"input_wh": (160, 96), "clip_frames": 4, "num_frames": 8, "rounds": 1}
    with pytest.raises(InputError, match="no video"):
        measure_decoding([str(tmp_path)], **settings)
    with pytest.raises(InputError, match="no such file"):
        measure_decoding([str(tmp_path / "missing")], **settings)
