"""The row of `videos` about one input: what it is, what became of it, and who made its tracks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import pyarrow.parquet as pq

from mot_platform.commit import committed, retract
from mot_platform.labelling.failures import Failure
from mot_platform.labelling.layout import OutputLayout
from mot_platform.labelling.ownership import commit_right
from mot_platform.labelling.planning import VideoPlan
from mot_platform.provenance import Provenance
from mot_platform.schema import videos_table


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelCounts:
    """What labelling a video gave and took; the names are columns of the row."""

    frames: int
    """Frames decoded."""
    num_tracks: int
    """Distinct track ids."""
    num_rows: int
    """Rows in the tracks file."""
    cpu_seconds: float
    """Processor time of all stages."""
    wall_seconds: float
    """Time on the clock, summed over segments."""


def done_row(
    plan: VideoPlan, provenance: Provenance, counts: LabelCounts, *, attempts: int
) -> dict[str, object]:
    """Return the row of a labelled video."""
    return {**_facts(plan, provenance), "status": "done", "attempts": attempts, **asdict(counts)}


def dead_row(
    plan: VideoPlan, provenance: Provenance, failure: Failure, *, attempts: int
) -> dict[str, object]:
    """Return the row of a video that can't be labelled: the dead letter."""
    return {
        **_facts(plan, provenance),
        "status": "dead",
        "error_stage": failure.stage,
        "error_type": failure.error_type,
        "error": failure.message,
        "retriable": failure.retriable,
        "attempts": attempts,
        "num_tracks": 0,
        "num_rows": 0,
    }


def commit_row(row: dict[str, object], layout: OutputLayout, *, epoch: str) -> None:
    """Make `row` the one about its video; a dead one has no tracks, so those of an earlier file go first.

    Raises:
        SupersededError: if another driver has taken the folder over.
    """
    video = str(row["video"])
    if row["status"] == "dead":
        with commit_right(layout.work, epoch):
            retract(layout.tracks_file(video))
    guard = commit_right(layout.work, epoch)
    with committed(layout.video_file(video), scratch=layout.scratch, guard=guard) as draft:
        pq.write_table(videos_table([row]), draft, compression="zstd")


def _facts(plan: VideoPlan, provenance: Provenance) -> dict[str, object]:
    return {
        "video": plan.video,
        "uri": plan.uri,
        "size_bytes": plan.size_bytes,
        "content_digest": plan.content_digest,
        "width": plan.width_px,
        "height": plan.height_px,
        "duration_s": plan.duration_s,
        "codec": plan.codec,
        "rotation": plan.rotation,
        "labelled_at": datetime.now(UTC),
        **asdict(provenance),
    }
