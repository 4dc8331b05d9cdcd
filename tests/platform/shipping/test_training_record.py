"""What a run's folder says of the training, and what must not be shipped."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mot_model.network import NetworkConfig
from mot_platform.config import dump_config
from mot_platform.errors import InputError
from mot_platform.experiment import begin_or_resume
from mot_platform.shipped_weights import shipped_card
from mot_platform.shipping.card import read_card
from mot_platform.shipping.training_record import clips_until, drawn_corpus, training_facts
from mot_platform.training.config import DataConfig, SourceConfig, StageConfig, TrainConfig
from mot_platform.training.stages import stages_of

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own deprecations


@pytest.fixture
def config(tiny_corpus: Path, tiny_network_config: NetworkConfig) -> TrainConfig:
    return TrainConfig(
        network=tiny_network_config,
        data=DataConfig(sources=(SourceConfig(root=str(tiny_corpus)),), clip_frames=5),
        stages=(StageConfig(steps=6, input_wh=(96, 64), clips_per_step=8),),
        steps=10,
        clips_per_step=4,
        workers=1,
    )


def run_folder(storage: Path, name: str, config: TrainConfig) -> Path:
    folder = storage / name
    folder.mkdir(parents=True)
    (folder / "config.yaml").write_text(dump_config(config))
    return folder


def test_the_record_of_a_run_gives_its_facts(config: TrainConfig, recorded_runs: Path) -> None:
    folder = run_folder(recorded_runs, "timed", config)
    run = begin_or_resume(recorded_runs, "timed", {})
    run.log_metrics({"frames_per_second": 1.0}, 5)  # 5 steps of 8 clips of 5 frames: 200 s
    run.log_metrics({"frames_per_second": 2.0}, 10)  # 8 + 4 * 4 clips of 5 frames: 60 s
    (facts,) = training_facts(folder)
    assert (facts.name, facts.mlflow_run_id, facts.began_with) == ("timed", run.run_id, None)
    assert (facts.steps, facts.clips, facts.clip_frames) == (10, 64, 5)
    assert facts.image_sizes == ("96x64", "160x96")
    assert facts.hours == pytest.approx(260 / 3600)
    assert facts.data[0].seed == 5
    assert facts.data[0].what.startswith("3 synthetic videos of 2 s, 160x96 at 10 frames/s, difficulty easy")


def test_earlier_runs_come_first(config: TrainConfig, tmp_path: Path) -> None:
    first = run_folder(tmp_path, "first", config)
    (first / "model.safetensors").touch()
    second = run_folder(tmp_path, "second", replace(config, weights=str(first)))
    earlier, last = training_facts(second)
    assert (earlier.name, last.name, last.began_with) == ("first", "second", "first")
    assert last.hours is None, "no store, no time"


def test_the_runs_of_shipped_weights_come_first(config: TrainConfig, tmp_path: Path) -> None:
    path = shipped_card("nano")
    assert path is not None
    card = read_card(path)
    went_on = replace(config, weights="nano", weights_digest=card.digest)
    *earlier, last = training_facts(run_folder(tmp_path, "mine", went_on))
    assert tuple(earlier) == card.training
    assert last.began_with == card.training[-1].name


@pytest.mark.parametrize("weights", ["nano", "models:/mot-action/1"])
def test_weights_of_unknown_origin_are_refused(config: TrainConfig, weights: str, tmp_path: Path) -> None:
    unknown = replace(config, weights=weights, weights_digest="0" * 64)
    with pytest.raises(InputError, match="known what they learned from"):
        training_facts(run_folder(tmp_path, "mine", unknown))


def test_corpora_may_have_moved(config: TrainConfig, tiny_corpus: Path, tmp_path: Path) -> None:
    sources = (SourceConfig(root="/far/away"),)
    folder = run_folder(tmp_path, "first", replace(config, data=replace(config.data, sources=sources)))
    with pytest.raises(InputError, match=r"/far/away: not a corpus .* may be given away"):
        training_facts(folder)
    assert training_facts(folder, {"/far/away": tiny_corpus})[0].data == (drawn_corpus(tiny_corpus),)


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no config\.yaml"):
        training_facts(tmp_path)


def test_clips_are_counted_through_the_stages(config: TrainConfig) -> None:
    stages = stages_of(config)
    assert [clips_until(step, stages) for step in (0, 1, 6, 7, 10)] == [0, 8, 48, 52, 64]
