"""Where things lie in an output folder: committed tables on top, work in progress below `_work/`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mot_platform.provenance import short_id


@dataclass(frozen=True, slots=True)
class OutputLayout:
    """The paths of one output folder."""

    root: Path
    """The folder named by `--out`."""

    @property
    def tracks(self) -> Path:
        """Committed tracks, one file per video."""
        return self.root / "tracks"

    @property
    def videos(self) -> Path:
        """Committed rows about videos, one file per video."""
        return self.root / "videos"

    @property
    def work(self) -> Path:
        """Everything that is not yet, or not only, a result."""
        return self.root / "_work"

    @property
    def detections(self) -> Path:
        """Staged detections, one file per finished segment."""
        return self.work / "detections"

    @property
    def failures(self) -> Path:
        """One record per segment that can't be perceived."""
        return self.work / "failures"

    @property
    def plans(self) -> Path:
        """What probing found out, one record per video."""
        return self.work / "plans"

    @property
    def attempts(self) -> Path:
        """One file per started segment of the present run, a byte per attempt."""
        return self.work / "attempts"

    @property
    def scratch(self) -> Path:
        """Files being written; same file system as the results, so that a rename is atomic."""
        return self.work / "scratch"

    def create(self) -> None:
        """Make all folders.

        Raises:
            OSError: if the output folder can't be written.
        """
        folders = (
            self.tracks, self.videos, self.detections, self.failures, self.plans, self.attempts, self.scratch
        )  # fmt: skip
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)

    def tracks_file(self, video: str) -> Path:
        """Return the file of the tracks of `video`: always the same one, so that a retry replaces itself."""
        return self.tracks / f"{short_id(video)}.parquet"

    def video_file(self, video: str) -> Path:
        """Return the file of the row about `video`."""
        return self.videos / f"{short_id(video)}.parquet"

    def plan_file(self, video: str) -> Path:
        """Return the file of the plan of `video`."""
        return self.plans / f"{short_id(video)}.json"

    def detections_file(self, unit_id: str) -> Path:
        """Return the file of the staged detections of a segment."""
        return self.detections / f"{unit_id}.parquet"

    def failure_file(self, unit_id: str) -> Path:
        """Return the file that says why a segment can't be perceived."""
        return self.failures / f"{unit_id}.json"
