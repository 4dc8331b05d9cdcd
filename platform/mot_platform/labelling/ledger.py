"""What an output folder already holds, and what is left to do: the memory of a job across its deaths."""

from __future__ import annotations

from dataclasses import dataclass, field

import pyarrow.dataset as ds

from mot_platform.commit import retract
from mot_platform.labelling.detection_store import STORE_VERSION
from mot_platform.labelling.failures import Failure
from mot_platform.labelling.layout import OutputLayout
from mot_platform.labelling.perception_stage import FAILURE, SegmentUnit
from mot_platform.labelling.planning import VideoPlan, load_plan
from mot_platform.provenance import Provenance, short_id
from mot_platform.schema import SCHEMA_VERSION, VIDEOS_SCHEMA


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoRecord:
    """The part of a committed row about a video that decides whether it is still true."""

    video: str
    """Name of the video."""
    status: str
    """`done` or `dead`."""
    content_digest: str | None
    """The bytes that it is about."""
    model_digest: str
    """The weights that made it."""
    config_digest: str
    """The settings that made it."""
    attempts: int
    """Times it was tried."""

    def is_current(self, provenance: Provenance) -> bool:
        """Return whether `provenance` would say the same of the same bytes.

        A dead letter is about the file, so another tracker setting does not wake it.
        """
        if self.model_digest != provenance.model_digest:
            return False
        return self.status == "dead" or self.config_digest == provenance.config_digest


def committed_records(layout: OutputLayout) -> dict[str, VideoRecord]:
    """Return what is committed, by video."""
    names = list(VideoRecord.__dataclass_fields__)
    files = [str(path) for path in layout.videos.glob("*.parquet")]
    rows = ds.dataset(files, schema=VIDEOS_SCHEMA, format="parquet").to_table(columns=names).to_pylist()
    return {row["video"]: VideoRecord(**row) for row in rows}


def segment_units(plan: VideoPlan, model_digest: str) -> list[SegmentUnit]:
    """Return the units of work of a planned video, in order.

    A unit is named by content, not by file: copies of a video share their detections.
    """
    units = []
    for segment in plan.segments:
        extent = (segment.start_frame, segment.stop_frame, segment.warmup_frames)
        unit_id = short_id(plan.content_digest, *extent, model_digest, STORE_VERSION)
        size = (plan.width_px or 0, plan.height_px or 0)
        frames = plan.num_frames or 0
        units.append(SegmentUnit(unit_id=unit_id, segment=segment, source_wh=size, num_frames=frames))
    return units


def video_unit_id(plan: VideoPlan, provenance: Provenance) -> str:
    """Return the name of the work that makes the tracks of a video; it is in each of their rows."""
    made_by = (provenance.model_digest, provenance.config_digest, SCHEMA_VERSION)
    return short_id(plan.video, plan.content_digest, 0, plan.num_frames, *made_by)


@dataclass(slots=True)
class Backlog:
    """The videos in work: which of their segments are settled, and how."""

    layout: OutputLayout
    """Where results are."""
    units: dict[str, list[SegmentUnit]]
    """Segments of every video in work."""
    staged: set[str] = field(default_factory=set)
    """Units whose detections are on disk."""
    failed: dict[str, Failure] = field(default_factory=dict)
    """Units that can't be perceived."""
    _users: dict[str, list[str]] = field(default_factory=dict)
    _open: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.staged |= {path.stem for path in self.layout.detections.glob("*.parquet")}
        recorded = {path.stem: path for path in self.layout.failures.glob("*.json")}
        for video, units in self.units.items():
            for unit in units:
                self._users.setdefault(unit.unit_id, []).append(video)
                if unit.unit_id in recorded and unit.unit_id not in self.staged:
                    self.failed[unit.unit_id] = FAILURE.validate_json(recorded[unit.unit_id].read_bytes())
            names = {unit.unit_id for unit in units}
            self._open[video] = names - self.staged - self.failed.keys()

    def settled(self) -> list[str]:
        """Return the videos with no segment left to perceive."""
        return [video for video, names in self._open.items() if not names]

    def todo(self) -> list[SegmentUnit]:
        """Return the units to perceive, each once: longest video first, so that none is left for the end."""
        longest_first = sorted(self.units.values(), key=lambda units: -units[0].num_frames if units else 0)
        left = set().union(*self._open.values())
        unique = {unit.unit_id: unit for units in longest_first for unit in units if unit.unit_id in left}
        return list(unique.values())

    def settle(self, unit_id: str, failure: Failure | None) -> list[str]:
        """Note what became of a unit and return the videos that it completes."""
        if failure is None:
            self.staged.add(unit_id)
        else:
            self.failed[unit_id] = failure
        completed = []
        for video in self._users[unit_id]:
            if unit_id in self._open[video]:
                self._open[video].discard(unit_id)
                completed += [] if self._open[video] else [video]
        return completed

    def failure_of(self, video: str) -> Failure | None:
        """Return why `video` can't be labelled: the failure that comes first in it, None if there is none."""
        return next(
            (self.failed[unit.unit_id] for unit in self.units[video] if unit.unit_id in self.failed), None
        )


def forgive(layout: OutputLayout, video: str, model_digest: str) -> None:
    """Forget what failed of `video`, so that it is tried again."""
    plan = load_plan(layout.plan_file(video))
    for unit in segment_units(plan, model_digest) if plan else ():
        retract(layout.failure_file(unit.unit_id))
    retract(layout.plan_file(video))
