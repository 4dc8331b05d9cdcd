"""A configuration made complete and checked before a run begins, and the run's claim on its folder."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import yaml

from mot_platform.commit import commit_text
from mot_platform.config import dump_config, plain
from mot_platform.datasets.index import index_digest, is_index
from mot_platform.datasets.opening import open_sources
from mot_platform.datasets.source import action_numbers
from mot_platform.errors import InputError
from mot_platform.model_identity import from_any_folder
from mot_platform.training.clip_dataset import open_training_source
from mot_platform.training.config import SourceConfig, TrainConfig
from mot_platform.training.validation import validation_videos

CONFIG_FILE = "config.yaml"
FREE_TO_CHANGE = frozenset(
    {"workers", "gpus_per_worker", "data.loader", "data.loader_processes", "data.cache_mib"}
)
"""Settings that say how work is shared out, not what is computed: a run may go on with others."""


def with_absolute_paths(config: TrainConfig) -> TrainConfig:
    """Return `config` with absolute paths of corpora and weights: workers run in folders of their own."""
    sources = tuple(replace(s, root=str(Path(s.root).absolute())) for s in config.data.sources)
    validation = config.data.validation
    if validation is not None:
        validation = str(Path(validation).absolute())
    weights = None if config.weights is None else from_any_folder(config.weights)
    data = replace(config.data, sources=sources, validation=validation)
    return replace(config, weights=weights, data=data)


def with_words(config: TrainConfig) -> TrainConfig:
    """Return `config` with the actions of its sources where it names none.

    The same name means the same action. An action keeps its number unless a source before has taken it.
    """
    if config.network.action_ids:
        return config
    sources = [one for entry in config.data.sources for one in open_sources(entry.root, entry.source)]
    number_of = action_numbers(sources)
    network = replace(config.network, action_ids=tuple(number_of.values()), action_names=tuple(number_of))
    return replace(config, network=network)


def with_digests(config: TrainConfig) -> TrainConfig:
    """Return `config` with the digest of each index that it trains on.

    Raises:
        InputError: if an index is not the one that `config` names the digest of.
    """
    entries = tuple(_with_digest(entry) for entry in config.data.sources)
    return replace(config, data=replace(config.data, sources=entries))


def _with_digest(entry: SourceConfig) -> SourceConfig:
    if not is_index(entry.root):
        return entry
    digest = index_digest(entry.root)
    if entry.digest not in (None, digest):
        raise InputError(
            f"data.sources: {entry.root} has digest {digest[:12]}, not {entry.digest}: another index, or "
            "prepared again since; give its own digest or none"
        )
    return replace(entry, digest=digest)


def checked_example(config: TrainConfig) -> str:
    """Return the video to show results on: the first that is validated on, or else trained on.

    Raises:
        InputError: for data that no worker could use later.
    """
    data = config.data
    if not data.sources:
        raise InputError("data.sources: nothing to train on; name at least one corpus")
    opened = [open_training_source(entry, data.clip_frames, config.network) for entry in data.sources]
    if data.validation is not None:
        return validation_videos(config)[0].uri
    return opened[0].videos[0].facts.uri


def claim(folder: Path, config: TrainConfig) -> None:
    """Write the configuration into the run's folder, or check that it is the one that is there.

    Raises:
        InputError: if the run was begun with settings that compute something else.
    """
    path = folder / CONFIG_FILE
    if path.is_file():
        before, now = flattened(yaml.safe_load(path.read_text())), flattened(plain(asdict(config)))
        changed = sorted(key for key in before | now if before.get(key) != now.get(key))
        if changed := [key for key in changed if key not in FREE_TO_CHANGE]:
            raise InputError(
                f"{folder}: begun with another configuration ({', '.join(changed[:5])}); take another --name "
                f"or the same configuration; only {', '.join(sorted(FREE_TO_CHANGE))} may change"
            )
        return
    folder.mkdir(parents=True, exist_ok=True)
    commit_text(path, dump_config(config), scratch=folder)


def flattened(data: Any, prefix: str = "") -> dict[str, object]:
    """Return nested mappings as one, keys joined by dots."""
    if not isinstance(data, dict):
        return {prefix: data}
    parts = [flattened(value, f"{prefix}.{key}" if prefix else str(key)) for key, value in data.items()]
    return {key: value for part in parts for key, value in part.items()}
