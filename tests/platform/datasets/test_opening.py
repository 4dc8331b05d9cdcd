from __future__ import annotations

import logging

import pytest

from mot_platform.datasets.index import write_source
from mot_platform.datasets.opening import open_sources
from mot_platform.errors import InputError


def test_a_folder_is_one_source_to_train_on(tiny_corpus) -> None:
    (source,) = open_sources(tiny_corpus)
    assert (source.name, source.has_ids, len(source.videos)) == ("corpus", True, 3)
    assert {part.split for video in source.videos for part in video.splits} == {"train"}
    assert source.action_names


def test_an_index_has_the_sources_that_were_put_in(labelled_source, tmp_path) -> None:
    write_source(tmp_path, labelled_source)
    assert [source.name for source in open_sources(tmp_path)] == ["set-1"]


def test_what_is_wrong_in_a_folder_is_said(tiny_corpus, tmp_path, caplog) -> None:
    with pytest.raises(InputError, match="nowhere"):
        open_sources(tmp_path / "nowhere")
    with caplog.at_level(logging.WARNING):
        open_sources(tiny_corpus)
    assert all(": " in record.message for record in caplog.records)
