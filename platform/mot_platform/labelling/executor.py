"""The parallel steps of a job on Ray: probing, perceiving, tracking. Only small records pass through."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import ray
import ray.data
from ray.exceptions import RayError

from mot_platform.labelling.failures import Failure, stage_error
from mot_platform.labelling.inputs import InputFile
from mot_platform.labelling.layout import OutputLayout
from mot_platform.labelling.perception_stage import (
    RECEIPT,
    UNIT,
    EngineFactory,
    Receipt,
    SegmentPerception,
    SegmentUnit,
)
from mot_platform.labelling.planning import VideoPlan, plan_video
from mot_platform.labelling.tracking_stage import TrackingReceipt, TrackingTask, VideoTracking
from mot_platform.provenance import Provenance

MAX_BLOCKS = 2000
"""Blocks of the work list at most; beyond, a block holds several units."""

WORKERS_PER_TRACKER = 16
"""Tracking runs at thousands of frames a second, so one actor keeps up with many workers."""


def num_trackers(num_workers: int) -> int:
    """Return how many tracking actors keep up with `num_workers`."""
    return 1 + num_workers // WORKERS_PER_TRACKER


def cluster_cpus() -> int:
    """Return the CPUs of the cluster that this process is connected to."""
    return int(ray.cluster_resources().get("CPU", 1))


def plan_videos(
    files: Sequence[InputFile], *, segment_s: float, warmup_frames: int, max_attempts: int, num_parallel: int
) -> Iterator[VideoPlan]:
    """Yield the plan of every file as it is ready, probing `num_parallel` at a time."""
    probe = ray.remote(plan_video).options(num_cpus=1, max_retries=max_attempts - 1)
    waiting = list(reversed(files))
    running: dict[Any, InputFile] = {}
    while waiting or running:
        while waiting and len(running) < num_parallel:
            file = waiting.pop()
            reference = probe.remote(
                file, segment_s=segment_s, warmup_frames=warmup_frames, max_attempts=max_attempts
            )
            running[reference] = file
        ready, _ = ray.wait(list(running))
        file = running.pop(ready[0])
        try:
            yield ray.get(ready[0])
        except RayError as error:  # the process died of it, again and again
            yield VideoPlan(
                video=file.video,
                uri=file.uri,
                size_bytes=file.size_bytes,
                stamp=file.stamp,
                segment_s=segment_s,
                warmup_frames=warmup_frames,
                failure=_death(error, "probe", max_attempts),
            )


def perceive(
    units: Sequence[SegmentUnit],
    engine_factory: EngineFactory,
    layout: OutputLayout,
    *,
    num_workers: int,
    gpus_per_worker: float,
    batch_frames: int,
    max_attempts: int,
) -> Iterator[Receipt]:
    """Yield a receipt for every unit as it is done, whatever happens to workers and nodes meanwhile.

    Ray Data schedules: it restarts dead actors and gives their units to others. Results are not its
    business; a unit's detections are on disk before its receipt exists, and running it again is harmless.
    """
    if not units:
        return
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    rows = [{"unit": UNIT.dump_json(unit).decode()} for unit in units]
    receipts = ray.data.from_items(rows, override_num_blocks=min(len(rows), MAX_BLOCKS)).map(
        SegmentPerception,
        fn_constructor_args=(engine_factory, layout),
        fn_constructor_kwargs={"batch_frames": batch_frames, "max_attempts": max_attempts},
        compute=ray.data.ActorPoolStrategy(
            size=min(num_workers, len(units)), max_tasks_in_flight_per_actor=2
        ),
        num_cpus=1,
        num_gpus=gpus_per_worker,
    )
    for batch in receipts.iter_batches(batch_size=None, prefetch_batches=0, batch_format="pyarrow"):
        for text in batch.column("receipt").to_pylist():
            yield RECEIPT.validate_json(text)


@dataclass(slots=True)
class TrackingPool:
    """Actors that turn staged detections into committed tracks, a video at a time."""

    engine_factory: EngineFactory
    layout: OutputLayout
    provenance: Provenance
    min_action_score: float
    epoch: str
    max_attempts: int
    num_actors: int = 1
    _actors: list[Any] = field(default_factory=list)
    _running: dict[Any, TrackingTask] = field(default_factory=dict)
    _num_submitted: int = 0

    def start(self) -> None:
        """Start the actors, so that they are ready when the first video is."""
        actor = ray.remote(VideoTracking).options(
            num_cpus=0.5, max_restarts=-1, max_task_retries=self.max_attempts - 1
        )
        settings = {"min_action_score": self.min_action_score, "epoch": self.epoch}
        for _ in range(self.num_actors):
            self._actors.append(actor.remote(self.engine_factory, self.layout, self.provenance, **settings))

    def submit(self, task: TrackingTask) -> None:
        """Queue a video.

        Raises:
            RuntimeError: before `start`.
        """
        if not self._actors:
            raise RuntimeError("start the pool before submitting to it")
        chosen = self._actors[self._num_submitted % len(self._actors)]
        self._num_submitted += 1
        self._running[chosen.label.remote(task)] = task

    def finished(self, *, wait: bool) -> Iterator[tuple[TrackingTask, TrackingReceipt]]:
        """Yield what has been settled since the last call, or with `wait` all that was ever queued.

        Raises:
            OSError: if the output folder can't be read or written.
        """
        while self._running:
            ready, _ = ray.wait(list(self._running), timeout=None if wait else 0)
            if not ready:
                return
            task = self._running.pop(ready[0])
            try:
                yield task, ray.get(ready[0])
            except ray.exceptions.RayTaskError as error:
                raise error.as_instanceof_cause() from None
            except RayError as error:
                yield task, TrackingReceipt(failure=_death(error, "track", self.max_attempts))


def _death(error: Exception, stage: Any, attempts: int) -> Failure:
    """Return the failure of work that killed its process as often as it was given one."""
    failure = stage_error(error, stage, attempts=attempts).failure
    reason = failure.message.split(". ")[0]
    return Failure(
        stage=stage, error_type=failure.error_type, message=reason, retriable=True, attempts=attempts
    )
