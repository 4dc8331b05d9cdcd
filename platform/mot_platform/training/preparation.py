"""A configuration made complete and checked before a run begins, and the run's claim on its folder."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import yaml

from mot_platform.commit import commit_text
from mot_platform.config import dump_config, plain
from mot_platform.corpus import action_names, read_corpus
from mot_platform.errors import InputError
from mot_platform.training.config import TrainConfig

CONFIG_FILE = "config.yaml"
FREE_TO_CHANGE = frozenset({"workers", "gpus_per_worker", "data.loader_processes", "data.cache_mib"})
"""Settings that say how work is shared out, not what is computed: a run may go on with others."""


def with_absolute_paths(config: TrainConfig) -> TrainConfig:
    """Return `config` with absolute paths of corpora: workers run in folders of their own."""
    sources = tuple(replace(s, root=str(Path(s.root).absolute())) for s in config.data.sources)
    validation = config.data.validation
    if validation is not None:
        validation = str(Path(validation).absolute())
    return replace(config, data=replace(config.data, sources=sources, validation=validation))


def with_words(config: TrainConfig) -> TrainConfig:
    """Return `config` with the actions of its first source where it names none."""
    if config.network.action_ids or not config.data.sources:
        return config
    names = action_names(config.data.sources[0].root)
    network = replace(config.network, action_ids=tuple(names), action_names=tuple(names.values()))
    return replace(config, network=network)


def checked_example(config: TrainConfig) -> str:
    """Return the video to show results on: the first that is validated on, or else trained on.

    Raises:
        InputError: for a corpus that no worker could read later.
    """
    roots = [source.root for source in config.data.sources]
    if not roots:
        raise InputError("data.sources: nothing to train on; name at least one corpus")
    if config.data.validation is not None:
        roots.insert(0, config.data.validation)
    examples = [read_corpus(root)[0].uri for root in roots]
    return examples[0]


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
