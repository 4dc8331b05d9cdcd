"""One sequence ready to be associated: its detections and what lies beside them, read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mot_model.offline import OfflineConfig
from mot_model.structures import Array
from mot_model.tracker import TrackerConfig
from mot_platform.association.inputs import DetectionFile
from mot_platform.association.outputs import result_path
from mot_platform.errors import InputError
from mot_platform.formats.camera_motion import read_camera_motion
from mot_platform.formats.detection_rows import DetectionRows
from mot_platform.formats.detections import DetectionReader
from mot_platform.formats.motchallenge import SequenceInfo, read_seqinfo
from mot_platform.frame_range import FrameRange

SEQINFO_FILE = "seqinfo.ini"
CAMERA_MOTION_FILE = "gmc.txt"
ASSUMED_FRAME_RATE_HZ = 30.0
MAX_EMPTY_FRAMES = 1_000_000
"""Frames in a row without detections beyond which the number of a frame is taken to be wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AssociationRequest:
    """How to associate, the same for every sequence. Picklable.

    Raises:
        InputError: if the frame rate is not above 0.
    """

    out: Path
    """Folder of the results."""
    tracker: TrackerConfig
    frame_rate_hz: float | None = None
    """Frames per second; None takes `seqinfo.ini`, or 30 without it."""
    with_camera_motion: bool = True
    """Whether to take the camera motion in `gmc.txt` where there is one."""
    frames: FrameRange | None = None
    """Which frames to take; None for all."""
    offline: OfflineConfig | None = None
    """What to better with hindsight when a sequence is done; None leaves what was made online."""
    as_parquet: bool = False
    """Parquet instead of MOTChallenge text."""

    def __post_init__(self) -> None:
        if self.frame_rate_hz is not None and not 0 < self.frame_rate_hz < float("inf"):
            raise InputError(f"--fps {self.frame_rate_hz}: expected frames per second, above 0")


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedSequence:
    """Everything read of a sequence."""

    name: str
    target: Path
    """File of the result."""
    rows: DetectionRows
    frames: range
    """Frames to take, 0-based."""
    frame_rate_hz: float
    assumed_frame_rate: bool
    """Whether nothing said how many frames a second has, and times count on it."""
    camera_motion: dict[int, Array] | None
    """By frame, None if unknown."""


def prepare_sequence(
    file: DetectionFile, name: str, read: DetectionReader, request: AssociationRequest
) -> PreparedSequence:
    """Return what is known of the sequence `name`.

    Raises:
        InputError: if its name can't be that of a file.
        ValueError: with file and line, if something is malformed.
        OSError: if something can't be read.
    """
    target = result_path(request.out, name, ".parquet" if request.as_parquet else ".txt")
    rows = read()
    _require_no_endless_gap(file.path, rows)
    info, motion = beside(file.folder, with_camera_motion=request.with_camera_motion)
    num_frames = rows.num_frames if info is None else info.num_frames
    if rows.num_frames > num_frames:
        raise ValueError(
            f"{file.path}: there are detections in frame {rows.num_frames}, but by its {SEQINFO_FILE} "
            f"the sequence has {num_frames} frames"
        )
    known_hz = request.frame_rate_hz or (None if info is None else info.frame_rate_hz)
    return PreparedSequence(
        name=name,
        target=target,
        rows=rows,
        frames=range(num_frames) if request.frames is None else request.frames.of(num_frames),
        frame_rate_hz=known_hz or ASSUMED_FRAME_RATE_HZ,
        assumed_frame_rate=known_hz is None and rows.time_s is None,
        camera_motion=motion,
    )


def _require_no_endless_gap(path: Path, rows: DetectionRows) -> None:
    """Raise if there are so many frames without detections that a number must be wrong."""
    frames = np.concatenate([[0], rows.frame_index])
    gap = np.diff(frames)
    if gap.max(initial=0) > MAX_EMPTY_FRAMES:
        place = int(gap.argmax())
        raise ValueError(
            f"{path}: no detection between frames {frames[place] + 1} and {frames[place + 1] + 1}; over "
            f"{MAX_EMPTY_FRAMES} frames without any are taken for a mistake"
        )


def beside(
    folder: Path | None, *, with_camera_motion: bool
) -> tuple[SequenceInfo | None, dict[int, Array] | None]:
    """Return what `seqinfo.ini` and `gmc.txt` in the folder of a sequence say, None where there is none.

    Raises:
        ValueError: if one is malformed.
    """
    if folder is None:
        return None, None
    info_file, motion_file = folder / SEQINFO_FILE, folder / CAMERA_MOTION_FILE
    info = read_seqinfo(info_file) if info_file.is_file() else None
    if info is not None and not 0 < info.frame_rate_hz < float("inf"):
        raise ValueError(f"{info_file}: frameRate is {info.frame_rate_hz}; it must be above 0")
    has_motion = with_camera_motion and motion_file.is_file()
    return info, read_camera_motion(motion_file) if has_motion else None
