"""MLflow: one run per training name, resumed with it, or one per evaluation; written by one process.

Everything goes through `MlflowClient` with an explicit run id; the fluent API keeps hidden state.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from mot_platform.errors import InputError

if TYPE_CHECKING:
    from mlflow import MlflowClient

EXPERIMENT = "mot-action"
RUN_ID_FILE = "mlflow_run_id"
MAX_PARAMETER_CHARS = 500
MAX_NAME_CHARS = 250
MAX_REASON_CHARS = 300

_MAX_POINTS_PER_REQUEST = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class ExperimentRun:
    """One MLflow run. Picklable, so the process that logs can be another than the one that began it."""

    tracking_uri: str
    run_id: str

    def client(self) -> MlflowClient:
        """Return a client; MLflow is imported only here, it takes seconds."""
        return connect(self.tracking_uri)

    def log_metrics(self, metrics: Mapping[str, float], step: int) -> None:
        """Log all of `metrics` at `step`, in one request unless they are very many."""
        self.log_points((name, step, value) for name, value in metrics.items())

    def log_points(self, points: Iterable[tuple[str, int, float]]) -> None:
        """Log values of metrics, each as its name, step and value."""
        from mlflow.entities import Metric

        now_ms = now()
        metrics = [Metric(_legal(name), value, now_ms, step) for name, step, value in points]
        for start in range(0, len(metrics), _MAX_POINTS_PER_REQUEST):
            self.client().log_batch(self.run_id, metrics=metrics[start : start + _MAX_POINTS_PER_REQUEST])

    def last_step(self) -> int:
        """Return the last step that was logged, -1 before the first."""
        history = self.client().get_metric_history(self.run_id, "step")
        return max((int(point.step) for point in history), default=-1)

    def history(self) -> dict[str, list[tuple[int, float]]]:
        """Return every metric as pairs of step and value, by step."""
        client = self.client()
        names = client.get_run(self.run_id).data.metrics
        points = {name: client.get_metric_history(self.run_id, name) for name in names}
        return {name: sorted((int(p.step), float(p.value)) for p in found) for name, found in points.items()}

    def log_artifact(self, path: Path, folder: str | None = None) -> None:
        """Store a file with the run."""
        self.client().log_artifact(self.run_id, str(path), folder)

    def finish(self, status: str = "FINISHED") -> None:
        """Mark the run as ended."""
        self.client().set_terminated(self.run_id, status)


def tracking_uri(storage: Path) -> str:
    """Return where runs are recorded: `MLFLOW_TRACKING_URI`, or an SQLite file in `storage`."""
    return os.environ.get("MLFLOW_TRACKING_URI") or f"sqlite:///{storage.resolve()}/mlflow.db"


@cache
def connect(uri: str) -> MlflowClient:
    """Return the client of the store at `uri`, telemetry off; one per process, it opens a database."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=uri)


def begin_or_resume(storage: Path, name: str, parameters: Mapping[str, object]) -> ExperimentRun:
    """Return the run of training `name`, begun now unless it exists.

    Args:
        storage: Folder of all runs; this one's id is kept in `storage/name`.
        name: Name of the training.
        parameters: Logged once, at the beginning.
    """
    uri = tracking_uri(storage)
    id_file = storage / name / RUN_ID_FILE
    client = connect(uri)
    if id_file.is_file():
        run = ExperimentRun(tracking_uri=uri, run_id=id_file.read_text().strip())
        client.update_run(run.run_id, "RUNNING")
        return run
    run = begin(storage, name, parameters)
    id_file.parent.mkdir(parents=True, exist_ok=True)
    id_file.write_text(run.run_id)
    return run


def begin(
    storage: Path, name: str, parameters: Mapping[str, object], *, tags: Mapping[str, str] | None = None
) -> ExperimentRun:
    """Return a new run.

    Args:
        storage: Folder of the store, unless `MLFLOW_TRACKING_URI` says otherwise.
        name: What people see; several runs may share it.
        parameters: Logged once, at the beginning.
        tags: To find it by.
    """
    uri = tracking_uri(storage)
    client = connect(uri)
    experiment = client.get_experiment_by_name(EXPERIMENT)
    if experiment is None:
        artifacts = (storage / "artifacts").resolve().as_uri() if uri.startswith("sqlite") else None
        experiment_id = client.create_experiment(EXPERIMENT, artifact_location=artifacts)
    else:
        experiment_id = experiment.experiment_id
    created = client.create_run(experiment_id, run_name=name, tags=dict(tags or {}))
    run = ExperimentRun(tracking_uri=uri, run_id=created.info.run_id)
    log_parameters(run, parameters)
    return run


@contextmanager
def store_errors(uri: str) -> Iterator[None]:
    """Turn what MLflow refuses, or a server that is absent for seconds, into an `InputError`."""
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "2")
    from mlflow.exceptions import MlflowException

    try:
        yield
    except MlflowException as error:
        reason = without_password(" ".join(str(error).split()))
        raise InputError(f"MLflow at {without_password(uri)}: {reason[:MAX_REASON_CHARS]}") from error


def without_password(text: str) -> str:
    """Return `text` with the credentials of URLs left out."""
    return re.sub(r"//[^/@\s]*@", "//", text)


def log_parameters(run: ExperimentRun, parameters: Mapping[str, object]) -> None:
    """Log every parameter in one request, long values cut."""
    from mlflow.entities import Param

    entries = [Param(_legal(name), str(value)[:MAX_PARAMETER_CHARS]) for name, value in parameters.items()]
    run.client().log_batch(run.run_id, params=entries)


def now() -> int:
    """Return the time in milliseconds since 1970, as MLflow counts."""
    return time.time_ns() // 1_000_000


def _legal(name: str) -> str:
    """Return `name` with only the characters, parts and length that MLflow allows."""
    allowed = "".join(c if c.isalnum() or c in "_-./ " else "_" for c in name)
    return "/".join(part if part.strip(".") else "_" for part in allowed[:MAX_NAME_CHARS].split("/"))
