"""From plans to committed rows: segments are perceived, and each video is tracked once all of it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from mot_platform.labelling.executor import TrackingPool, num_trackers, perceive
from mot_platform.labelling.failures import Failure
from mot_platform.labelling.layout import OutputLayout
from mot_platform.labelling.ledger import Backlog, VideoRecord, segment_units, video_unit_id
from mot_platform.labelling.perception_stage import EngineFactory
from mot_platform.labelling.planning import VideoPlan
from mot_platform.labelling.progress import ProgressDisplay, Tally
from mot_platform.labelling.settings import LabelConfig
from mot_platform.labelling.tracking_stage import TrackingTask
from mot_platform.labelling.video_row import commit_row, dead_row
from mot_platform.provenance import Provenance


@dataclass(frozen=True, kw_only=True, slots=True)
class Pipeline:
    """Brings planned videos to their end: done, or a dead letter."""

    config: LabelConfig
    """Settings."""
    engine_factory: EngineFactory
    """Loads the engine in every worker."""
    layout: OutputLayout
    """Where results go."""
    provenance: Provenance
    """Who makes them."""
    epoch: str
    """The run of the driver that holds the output folder."""
    records: Mapping[str, VideoRecord]
    """What earlier runs committed."""
    tally: Tally
    """Counts, kept up to date."""
    display: ProgressDisplay
    """Where they are shown."""

    def run(self, plans: Mapping[str, VideoPlan], *, num_workers: int) -> None:
        """Perceive what is not staged, and track every video as soon as all of it is.

        Raises:
            OSError: if the output folder can't be read or written.
            RayError: if Ray fails for good.
        """
        units = {name: segment_units(plan, self.provenance.model_digest) for name, plan in plans.items()}
        backlog = Backlog(self.layout, units)
        pool = TrackingPool(
            engine_factory=self.engine_factory,
            layout=self.layout,
            provenance=self.provenance,
            min_action_score=self.config.min_action_score,
            epoch=self.epoch,
            max_attempts=self.config.max_attempts,
            num_actors=num_trackers(num_workers),
        )
        if any(units.values()):
            pool.start()
        todo = backlog.todo()
        frames_of = {unit.unit_id: unit.segment.stop_frame - unit.segment.start_frame for unit in todo}
        self.tally.begin("labelling", frames=sum(frames_of.values()))
        self._finish(backlog.settled(), plans, backlog, pool)
        receipts = perceive(
            todo,
            self.engine_factory,
            self.layout,
            num_workers=num_workers,
            gpus_per_worker=self.config.gpus_per_worker,
            batch_frames=self.config.batch_frames,
            max_attempts=self.config.max_attempts,
        )
        for receipt in receipts:
            if receipt.status == "not written":
                raise OSError(f"results can't be written: {receipt.failure and receipt.failure.message}")
            self.tally.perceived(frames_of[receipt.unit_id], dead=receipt.status == "dead")
            self._finish(backlog.settle(receipt.unit_id, receipt.failure), plans, backlog, pool)
            self._collect(pool, wait=False)
        self._collect(pool, wait=True)

    def _finish(
        self, videos: Iterable[str], plans: Mapping[str, VideoPlan], backlog: Backlog, pool: TrackingPool
    ) -> None:
        """Send `videos`, whose segments are all settled, to tracking, or bury them."""
        for video in videos:
            plan = plans[video]
            if failure := plan.failure or backlog.failure_of(video):
                self._bury(plan, failure)
                continue
            task = TrackingTask(
                plan=plan,
                unit_ids=tuple(unit.unit_id for unit in backlog.units[video]),
                unit_id=video_unit_id(plan, self.provenance),
                attempts=self._attempts_before(plan),
            )
            pool.submit(task)
        self.display.show(self.tally)

    def _collect(self, pool: TrackingPool, *, wait: bool) -> None:
        """Note which videos have been tracked."""
        for task, receipt in pool.finished(wait=wait):
            if receipt.failure is not None:
                self._bury(task.plan, receipt.failure)
            else:
                self.tally.count("done")
                self.tally.rows += receipt.rows
            self.display.show(self.tally)

    def _bury(self, plan: VideoPlan, failure: Failure) -> None:
        """Commit the dead letter of a video."""
        attempts = self._attempts_before(plan) + failure.attempts
        row = dead_row(plan, self.provenance, failure, attempts=attempts)
        commit_row(row, self.layout, epoch=self.epoch)
        self.tally.count("dead")

    def _attempts_before(self, plan: VideoPlan) -> int:
        """Return how often this content was tried, and died, in earlier runs."""
        record = self.records.get(plan.video)
        if record is None or record.status != "dead" or record.content_digest != plan.content_digest:
            return 0
        return record.attempts
