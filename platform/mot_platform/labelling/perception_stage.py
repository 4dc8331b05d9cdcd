"""The parallel stage: decode a segment, run the network over it, stage its detections on disk.

Pixels live and die inside this stage. Ray sees a short text per segment going in and a receipt coming out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import TypeAdapter

from mot_model.engine import Engine
from mot_model.letterbox import Letterbox
from mot_model.structures import Detections, FrameBatch, VideoSegment
from mot_platform.commit import commit_text, committed
from mot_platform.labelling.detection_store import DetectionWriter, PerceptionCost
from mot_platform.labelling.failures import Failure, StageError, stage_error
from mot_platform.labelling.layout import OutputLayout
from mot_platform.labelling.planning import RETRY_PAUSE_S
from mot_platform.video.decoding import decode_segment

EngineFactory = Callable[[], Engine]
"""Loads the engine in the process that calls it; picklable."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentUnit:
    """One unit of work: a segment, and what is needed to run it."""

    unit_id: str
    """Names the work: content, frames, model. Its result lies in a file of this name."""
    segment: VideoSegment
    """The frames."""
    source_wh: tuple[int, int]
    """Displayed size of the video in pixels."""
    num_frames: int
    """Frames that the whole video promises."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Receipt:
    """What became of a unit; all that the driver gets to see."""

    unit_id: str
    """The unit."""
    status: Literal["done", "dead", "not written"]
    """Staged; failed for good; or the output folder refused it, which ends the job."""
    failure: Failure | None = None
    """Why it is not done."""


UNIT = TypeAdapter(SegmentUnit)
RECEIPT = TypeAdapter(Receipt)
FAILURE = TypeAdapter(Failure)


class SegmentPerception:
    """An actor of the pool: the engine, loaded once, and a call per unit."""

    def __init__(
        self, engine_factory: EngineFactory, layout: OutputLayout, *, batch_frames: int, max_attempts: int
    ) -> None:
        import torch

        torch.set_num_threads(1)  # results must not depend on how many workers share the machine
        self._perceiver = engine_factory().perceiver
        self._layout = layout
        self._batch_frames = batch_frames
        self._max_attempts = max_attempts

    def __call__(self, row: dict[str, str]) -> dict[str, str]:
        """Return the receipt of the unit in `row`; never raises for what the unit does."""
        unit = UNIT.validate_json(row["unit"])
        try:
            receipt = self._run(unit)
        except Exception as error:  # only the output folder is left to blame
            failure = stage_error(error, "perceive").failure
            receipt = Receipt(unit_id=unit.unit_id, status="not written", failure=failure)
        return {"receipt": RECEIPT.dump_json(receipt).decode()}

    def _run(self, unit: SegmentUnit) -> Receipt:
        """Stage the unit, or record why that is impossible, unless a worker that died since has done so."""
        while not self._layout.detections_file(unit.unit_id).exists():
            attempts = self._count_attempt(unit)
            try:
                if attempts > self._max_attempts:
                    raise StageError(_crash_failure(self._max_attempts))
                self._stage(unit, attempts)
            except StageError as error:
                if error.transient and attempts < self._max_attempts:
                    time.sleep(RETRY_PAUSE_S * 2 ** (attempts - 1))
                    continue
                return self._bury(unit, replace(error.failure, attempts=min(attempts, self._max_attempts)))
        return Receipt(unit_id=unit.unit_id, status="done")

    def _count_attempt(self, unit: SegmentUnit) -> int:
        """Return how often this unit was begun in this run, by workers that died too; survives them."""
        path = self._layout.attempts / unit.unit_id
        with path.open("ab") as file:
            file.write(b".")
        return path.stat().st_size

    def _stage(self, unit: SegmentUnit, attempts: int) -> None:
        cpu_start, wall_start = time.process_time(), time.monotonic()
        target = self._layout.detections_file(unit.unit_id)
        with committed(target, scratch=self._layout.scratch) as draft, DetectionWriter(draft) as writer:
            num_frames = 0
            for per_frame in self._detections(unit):
                writer.write(per_frame)
                num_frames += len(per_frame)
            writer.record(
                PerceptionCost(
                    num_frames=num_frames,
                    cpu_seconds=time.process_time() - cpu_start,
                    wall_seconds=time.monotonic() - wall_start,
                    attempts=attempts,
                )
            )

    def _detections(self, unit: SegmentUnit) -> Iterator[list[Detections]]:
        """Yield the detections of the segment's own frames, batch by batch, warm-up left out.

        Raises:
            StageError: if decoding or the network fails.
        """
        letterbox = Letterbox(unit.source_wh, self._perceiver.input_wh)
        segment, state = unit.segment, self._perceiver.initial_state()
        for batch in _frames(unit, size_wh=letterbox.content_wh, batch_frames=self._batch_frames):
            try:
                state, per_frame = self._perceiver.perceive(state, batch, letterbox)
            except Exception as error:
                raise stage_error(error, "perceive") from error
            yield [found for found in per_frame if found.frame_index >= segment.start_frame]

    def _bury(self, unit: SegmentUnit, failure: Failure) -> Receipt:
        path = self._layout.failure_file(unit.unit_id)
        commit_text(path, FAILURE.dump_json(failure).decode(), scratch=self._layout.scratch)
        return Receipt(unit_id=unit.unit_id, status="dead", failure=failure)


def _frames(unit: SegmentUnit, *, size_wh: tuple[int, int], batch_frames: int) -> Iterator[FrameBatch]:
    """Yield the frames of the segment and its warm-up.

    Raises:
        StageError: if one can't be decoded, with the number of frames before it.
    """
    segment = unit.segment
    next_index = segment.start_frame - segment.warmup_frames
    try:
        for batch in decode_segment(segment, size_wh=size_wh, batch_frames=batch_frames):
            next_index = int(batch.frame_index[-1]) + 1
            yield batch
    except Exception as error:
        done = f"{next_index} of {unit.num_frames} frames decoded, then "
        raise stage_error(error, "decode", done=done) from error


def _crash_failure(attempts: int) -> Failure:
    return Failure(
        stage="perceive",
        error_type="WorkerDiedError",
        message=f"the worker died {attempts} times on this segment (out of memory, or a crash in a decoder)",
        retriable=True,
    )
