"""What is settled before a run begins: paths, words, sources, and whose folder it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mot_model.network import NetworkConfig
from mot_platform.config import load_config
from mot_platform.datasets.index import write_source
from mot_platform.datasets.source import Source
from mot_platform.errors import InputError
from mot_platform.training.config import DataConfig, SourceConfig, TrainConfig
from mot_platform.training.preparation import (
    checked_example,
    claim,
    flattened,
    with_absolute_paths,
    with_digests,
    with_words,
)


@pytest.fixture
def config(tiny_corpus: Path, tiny_network_config: NetworkConfig) -> TrainConfig:
    data = DataConfig(sources=(SourceConfig(root=str(tiny_corpus)),), clip_frames=3)
    return TrainConfig(network=replace(tiny_network_config, action_ids=(), action_names=()), data=data)


def test_a_name_belongs_to_one_configuration(config: TrainConfig, tmp_path: Path) -> None:
    claim(tmp_path / "first", config)
    claim(tmp_path / "first", config)
    with pytest.raises(InputError, match=r"another configuration \(steps\); take another --name"):
        claim(tmp_path / "first", replace(config, steps=7))


def test_a_run_goes_on_with_other_workers(config: TrainConfig, tmp_path: Path) -> None:
    claim(tmp_path, config)
    data = replace(config.data, loader_processes=3, cache_mib=0.0)
    claim(tmp_path, replace(config, workers=(1, 2), data=data))
    with pytest.raises(InputError, match=r"\(seed\).*only data.cache_mib, .*workers may change"):
        claim(tmp_path, replace(config, workers=1, seed=1))


def test_the_claimed_configuration_reads_back_equal(config: TrainConfig, tmp_path: Path) -> None:
    config = replace(config, workers=(1, 2))
    claim(tmp_path, config)
    assert load_config(tmp_path / "config.yaml", TrainConfig) == config


def test_corpora_are_found_from_any_folder(
    config: TrainConfig, tiny_corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tiny_corpus.parent)
    relative = replace(config.data, sources=(SourceConfig(root="tiny"),), validation="tiny")
    found = with_absolute_paths(replace(config, data=relative, weights="runs/first"))
    data = found.data
    assert (data.sources[0].root, data.validation) == (str(tiny_corpus), str(tiny_corpus))
    assert found.weights == str(tiny_corpus.parent / "runs" / "first")


def test_results_are_shown_on_held_out_videos(config: TrainConfig, tiny_corpus: Path) -> None:
    assert checked_example(config).startswith(str(tiny_corpus))
    missing = replace(config, data=replace(config.data, validation="nowhere"))
    with pytest.raises(InputError, match="nowhere"):
        checked_example(missing)


def with_sources(config: TrainConfig, *roots: Path) -> TrainConfig:
    sources = tuple(SourceConfig(root=str(root)) for root in roots)
    return replace(config, data=replace(config.data, sources=sources))


def test_actions_come_from_all_sources_by_name(
    config: TrainConfig, tiny_corpus: Path, labelled_source: Source, tmp_path: Path
) -> None:
    alone = with_words(config).network
    assert 14 in alone.action_ids
    assert with_words(replace(config, network=alone)).network == alone
    # It calls its action 11 what others do, and has one of its own, whose number is taken.
    write_source(tmp_path, replace(labelled_source, action_ids=(11, 14), action_names=("sit", "brood")))
    both = with_words(with_sources(config, tiny_corpus, tmp_path)).network
    assert both.action_names == (*alone.action_names, "brood")
    assert both.action_ids == (*alone.action_ids, max(alone.action_ids) + 1)


def test_a_run_belongs_to_the_content_of_its_index(
    config: TrainConfig, labelled_source: Source, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    write_source(index, labelled_source)
    begun = with_digests(with_sources(config, index))
    claim(tmp_path / "run", begun)
    write_source(index, labelled_source)
    claim(tmp_path / "run", with_digests(with_sources(config, index)))
    write_source(index, replace(labelled_source, name="another"))
    with pytest.raises(InputError, match=r"another configuration \(data.sources\)"):
        claim(tmp_path / "run", with_digests(with_sources(config, index)))
    with pytest.raises(InputError, match=r"has digest .*, not .*: another index"):
        with_digests(begun)


def test_nested_settings_flatten_to_dotted_names() -> None:
    assert flattened({"a": {"b": 1, "c": [2]}, "d": 3}) == {"a.b": 1, "a.c": [2], "d": 3}
