"""What must be done for one video: its identity, its shape and its segments, found without decoding it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from mot_model.structures import VideoSegment
from mot_platform.commit import commit_text
from mot_platform.labelling.failures import Failure, Stage, StageError, stage_error
from mot_platform.labelling.inputs import InputFile
from mot_platform.provenance import content_digest
from mot_platform.video.index import VideoIndex, probe
from mot_platform.video.segments import plan_segments

_Result = TypeVar("_Result")

RETRY_PAUSE_S = 0.5
"""Pause before the second attempt; it doubles with each further one."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoPlan:
    """A video and its segments, or why it has none."""

    video: str
    """Name of the video."""
    uri: str
    """Where to open it."""
    size_bytes: int | None
    """Size of the file."""
    stamp: str
    """The file's stamp when this was found out."""
    segment_s: float
    """Wanted length of a segment in seconds."""
    warmup_frames: int
    """Frames before a segment that fill the network's memory."""
    content_digest: str | None = None
    """SHA-256 of the bytes, None if they can't be read."""
    num_frames: int | None = None
    """Frames that the packets promise; None, like all below, if probing failed."""
    width_px: int | None = None
    """Displayed width."""
    height_px: int | None = None
    """Displayed height."""
    duration_s: float | None = None
    """Length in seconds."""
    codec: str | None = None
    """Name of the codec."""
    rotation: int | None = None
    """Degrees by which the display turns the picture."""
    segments: tuple[VideoSegment, ...] = ()
    """All frames, in order."""
    failure: Failure | None = None
    """Why there are no segments."""


_PLAN = TypeAdapter(VideoPlan)


def plan_video(file: InputFile, *, segment_s: float, warmup_frames: int, max_attempts: int) -> VideoPlan:
    """Return the plan of `file`; what goes wrong is in its `failure`, never raised.

    Args:
        file: The input.
        segment_s: Wanted length of a segment in seconds; cuts fall on key frames.
        warmup_frames: Frames to run before a segment, the receptive field less one.
        max_attempts: How often a transient error is met before it counts.
    """
    known: dict[str, object] = {
        "video": file.video,
        "uri": file.uri,
        "size_bytes": file.size_bytes,
        "stamp": file.stamp,
        "segment_s": segment_s,
        "warmup_frames": warmup_frames,
    }
    try:
        if file.failure is not None:
            raise StageError(file.failure)
        known["content_digest"] = attempt(lambda: content_digest(file.uri), "open", max_attempts=max_attempts)
        index = attempt(lambda: probe(file.uri), "probe", max_attempts=max_attempts)
        known |= _shape(index)
        known["segments"] = attempt(
            lambda: tuple(
                plan_segments(index, video=file.video, segment_s=segment_s, warmup_frames=warmup_frames)
            ),
            "probe",
            max_attempts=max_attempts,
        )
    except StageError as error:
        known["failure"] = error.failure
    return VideoPlan(**known)  # type: ignore[arg-type]


def attempt(action: Callable[[], _Result], stage: Stage, *, max_attempts: int) -> _Result:
    """Return what `action` returns, trying again while the machine, not the input, is at fault.

    Raises:
        StageError: with the failure at `stage`.
    """
    for attempt_number in range(1, max_attempts + 1):
        try:
            return action()
        except Exception as error:
            failed = stage_error(error, stage, attempts=attempt_number)
            if attempt_number == max_attempts or not failed.transient:
                raise failed from error
            time.sleep(RETRY_PAUSE_S * 2 ** (attempt_number - 1))
    raise ValueError(f"max_attempts must be at least 1, got {max_attempts}")


def save_plan(plan: VideoPlan, path: Path, *, scratch: Path) -> None:
    """Write `plan` to `path`, all or nothing."""
    commit_text(path, _PLAN.dump_json(plan).decode(), scratch=scratch)


def load_plan(path: Path) -> VideoPlan | None:
    """Return the plan at `path`, or None if there is none that this version can read."""
    try:
        return _PLAN.validate_json(path.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def _shape(index: VideoIndex) -> dict[str, object]:
    return {
        "num_frames": int(index.num_frames),
        "width_px": int(index.width_px),
        "height_px": int(index.height_px),
        "duration_s": float(index.duration_s),
        "codec": index.codec,
        "rotation": int(index.rotation),
    }
