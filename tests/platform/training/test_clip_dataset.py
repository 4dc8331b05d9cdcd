"""The stream of clips from real videos: a pure function of its number."""

from __future__ import annotations

import shutil
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from mot_model.network import NetworkConfig
from mot_platform.datasets.index import read_index, write_source
from mot_platform.datasets.opening import open_sources
from mot_platform.datasets.source import BoxLabels, SplitRange
from mot_platform.errors import InputError
from mot_platform.training.augmentation import AugmentationConfig
from mot_platform.training.clip_dataset import ClipDataset, open_training_source, with_own_ids
from mot_platform.training.clips import Clip
from mot_platform.training.config import DataConfig, SourceConfig, StageConfig, TrainConfig


def dataset(
    root: Path, network: NetworkConfig, *, seed: int = 0, entry: dict[str, object] | None = None, **settings
) -> ClipDataset:
    source = SourceConfig(root=str(root), **(entry or {}))
    return clips_of(network, seed=seed, **{"sources": (source,)} | settings)


def clips_of(network: NetworkConfig, *, seed: int = 0, **settings) -> ClipDataset:
    data = DataConfig(**{"clip_frames": 4} | settings)
    return ClipDataset(TrainConfig(network=network, data=data, seed=seed))


def assert_equal(one: Clip, other: Clip) -> None:
    for field in fields(one):
        np.testing.assert_array_equal(getattr(one, field.name), getattr(other, field.name), field.name)


def test_a_clip_depends_on_seed_and_number_only(tiny_corpus, tiny_network_config) -> None:
    settings = {
        "strides": (1, 2),
        "reverse_probability": 0.5,
        "augmentation": AugmentationConfig(mosaic_probability=0.5),
    }
    first = dataset(tiny_corpus, tiny_network_config, **settings)
    second = dataset(tiny_corpus, tiny_network_config, **settings, cache_mib=0.0)
    for number in range(3):
        second[number]  # what was read before does not matter, nor what is kept
    for number in (7, 70_000):
        assert_equal(first[number], second[number])
    other = dataset(tiny_corpus, tiny_network_config, seed=1, **settings)
    assert any((first[number].pixels != other[number].pixels).any() for number in range(4))


def test_an_index_gives_the_clips_of_its_corpus(tiny_corpus, tiny_network_config, tmp_path) -> None:
    (source,) = open_sources(tiny_corpus)
    write_source(tmp_path, source)
    from_index = dataset(tmp_path, tiny_network_config, entry={"source": source.name})
    assert_equal(from_index[3], dataset(tiny_corpus, tiny_network_config)[3])


def test_a_video_shorter_than_a_clip_is_still_a_clip(tiny_corpus, tiny_network_config) -> None:
    clip = dataset(tiny_corpus, tiny_network_config, clip_frames=32)[0]
    assert len(clip.pixels) == 32
    assert clip.has_boxes.sum() == 20
    assert not clip.present[20:].any()


def test_no_clip_leaves_its_split(tiny_corpus, tiny_network_config, tmp_path) -> None:
    (source,) = open_sources(tiny_corpus)
    halves = tuple(
        SplitRange(split=split, start_frame=start, stop_frame=start + 10)
        for split, start in (("train", 0), ("val", 10))
    )
    write_source(tmp_path, replace(source, videos=tuple(replace(v, splits=halves) for v in source.videos)))
    drawn: list[int] = []
    clips = dataset(tmp_path, tiny_network_config, entry={"split": "val"}, strides=(1, 3))
    read = clips._cache.read
    clips._cache.read = lambda facts, frames: drawn.extend(frames.tolist()) or read(facts, frames)
    for number in range(60):
        clips[number]
    assert set(drawn) == set(range(10, 20))


def test_a_video_that_is_gone_trains_nothing_and_stops_nothing(
    tiny_corpus, tiny_network_config, tmp_path, caplog
) -> None:
    root = tmp_path / "set"
    shutil.copytree(tiny_corpus, root)
    (source,) = open_sources(root)
    write_source(tmp_path / "index", source)
    Path(source.videos[0].uri).unlink()
    clips = dataset(tmp_path / "index", tiny_network_config)
    found = [clips[number] for number in range(15)]
    without = [clip for clip in found if not clip.has_boxes.any()]
    assert 0 < len(without) < len(found)
    assert all((clip.pixels == clip.pixels[0, 0, 0]).all() for clip in without)
    assert [record.message.count(Path(source.videos[0].uri).name) for record in caplog.records] == [1]


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        pytest.param({"split": "test"}, "nothing labelled to train on in split test", id="split"),
        pytest.param({"source": "other"}, "no source other in .*; there is corpus", id="source"),
    ],
)
def test_what_is_not_there_is_said(tiny_corpus, tiny_network_config, entry, message) -> None:
    with pytest.raises(InputError, match=message):
        dataset(tiny_corpus, tiny_network_config, entry=entry)
    with pytest.raises(InputError, match="nothing to train on"):
        clips_of(tiny_network_config)


def without_ids_and_actions(boxes: BoxLabels) -> BoxLabels:
    count = len(boxes)
    return replace(
        boxes,
        track_id=np.full(count, -1),
        action=np.zeros((count, 0), bool),
        has_action=np.zeros(count, bool),
    )


def test_sources_with_other_labels_train_together(tiny_corpus, tiny_network_config, tmp_path) -> None:
    (source,) = open_sources(tiny_corpus)
    bare = tuple(replace(v, boxes=without_ids_and_actions(v.boxes)) for v in source.videos)
    write_source(tmp_path, replace(source, name="boxes-only", videos=bare, action_ids=(), action_names=()))
    assert not read_index(tmp_path).sources[0].action_names
    entries = (SourceConfig(root=str(tiny_corpus)), SourceConfig(root=str(tmp_path), weight=3.0))
    clips = clips_of(tiny_network_config, sources=entries)
    found = [clips[number] for number in range(40)]
    without = [clip for clip in found if not clip.has_action.any()]
    assert len(without) == pytest.approx(30, abs=6)
    assert all((clip.track_id == -1).all() and clip.has_boxes.any() for clip in without)


def test_clips_have_the_size_of_their_stage(tiny_corpus, tiny_network_config) -> None:
    stage = StageConfig(steps=2, input_wh=(32, 32), clips_per_step=6)
    data = DataConfig(sources=(SourceConfig(root=str(tiny_corpus)),), clip_frames=4)
    clips = ClipDataset(
        TrainConfig(network=tiny_network_config, data=data, stages=(stage,), steps=4, clips_per_step=2)
    )
    width, height = tiny_network_config.input_wh
    assert [clips[number].pixels.shape[1:3] for number in (11, 12, 11, 900)] == [
        (32, 32),
        (height, width),
        (32, 32),
        (height, width),
    ]


def test_clips_in_pairs_show_the_same_people_at_two_times(tiny_corpus, tiny_network_config) -> None:
    clips = dataset(tiny_corpus, tiny_network_config, pairs=True)
    pairs = [(clips[number], clips[number + 1]) for number in range(0, 16, 2)]
    assert all(set(one.track_id[0]) & set(two.track_id[0]) for one, two in pairs)
    assert any((one.pixels != two.pixels).any() for one, two in pairs)


def test_people_of_two_videos_never_share_an_id(tiny_corpus, tiny_network_config) -> None:
    sources = (SourceConfig(root=str(tiny_corpus)),)
    network = tiny_network_config
    one, two = with_own_ids([open_training_source(sources[0], 4, network) for _ in range(2)])
    ids = [set(video.boxes.track_id.tolist()) for source in (one, two) for video in source.videos]
    assert len(set.union(*ids)) == sum(map(len, ids))
