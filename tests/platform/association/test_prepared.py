"""What is read of a sequence before it is associated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mot_model.tracker import TrackerConfig
from mot_platform.association.inputs import find_detections
from mot_platform.association.prepared import AssociationRequest, PreparedSequence, prepare_sequence
from mot_platform.errors import InputError
from mot_platform.formats.detections import open_detections
from mot_platform.formats.motchallenge import SequenceInfo, write_seqinfo
from mot_platform.frame_range import FrameRange


@pytest.fixture
def sequence(tmp_path: Path) -> Path:
    """Return a sequence of 8 frames at 10 Hz, with detections up to the sixth and camera motion."""
    folder = tmp_path / "A"
    (folder / "det").mkdir(parents=True)
    (folder / "det" / "det.txt").write_text("6,-1,0,0,10,10,0.9\n1,-1,0,0,10,10,0.9\n")
    (folder / "gmc.txt").write_text("0 1 0 0 0 1 0\n1 1 0 2.5 0 1 0\n")
    info = SequenceInfo(name="other", frame_rate_hz=10, num_frames=8, width_px=64, height_px=48)
    write_seqinfo(folder / "seqinfo.ini", info)
    return folder


def prepared(path: Path, **options: Any) -> PreparedSequence:
    (file,) = find_detections(path).files
    ((name, read),) = open_detections(file.path, file.name).items()
    request = AssociationRequest(out=path, tracker=TrackerConfig(), **options)
    return prepare_sequence(file, name, read, request)


def test_what_lies_beside_is_used(sequence: Path) -> None:
    found = prepared(sequence)
    assert (found.name, found.frames, found.frame_rate_hz) == ("A", range(8), 10)
    assert not found.assumed_frame_rate
    assert found.camera_motion is not None
    np.testing.assert_array_equal(found.camera_motion[1], [[1, 0, 2.5], [0, 1, 0]])
    np.testing.assert_array_equal(found.rows.frame_index, [0, 5])


def test_options_come_before_what_lies_beside(sequence: Path) -> None:
    frames = FrameRange.parse("3:5")
    found = prepared(sequence, frame_rate_hz=25.0, with_camera_motion=False, frames=frames)
    assert (found.frames, found.frame_rate_hz, found.camera_motion) == (range(2, 5), 25, None)


def test_without_seqinfo_the_last_detection_ends_it_at_30_hz(sequence: Path) -> None:
    (sequence / "seqinfo.ini").unlink()
    found = prepared(sequence)
    assert (found.frames, found.frame_rate_hz, found.assumed_frame_rate) == (range(6), 30, True)


def test_detections_after_the_end_and_bad_rates_are_named(sequence: Path) -> None:
    (sequence / "det" / "det.txt").write_text("9,-1,0,0,10,10,0.9\n")
    with pytest.raises(ValueError, match=r"det.txt: there are detections in frame 9, .* has 8 frames"):
        prepared(sequence)
    text = (sequence / "seqinfo.ini").read_text().replace("frameRate=10", "frameRate=0")
    (sequence / "seqinfo.ini").write_text(text)
    with pytest.raises(ValueError, match=r"seqinfo.ini: frameRate is 0"):
        prepared(sequence)
    with pytest.raises(InputError, match="--fps -1"):
        prepared(sequence, frame_rate_hz=-1.0)


def test_a_stray_frame_number_is_named_and_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "d.txt"
    path.write_text("5,-1,0,0,9,9,1\n2000000007,-1,0,0,9,9,1\n")
    with pytest.raises(ValueError, match=r"d.txt: no detection between frames 5 and 2000000007"):
        prepared(path)
