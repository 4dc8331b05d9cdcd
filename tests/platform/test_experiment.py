"""MLflow runs that resume by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from mot_platform.experiment import begin_or_resume, tracking_uri

pytestmark = pytest.mark.filterwarnings("default")  # MLflow's and SQLAlchemy's own deprecations


@pytest.fixture(scope="module")
def storage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs")  # one for all: MLflow makes a store in seconds


def test_a_run_is_resumed_by_name_and_keeps_its_history(storage: Path) -> None:
    run = begin_or_resume(storage, "resumed", {"network.size": "pico", "long": "x" * 2000})
    run.log_metrics({"loss/total": 3.0, "step": 10.0}, 10)
    run.finish()
    again = begin_or_resume(storage, "resumed", {"network.size": "changed"})
    assert again.run_id == run.run_id
    assert again.last_step() == 10
    again.log_metrics({"loss/total": 2.0, "step": 20.0}, 20)
    assert again.history()["loss/total"] == [(10, 3.0), (20, 2.0)]
    assert again.client().get_run(run.run_id).data.params["network.size"] == "pico"


def test_names_do_not_share_a_run(storage: Path) -> None:
    first = begin_or_resume(storage, "first", {})
    assert begin_or_resume(storage, "second", {}).run_id != first.run_id
    assert first.last_step() == -1


def test_the_store_is_a_file_of_the_storage_unless_told_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tracking_uri(tmp_path) == f"sqlite:///{tmp_path.resolve()}/mlflow.db"
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:5000")
    assert tracking_uri(tmp_path) == "http://127.0.0.1:5000"


def test_artifacts_lie_in_the_storage(storage: Path, tmp_path: Path) -> None:
    run = begin_or_resume(storage, "artifacts", {})
    (tmp_path / "note.txt").write_text("hello")
    run.log_artifact(tmp_path / "note.txt", "notes")
    assert list((storage / "artifacts").rglob("notes/note.txt"))
