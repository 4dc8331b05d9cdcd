"""The cheap stage: the staged detections of one video, in frame order, through identity into Parquet."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from mot_model.engine import Identifier
from mot_model.structures import Detections, Tracks
from mot_platform.commit import committed
from mot_platform.labelling.detection_store import read_cost, read_detections
from mot_platform.labelling.failures import Failure, StageError, stage_error
from mot_platform.labelling.layout import OutputLayout
from mot_platform.labelling.ownership import commit_right
from mot_platform.labelling.perception_stage import EngineFactory
from mot_platform.labelling.planning import VideoPlan
from mot_platform.labelling.video_row import LabelCounts, commit_row, done_row
from mot_platform.provenance import Provenance
from mot_platform.schema import TRACKS_SCHEMA, Vocabulary, tracks_table

ROWS_PER_GROUP = 65_536
"""Rows of a Parquet row group: a reader that wants some frames skips the rest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackingTask:
    """A video whose segments are all staged."""

    plan: VideoPlan
    """The video."""
    unit_ids: tuple[str, ...]
    """Its staged segments, in order."""
    unit_id: str
    """Names the result, in every row of it."""
    attempts: int
    """Times it was tried in earlier runs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackingReceipt:
    """What became of a video."""

    frames: int = 0
    """Frames labelled."""
    rows: int = 0
    """Rows committed."""
    failure: Failure | None = None
    """Why there are none."""


class VideoTracking:
    """An actor: the identifier, loaded once, and a call per video."""

    def __init__(
        self,
        engine_factory: EngineFactory,
        layout: OutputLayout,
        provenance: Provenance,
        *,
        min_action_score: float,
        epoch: str,
    ) -> None:
        import torch

        torch.set_num_threads(1)
        engine = engine_factory()
        self._identifier = engine.identifier
        self._vocabulary = Vocabulary(
            class_names=engine.class_names, action_ids=engine.action_ids, action_names=engine.action_names
        )
        self._layout = layout
        self._provenance = provenance
        self._min_action_score = min_action_score
        self._epoch = epoch

    def label(self, task: TrackingTask) -> TrackingReceipt:
        """Commit the tracks of a video, then the row about it; what the identifier raises is returned.

        Raises:
            OSError: if the output folder can't be read or written.
            SupersededError: if another driver has taken the folder over.
        """
        cpu_start, wall_start = time.process_time(), time.monotonic()
        parts = [self._layout.detections_file(unit_id) for unit_id in task.unit_ids]
        costs = [read_cost(part) for part in parts]
        guard = commit_right(self._layout.work, self._epoch)
        target = self._layout.tracks_file(task.plan.video)
        track_ids: set[int] = set()
        rows = 0
        try:
            with (
                committed(target, scratch=self._layout.scratch, guard=guard) as draft,
                pq.ParquetWriter(draft, TRACKS_SCHEMA, compression="zstd") as writer,
            ):
                for tracks in _grouped(_identified(self._identifier, parts)):
                    writer.write_table(self._table(tracks, task))
                    track_ids.update(np.unique(tracks.track_id).tolist())
                    rows += len(tracks)
        except StageError as error:
            return TrackingReceipt(failure=error.failure)
        counts = LabelCounts(
            frames=sum(cost.num_frames for cost in costs),
            num_tracks=len(track_ids),
            num_rows=rows,
            cpu_seconds=sum(cost.cpu_seconds for cost in costs) + time.process_time() - cpu_start,
            wall_seconds=sum(cost.wall_seconds for cost in costs) + time.monotonic() - wall_start,
        )
        attempts = task.attempts + max(cost.attempts for cost in costs)
        row = done_row(task.plan, self._provenance, counts, attempts=attempts)
        commit_row(row, self._layout, epoch=self._epoch)
        return TrackingReceipt(frames=counts.frames, rows=rows)

    def _table(self, tracks: Tracks, task: TrackingTask) -> pa.Table:
        return tracks_table(
            tracks,
            video=task.plan.video,
            unit_id=task.unit_id,
            vocabulary=self._vocabulary,
            min_action_score=self._min_action_score,
        )


def _identified(identifier: Identifier, parts: list[Path]) -> Iterator[Tracks]:
    """Yield the tracks of each frame in `parts`.

    Raises:
        StageError: if the identifier fails.
    """
    state = identifier.initial_state()
    for detections in _all_detections(parts):
        try:
            state, tracks = identifier.step(state, detections)
        except Exception as error:
            raise stage_error(error, "track", done=f"frame {detections.frame_index}: ") from error
        yield tracks


def _all_detections(parts: list[Path]) -> Iterator[Detections]:
    for part in parts:
        yield from read_detections(part)


def _grouped(per_frame: Iterator[Tracks]) -> Iterator[Tracks]:
    """Yield the same rows in pieces of about a row group, whole frames only."""
    waiting: list[Tracks] = []
    num_rows = 0
    for tracks in per_frame:
        waiting.append(tracks)
        num_rows += len(tracks)
        if num_rows >= ROWS_PER_GROUP:
            yield Tracks.concatenate(waiting)
            waiting, num_rows = [], 0
    if num_rows:
        yield Tracks.concatenate(waiting)
