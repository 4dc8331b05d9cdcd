"""What is asked of a label job, and the mark it leaves on its output folder so that no other job mixes in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mot_platform.commit import commit_text
from mot_platform.errors import InputError
from mot_platform.labelling.layout import OutputLayout
from mot_platform.provenance import Provenance, code_version, digest_of
from mot_platform.schema import SCHEMA_VERSION


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelConfig:
    """Settings of a label job, as in `configs/label.yaml`.

    Raises:
        ValueError: if a setting is out of range.
    """

    segment_seconds: float = 30.0
    """Length of the pieces that workers share out; changes no row."""
    batch_frames: int = 16
    """Frames given to the network at a time; changes no row, only memory and speed."""
    workers: int | None = None
    """Processes that run the network; default: one per usable CPU. Changes no row."""
    gpus_per_worker: float = 0.0
    """GPUs (or parts of one) that a worker holds."""
    min_action_score: float = 0.05
    """Actions below this score are left out of the rows, range [0, 1]."""
    max_attempts: int = 4
    """How often work is begun when machines fail; faults of a file are never tried twice."""

    def __post_init__(self) -> None:
        for name in ("segment_seconds", "batch_frames", "max_attempts"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be positive, got {getattr(self, name)}")
        if self.workers is not None and self.workers < 1:
            raise ValueError(f"workers must be at least 1, got {self.workers}")
        if self.gpus_per_worker < 0:
            raise ValueError(f"gpus_per_worker must not be negative, got {self.gpus_per_worker}")
        if not 0 <= self.min_action_score <= 1:
            raise ValueError(f"min_action_score must be in [0, 1], got {self.min_action_score}")


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelRequest:
    """One label job."""

    folder: str
    """Where the videos are: a path or an fsspec URL."""
    out: Path
    """Where the tables go."""
    model_uri: str
    """Weights, as the user named them."""
    model_digest: str
    """Digest of the weights."""
    tracker_settings: Mapping[str, object] = field(default_factory=dict)
    """Settings of the identifier, plain values; they decide rows, so they are part of the config digest."""
    config: LabelConfig = field(default_factory=LabelConfig)
    """All other settings."""
    glob: str | None = None
    """Which files are inputs; default: those with a video extension."""
    retry_dead: bool = False
    """Try dead letters again."""
    retrack: bool = False
    """Accept another tracker setting: make tracks anew from staged detections, without the network."""
    address: str | None = None
    """Ray cluster, None for a private local one."""
    mlflow_run_id: str | None = None
    """MLflow run that leads to the model."""

    def provenance(self) -> Provenance:
        """Return what the rows of this job say of their maker."""
        settings = {"tracker": dict(self.tracker_settings), "min_action_score": self.config.min_action_score}
        return Provenance(
            model_uri=self.model_uri,
            model_digest=self.model_digest,
            config_digest=digest_of(settings),
            code_version=code_version(),
            mlflow_run_id=self.mlflow_run_id,
        )


def check_same_job(request: LabelRequest, layout: OutputLayout) -> None:
    """Raise unless the output folder is new, or was begun by the same folder, model and settings.

    Raises:
        InputError: naming what differs and what to do.
    """
    record = _read_mark(layout)
    out, provenance = layout.root, request.provenance()
    if record is None:
        if request.retrack:
            raise InputError(f"{out} holds no labels to retrack; run `label` without --retrack first")
        if any(layout.tracks.glob("*.parquet")) or any(layout.videos.glob("*.parquet")):
            raise InputError(f"{out} holds tables of something else; choose another --out")
        return
    if record["schema_version"] != SCHEMA_VERSION:
        raise InputError(f"{out} was begun by another version of this program; choose another --out")
    if record["folder"] != folder_name(request.folder):
        raise InputError(
            f"{out} holds labels of {record['folder']}, not of {request.folder}; choose another --out"
        )
    if record["model_digest"] != provenance.model_digest:
        was, now = str(record["model_digest"])[:12], provenance.model_digest[:12]
        raise InputError(
            f"{out} was begun with model {record['model_uri']} ({was}), not {request.model_uri} ({now}); "
            "choose another --out, or the same --weights"
        )
    if record["config_digest"] != provenance.config_digest and not request.retrack:
        raise InputError(
            f"{out} was begun with other settings (config {str(record['config_digest'])[:12]}, not "
            f"{provenance.config_digest[:12]}); choose another --out, the same settings, or add --retrack"
        )


def mark(request: LabelRequest, layout: OutputLayout) -> None:
    """Write on the output folder which job it belongs to."""
    provenance = request.provenance()
    record = {
        "folder": folder_name(request.folder),
        "model_uri": provenance.model_uri,
        "model_digest": provenance.model_digest,
        "config_digest": provenance.config_digest,
        "tracker": dict(request.tracker_settings),
        "min_action_score": request.config.min_action_score,
        "schema_version": SCHEMA_VERSION,
    }
    commit_text(layout.work / "job.json", json.dumps(record, indent=2) + "\n", scratch=layout.scratch)


def folder_name(folder: str) -> str:
    """Return the folder under a name that does not depend on where the command was given."""
    return folder.rstrip("/") if "://" in folder else str(Path(folder).resolve())


def _read_mark(layout: OutputLayout) -> dict[str, object] | None:
    try:
        record: dict[str, object] = json.loads((layout.work / "job.json").read_bytes())
    except FileNotFoundError:
        return None
    return record
