"""An address leads to one version and one digest, or to a clear refusal."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from mot_platform.errors import InputError
from mot_platform.registering import register
from mot_platform.registry import Registry, file_digest, find, open_registry, registry_at

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own deprecations


def registered(storage: Path, name: str) -> Registry:
    """Return the registry with both runs as versions 1 and 2 of `name`."""
    registry = open_registry(storage)
    for run in ("first", "second"):
        register(registry, str(storage / run), name)
    return registry


def test_an_alias_moves_and_moves_back(recorded_runs: Path) -> None:
    registry = registered(recorded_runs, "moved")
    one, two = registry.version("1", "moved"), registry.version("2", "moved")
    assert registry.promote(one) is None
    before = registry.promote(two)
    assert before is not None
    assert before.version == 1
    assert find("models:/moved@champion", registry).version == 2
    registry.promote(one)
    assert find("models:/moved@champion", registry).uri == "models:/moved/1"
    assert [version.aliases for version in registry.versions("moved")] == [(), ("champion",)]
    assert registry.run_metrics(two) == {"validation/IDF1": 0.75}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        pytest.param("models:/lost/7", "no version '7' in .*; versions: 1, 2; aliases: none", id="version"),
        pytest.param("models:/lost@best", "no alias '@best'", id="alias"),
        pytest.param("models:/none/1", "no model 'none'", id="name"),
        pytest.param("models:/it's@a", "no quotation marks", id="quotation mark"),
        pytest.param(
            "models:/lost", "not the address of a model; write models:/mot-action@", id="no version"
        ),
        pytest.param("models:/lost/latest", "not the address of a model", id="a moving number"),
    ],
)
def test_an_address_that_leads_nowhere_is_refused(recorded_runs: Path, address: str, said: str) -> None:
    registry = registered(recorded_runs, "lost")
    with pytest.raises(InputError, match=said):
        find(address, registry)


def test_an_alias_that_mlflow_refuses_is_one_line(recorded_runs: Path) -> None:
    registry = registered(recorded_runs, "named")
    with pytest.raises(InputError, match="Version alias name 'v9' is reserved"):
        registry.promote(registry.version("1", "named"), "v9")


def test_a_missing_store_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no MLflow store at .*mlflow\.db; set MLFLOW_TRACKING_URI"):
        open_registry(tmp_path / "runs")
    assert not (tmp_path / "runs").exists()


def test_an_absent_server_is_one_line_without_the_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    with pytest.raises(InputError, match=r"MLflow at http://127.0.0.1:9: ") as caught:
        registry_at("http://me:secret@127.0.0.1:9").versions()
    assert "secret" not in str(caught.value)


def test_files_lie_in_place_and_a_changed_one_is_refused(recorded_runs: Path) -> None:
    registry = registered(recorded_runs, "changed")
    version = registry.version("1", "changed")
    path = registry.fetch(version)
    assert path.is_relative_to(recorded_runs)
    assert file_digest(path) == version.digest
    content = path.read_bytes()
    try:
        path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        with pytest.raises(InputError, match=r"models:/changed/1: .*they were changed"):
            registry.fetch(version)
    finally:
        path.write_bytes(content)


class ArtifactStore(BaseHTTPRequestHandler):
    """Files over HTTP, as MLflow asks for them."""

    files: dict[str, bytes]
    num_sent: int

    def do_PUT(self) -> None:
        self.server.files[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(b"{}")

    def do_GET(self) -> None:
        if self.path in self.server.files:
            self.server.num_sent += 1
            self._answer(self.server.files[self.path])
        else:
            self._answer(json.dumps({"files": []}).encode())

    def _answer(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def artifact_store() -> Iterator[HTTPServer]:
    with HTTPServer(("127.0.0.1", 0), ArtifactStore) as server:
        server.files, server.num_sent = {}, 0
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_remote_files_are_downloaded_once_and_again_when_damaged(
    recorded_runs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, artifact_store: HTTPServer
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    registry = open_registry(recorded_runs)
    client = registry.client()
    where = f"http://127.0.0.1:{artifact_store.server_port}/mlflow-artifacts/artifacts/store"
    run = client.create_run(client.create_experiment("remote", artifact_location=where))
    (tmp_path / "mlflow_run_id").write_text(run.info.run_id)
    (tmp_path / "model.safetensors").write_bytes((recorded_runs / "first" / "model.safetensors").read_bytes())
    version, _ = register(registry, str(tmp_path), "remote")
    path = registry.fetch(version)
    assert path == tmp_path / "cache" / "mot-action" / "weights" / version.digest / "model.safetensors"
    assert registry.fetch(version) == path
    assert artifact_store.num_sent == 1
    path.write_bytes(b"half")
    assert file_digest(registry.fetch(version)) == version.digest
    assert artifact_store.num_sent == 2
    assert list(path.parent.iterdir()) == [path]
    artifact_store.files = dict.fromkeys(artifact_store.files, b"other")
    path.unlink()
    with pytest.raises(InputError, match="they were changed"):
        registry.fetch(version)
    assert not path.exists()
