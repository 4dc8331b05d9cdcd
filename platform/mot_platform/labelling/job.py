"""The label job: scan, plan, perceive, track, commit; stopped anywhere, the same call goes on from there.

    folder --scan--> inputs --probe--> plans --perceive (parallel by segment)--> staged detections
           --track (parallel by video)--> tracks/*.parquet, then videos/*.parquet

All memory of the job is in the output folder. The driver keeps counts and names, never rows or pixels.
"""

from __future__ import annotations

import secrets
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass

from ray.exceptions import RayError

from mot_platform.cluster import ray_session, usable_cpus
from mot_platform.errors import InputError, MotActionError
from mot_platform.labelling.executor import cluster_cpus, num_trackers, plan_videos
from mot_platform.labelling.inputs import InputFile, InputListing, scan
from mot_platform.labelling.layout import OutputLayout
from mot_platform.labelling.ledger import Backlog, VideoRecord, committed_records, forgive, segment_units
from mot_platform.labelling.ownership import sole_driver
from mot_platform.labelling.perception_stage import EngineFactory
from mot_platform.labelling.pipeline import Pipeline
from mot_platform.labelling.planning import VideoPlan, load_plan, save_plan
from mot_platform.labelling.progress import ProgressDisplay, Silence, Tally
from mot_platform.labelling.settings import LabelRequest, check_same_job, mark


class LabelJobError(MotActionError):
    """The job can't go on; what is committed stays, and the same command continues."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelSummary:
    """What a job left behind."""

    out: str
    """The output folder."""
    videos: int
    """Inputs."""
    done: int
    """Of these, labelled."""
    dead: int
    """Of these, dead letters."""
    ignored: int
    """Other files below the folder."""
    settled_before: int
    """Inputs that earlier runs had settled."""
    absent: int
    """Labelled videos that are no longer in the folder; their rows are kept."""
    frames: int
    """Frames that this run perceived."""
    rows: int
    """Rows that this run committed."""
    seconds: float
    """Time that this run took."""

    def __str__(self) -> str:
        """Return the counts in one line."""
        rate = self.frames / max(self.seconds, 1e-9)
        text = f"{self.done} of {self.videos} videos labelled, {self.dead} dead, {self.ignored} files ignored"
        text += (
            f"; this run: {self.frames} frames, {self.rows} rows, {self.seconds:.1f} s, {rate:.1f} frames/s"
        )
        if self.absent:
            text += f"; {self.absent} labelled videos are gone from the folder, their rows are kept"
        return f"{text}; {self.out}"


def label_folder(
    request: LabelRequest, engine_factory: EngineFactory, *, display: ProgressDisplay | None = None
) -> LabelSummary:
    """Label every video below a folder into Parquet and return the counts.

    Args:
        request: What to label, with what, into where.
        engine_factory: Loads the engine, in this process and in every worker.
        display: Where to show progress.

    Raises:
        InputError: if the folder, the output folder or the settings don't fit together.
        FolderBusyError: if another job is labelling into the output folder.
        LabelJobError: if the output folder can't be written.
    """
    start_s = time.monotonic()
    layout = OutputLayout(request.out)
    listing = InputListing(files=(), num_ignored=0)
    if not request.retrack:
        listing = scan(request.folder, glob=request.glob, exclude=request.out)
    check_same_job(request, layout)
    try:
        layout.create()
    except OSError as error:
        raise InputError(f"can't write to {request.out}: {error.strerror}; choose another --out") from error
    epoch = secrets.token_hex(8)
    with sole_driver(layout.work, epoch):
        check_same_job(request, layout)  # again, now that no one else can change it
        _sweep(layout)
        job = _LabelJob(request, engine_factory, layout, epoch, display or Silence())
        try:
            if request.retrack:
                job.retrack()
            else:
                job.label(listing.files)
        except (OSError, RayError) as error:
            reason = " ".join(str(error).split())[:500]
            raise LabelJobError(
                f"{request.out}: {reason}; put that right and run the same command, it goes on from here"
            ) from error
        return job.summary(num_ignored=listing.num_ignored, seconds=time.monotonic() - start_s)


def _sweep(layout: OutputLayout) -> None:
    """Remove what killed runs left half written."""
    for folder in (layout.scratch, layout.attempts):
        shutil.rmtree(folder)
        folder.mkdir()


class _LabelJob:
    """One run of the driver, while it holds the output folder."""

    def __init__(
        self,
        request: LabelRequest,
        engine_factory: EngineFactory,
        layout: OutputLayout,
        epoch: str,
        display: ProgressDisplay,
    ) -> None:
        self._request = request
        self._config = request.config
        self._engine_factory = engine_factory
        self._layout = layout
        self._display = display
        self._provenance = request.provenance()
        self._records = committed_records(layout)
        self._tally = Tally()
        self._pipeline = Pipeline(
            config=request.config,
            engine_factory=engine_factory,
            layout=layout,
            provenance=self._provenance,
            epoch=epoch,
            records=self._records,
            tally=self._tally,
            display=display,
        )
        self._forgiven: set[str] = set()
        self._num_settled_before = 0
        self._num_absent = 0

    def label(self, files: Sequence[InputFile]) -> None:
        """Bring every input to its end."""
        mark(self._request, self._layout)
        self._num_absent = len(self._records.keys() - {file.video for file in files})
        if self._request.retry_dead:
            self._forgive({file.video for file in files})
        self._tally.num_videos = len(files)
        unsettled = [file for file in files if not self._is_settled(file.video, self._known_digest(file))]
        self._num_settled_before = len(files) - len(unsettled)
        if unsettled:
            local_workers = self._config.workers or usable_cpus()
            # One CPU more than the pool and the trackers need, or Ray Data may wait for ever.
            num_cpus = local_workers + num_trackers(local_workers) + 1
            with ray_session(self._request.address, num_cpus=num_cpus):
                warmup_frames = self._engine_factory().perceiver.receptive_field_frames - 1
                plans = self._plan(unsettled, warmup_frames)
                self._pipeline.run(plans, num_workers=self._num_workers())

    def retrack(self) -> None:
        """Make the tracks of every labelled video anew from its staged detections, where settings changed.

        Raises:
            InputError: if detections are missing.
        """
        stale = [record for record in self._records.values() if not self._is_current(record)]
        plans = {record.video: self._plan_of(record) for record in stale}
        units = {name: segment_units(plan, self._provenance.model_digest) for name, plan in plans.items()}
        if Backlog(self._layout, units).todo():
            raise InputError(
                f"{self._layout.root} lacks staged detections of some videos; label into another --out"
            )
        mark(self._request, self._layout)
        self._tally.num_videos = len(self._records)
        self._num_settled_before = len(self._records) - len(stale)
        for record in self._records.values():
            if self._is_current(record):
                self._tally.count(record.status)
        if plans:
            with ray_session(self._request.address, num_cpus=2):
                self._pipeline.run(plans, num_workers=self._num_workers())

    def summary(self, *, num_ignored: int, seconds: float) -> LabelSummary:
        """Return the counts."""
        return LabelSummary(
            out=str(self._layout.root),
            videos=self._tally.num_videos,
            done=self._tally.done,
            dead=self._tally.dead,
            ignored=num_ignored,
            settled_before=self._num_settled_before,
            absent=self._num_absent,
            frames=self._tally.frames,
            rows=self._tally.rows,
            seconds=seconds,
        )

    def _known_digest(self, file: InputFile) -> str | None:
        """Return the digest that an earlier run found for this very file; "" if none did."""
        if file.failure is not None:
            return None
        plan = load_plan(self._layout.plan_file(file.video))
        return plan.content_digest if plan is not None and plan.stamp == file.stamp else ""

    def _is_settled(self, video: str, content_digest: str | None) -> bool:
        """Return whether nothing is left to do for a video of these bytes, and count it if so."""
        record = self._records.get(video)
        if record is None or video in self._forgiven:
            return False
        if record.content_digest != content_digest or not self._is_current(record):
            return False
        self._tally.count(record.status)
        return True

    def _is_current(self, record: VideoRecord) -> bool:
        return record.is_current(self._provenance)

    def _forgive(self, videos: set[str]) -> None:
        """Forget the dead letters among `videos`, but not how often they were tried."""
        for video in videos:
            record = self._records.get(video)
            if record is not None and record.status == "dead":
                forgive(self._layout, video, self._provenance.model_digest)
                self._forgiven.add(video)

    def _plan_of(self, record: VideoRecord) -> VideoPlan:
        plan = load_plan(self._layout.plan_file(record.video))
        if plan is None or plan.content_digest != record.content_digest:
            raise InputError(
                f"{record.video} has changed since it was labelled; run `label` into another --out"
            )
        return plan

    def _plan(self, files: Sequence[InputFile], warmup_frames: int) -> dict[str, VideoPlan]:
        """Return the plans of `files` by video, less those that turn out to be settled."""
        self._tally.begin("probing")
        plans, unknown = {}, []
        for file in files:
            plan = load_plan(self._layout.plan_file(file.video))
            asked = (file.stamp, self._config.segment_seconds, warmup_frames)
            if plan is not None and (plan.stamp, plan.segment_s, plan.warmup_frames) == asked:
                plans[file.video] = plan
            else:
                unknown.append(file)
        found = plan_videos(
            unknown,
            segment_s=self._config.segment_seconds,
            warmup_frames=warmup_frames,
            max_attempts=self._config.max_attempts,
            num_parallel=self._num_workers(),
        )
        for plan in found:
            save_plan(plan, self._layout.plan_file(plan.video), scratch=self._layout.scratch)
            self._display.show(self._tally)
            if not self._is_settled(plan.video, plan.content_digest):
                plans[plan.video] = plan
        return plans

    def _num_workers(self) -> int:
        """Return the size of the pool: as asked, or all CPUs, on a shared cluster all but one."""
        if self._config.workers is not None:
            return self._config.workers
        return usable_cpus() if self._request.address is None else max(1, cluster_cpus() - 1)
