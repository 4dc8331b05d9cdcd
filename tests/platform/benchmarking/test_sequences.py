"""Sequences in files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mot_platform.benchmarking.sequences import read_sequences
from mot_platform.errors import InputError
from mot_platform.frame_range import FrameRange


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of one sequence of six frames: a person each, a faint box in frame 5 (from 1)."""
    sequence = tmp_path / "data" / "street"
    for name in ("det", "gt"):
        (sequence / name).mkdir(parents=True)
    det = [f"{frame},-1,{frame},0,10,20,0.9" for frame in range(1, 7)]
    (sequence / "det" / "det.txt").write_text("\n".join([*det, "5,-1,50,0,10,20,0.05"]))
    (sequence / "gt" / "gt.txt").write_text(
        "\n".join(f"{frame},3,{frame},0,10,20,1,1,1" for frame in range(1, 7))
    )
    (sequence / "gmc.txt").write_text("\n".join(f"{frame} 1 0 {frame} 0 1 0" for frame in range(6)))
    return tmp_path / "data"


def test_the_second_half_begins_anew(folder: Path) -> None:
    (sequence,) = read_sequences(
        folder, benchmark="mot17", frames=FrameRange(second_half=True), frame_rate_hz=10
    )
    assert (sequence.name, sequence.benchmark) == ("street", "mot17")
    assert [(frame.frame_index, frame.time_s) for frame in sequence.frames] == [(0, 0.0), (1, 0.1)]
    np.testing.assert_allclose([frame.xyxy[:, 0] for frame in sequence.frames], [[5], [6]])
    first, second = (frame.camera_motion for frame in sequence.frames)
    assert first is None
    assert second is not None
    assert second[0, 2] == 5
    assert sequence.truth.frame_index.tolist() == [0, 1]
    assert sequence.truth.xyxy[:, 0].tolist() == [5, 6]


def test_what_seqinfo_says_counts(folder: Path) -> None:
    info = "[Sequence]\nname=x\nframeRate=5\nseqLength=8\nimWidth=100\nimHeight=100\n"
    (folder / "street" / "seqinfo.ini").write_text(info)
    (sequence,) = read_sequences(folder, benchmark="plain")
    assert len(sequence.frames) == 8
    assert sequence.frames[1].time_s == 0.2
    assert [len(frame) for frame in sequence.frames] == [1, 1, 1, 1, 1, 1, 0, 0]


def test_missing_truth_is_an_error(folder: Path) -> None:
    (folder / "street" / "gt" / "gt.txt").unlink()
    with pytest.raises(InputError, match=r"gt\.txt: no ground truth there"):
        read_sequences(folder, benchmark="plain")


def test_a_folder_of_files_is_no_folder_of_sequences(tmp_path: Path) -> None:
    (tmp_path / "street.txt").write_text("1,-1,0,0,10,20,0.9\n")
    with pytest.raises(InputError, match="no sequences in it"):
        read_sequences(tmp_path, benchmark="plain")
