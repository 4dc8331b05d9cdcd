"""The model registry in MLflow: numbered versions of weights, and aliases such as `champion`.

    models:/mot-action@champion --versions--> version 3: digest, run, source --fetch--> a file of that digest

A version is a safetensors file among the artifacts of the run that trained it, tied to it by the digest in
its tags. Nothing of a version is executed or unpickled.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

from mot_platform.errors import InputError
from mot_platform.experiment import connect, store_errors, tracking_uri, without_password

if TYPE_CHECKING:
    from mlflow import MlflowClient

MODEL_NAME = "mot-action"
CHAMPION = "champion"
RUNS_FOLDER = Path("runs")
DIGEST_TAG = "digest"
SCHEME = "models:"

_ADDRESS = re.compile(r"models:/(?P<name>[^/:@]+)(?P<selector>/\d+|@[\w-]+)")
_SQLITE = "sqlite:///"


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisteredVersion:
    """One version of a registered model; its file never changes."""

    name: str
    version: int
    digest: str
    """SHA-256 of the weights, hex; empty if something else than this program made the version."""
    mlflow_run_id: str
    """The run that trained it."""
    source: str
    """`runs:/RUN/PATH` of the weights."""
    created_at: datetime
    aliases: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    """What the weights are: format, network size, input size, classes, number of actions, digest."""

    @property
    def uri(self) -> str:
        """Return the address that always leads to this version, wherever aliases go."""
        return f"{SCHEME}/{self.name}/{self.version}"

    @property
    def artifact(self) -> str:
        """Return the path of the weights among the artifacts of the run."""
        return self.source.removeprefix(f"runs:/{self.mlflow_run_id}/")


@dataclass(frozen=True, kw_only=True, slots=True)
class Registry:
    """The registry of one MLflow store."""

    tracking_uri: str

    def client(self) -> MlflowClient:
        """Return a client; see `errors` for what its calls may raise."""
        return connect(self.tracking_uri)

    def versions(self, name: str = MODEL_NAME) -> list[RegisteredVersion]:
        """Return every version of `name`, newest first; none if there is no such model."""
        with self.errors():
            client = self.client()
            if not client.search_registered_models(f"name = {_quoted(name)}"):
                return []
            aliases = client.get_registered_model(name).aliases
            found = client.search_model_versions(f"name = {_quoted(name)}")
        versions = (_from_mlflow(version, aliases) for version in found)
        return sorted(versions, key=lambda version: version.version, reverse=True)

    def version(self, selector: str, name: str = MODEL_NAME) -> RegisteredVersion:
        """Return the version that `selector` names: a number such as `3`, or an alias such as `@champion`.

        Raises:
            InputError: if there is no such version or alias.
        """
        versions = self.versions(name)
        if not versions:
            raise InputError(
                f"no model {name!r} in {self}; register one with `mot-action models register RUN_FOLDER`"
            )
        alias = selector.removeprefix("@")
        for version in versions:
            if alias in version.aliases if selector.startswith("@") else selector == str(version.version):
                return version
        numbers = ", ".join(str(version.version) for version in reversed(versions))
        aliases = ", ".join(sorted(alias for version in versions for alias in version.aliases)) or "none"
        kind = "alias" if selector.startswith("@") else "version"
        raise InputError(
            f"{name} has no {kind} {selector!r} in {self}; versions: {numbers}; aliases: {aliases}"
        )

    def promote(self, version: RegisteredVersion, alias: str = CHAMPION) -> RegisteredVersion | None:
        """Point `alias` at `version` and return the version that it pointed at before."""
        before = next((other for other in self.versions(version.name) if alias in other.aliases), None)
        with self.errors():
            self.client().set_registered_model_alias(version.name, alias, str(version.version))
        return before

    def has_run(self, run_id: str) -> bool:
        """Return whether the run is in this store."""
        from mlflow.exceptions import MlflowException

        with self.errors():
            try:
                self.client().get_run(run_id)
            except MlflowException as error:
                if error.error_code in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
                    return False
                raise
        return True

    def run_metrics(self, version: RegisteredVersion) -> dict[str, float]:
        """Return the last value of every metric of the run that trained `version`."""
        with self.errors():
            return dict(self.client().get_run(version.mlflow_run_id).data.metrics)

    def fetch(self, version: RegisteredVersion) -> Path:
        """Return the file of `version`: in place where its store is a folder here, else from the cache.

        Raises:
            InputError: if it can't be had, or isn't what was registered.
        """
        if not version.digest:
            raise InputError(
                f"{version.uri}: not registered by `mot-action models register`, it names no digest"
            )
        with self.errors():
            folder = self.client().get_run(version.mlflow_run_id).info.artifact_uri
        if urlsplit(folder).scheme in ("", "file"):
            path = Path(url2pathname(urlsplit(folder).path)) / version.artifact
            if not path.is_file():
                raise InputError(
                    f"{version.uri}: its weights at {path} are not on this machine; share that folder, or "
                    "let an MLflow server keep the artifacts"
                )
            check_digest(path, version.digest, version.uri)
            return path
        return self._cached(version, f"{folder}/{version.artifact}")

    def _cached(self, version: RegisteredVersion, artifact_uri: str) -> Path:
        """Return the file of `version` in the cache, downloaded unless it is there and whole."""
        path = cache_folder() / version.digest / "model.safetensors"
        if path.is_file() and file_digest(path) == version.digest:
            return path
        path.parent.mkdir(parents=True, exist_ok=True)
        from mlflow.artifacts import download_artifacts

        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            with self.errors():
                found = download_artifacts(
                    artifact_uri=artifact_uri, dst_path=folder, tracking_uri=self.tracking_uri
                )
            check_digest(Path(found), version.digest, version.uri)
            Path(found).replace(path)  # at once: several workers may do this at the same time
        return path

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what MLflow refuses, or an absent server, into an `InputError`."""
        with store_errors(self.tracking_uri):
            yield

    def __str__(self) -> str:
        """Return the address of the store without a password."""
        return without_password(self.tracking_uri)


def open_registry(storage: Path = RUNS_FOLDER) -> Registry:
    """Return the registry at `MLFLOW_TRACKING_URI`, or that of the runs in `storage`.

    Raises:
        InputError: if there is none in `storage`; it is not made, since nothing would be in it.
    """
    return registry_at(tracking_uri(storage))


def registry_at(uri: str) -> Registry:
    """Return the registry of the store at `uri`.

    Raises:
        InputError: if that is a file which is not there.
    """
    if not store_exists(uri):
        raise InputError(
            f"no MLflow store at {uri.removeprefix(_SQLITE)}; set MLFLOW_TRACKING_URI, or run this where "
            f"the folder `{RUNS_FOLDER}` is"
        )
    return Registry(tracking_uri=uri)


def store_exists(uri: str) -> bool:
    """Return whether there is a store at `uri`; of a server it is taken for granted."""
    return not uri.startswith(_SQLITE) or Path(uri.removeprefix(_SQLITE)).is_file()


def find(address: str, registry: Registry) -> RegisteredVersion:
    """Return the version at an address such as `models:/mot-action@champion` or `models:/mot-action/3`.

    Raises:
        InputError: if it is no address, or leads nowhere.
    """
    match = _ADDRESS.fullmatch(address)
    if match is None:
        raise InputError(
            f"{address}: not the address of a model; write {SCHEME}/{MODEL_NAME}@{CHAMPION} or "
            f"{SCHEME}/{MODEL_NAME}/3"
        )
    return registry.version(match["selector"].removeprefix("/"), match["name"])


def file_digest(path: Path) -> str:
    """Return the SHA-256 of the file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def check_digest(path: Path, digest: str, uri: str) -> None:
    """Raise an `InputError` unless the file has the digest that `uri` promises."""
    found = file_digest(path)
    if found != digest:
        raise InputError(
            f"{uri}: the weights at {path} have digest {found[:12]}, not {digest[:12]}; they were changed"
        )


def cache_folder() -> Path:
    """Return where downloaded weights are kept, by digest."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "mot-action" / "weights"


def _from_mlflow(version: Any, aliases: Mapping[str, int | str]) -> RegisteredVersion:
    """Return what MLflow knows of a version; its search leaves the aliases out."""
    number = int(version.version)
    return RegisteredVersion(
        name=version.name,
        version=number,
        digest=version.tags.get(DIGEST_TAG, ""),
        mlflow_run_id=version.run_id or "",
        source=version.source,
        created_at=datetime.fromtimestamp(version.creation_timestamp / 1000, UTC),
        aliases=tuple(sorted(alias for alias, target in aliases.items() if int(target) == number)),
        tags=dict(version.tags),
    )


def _quoted(name: str) -> str:
    """Return `name` as a value of MLflow's search language."""
    if "'" in name:
        raise InputError(f"{name}: a model's name has no quotation marks")
    return f"'{name}'"
