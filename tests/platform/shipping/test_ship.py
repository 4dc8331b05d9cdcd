"""From a run's folder to weights with a name, and a card that describes just these."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mot_model.network import NetworkConfig
from mot_model.tracker import TrackerConfig
from mot_platform import shipped_weights
from mot_platform.config import dump_config
from mot_platform.engines import tracker_for
from mot_platform.errors import InputError
from mot_platform.model_identity import resolve_model
from mot_platform.shipping.card import read_card
from mot_platform.shipping.ship import ship
from mot_platform.synth.corpus import CorpusConfig, generate_corpus
from mot_platform.training.config import DataConfig, SourceConfig, TrainConfig
from mot_platform.weights import FILE_NAME


@pytest.fixture
def run(
    tmp_path: Path,
    tiny_corpus: Path,
    tiny_network_config: NetworkConfig,
    untrained_weights: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Return a run as training leaves it; what is shipped goes to a folder beside it."""
    monkeypatch.setattr(shipped_weights, "FOLDER", tmp_path / "shipped")
    folder = tmp_path / "runs" / "first"
    folder.mkdir(parents=True)
    data = DataConfig(sources=(SourceConfig(root=str(tiny_corpus)),))
    (folder / "config.yaml").write_text(dump_config(TrainConfig(network=tiny_network_config, data=data)))
    (folder / "mlflow_run_id").write_text("0123abc")
    shutil.copyfile(untrained_weights, folder / FILE_NAME)
    return folder


def test_a_run_is_shipped_with_its_card(run: Path, tmp_path: Path) -> None:
    held_out = tmp_path / "held"
    small = CorpusConfig(num_videos=1, seconds=0.5, size_wh=(160, 96), seed=6, difficulty="easy")
    generate_corpus(held_out, config=small, workers=1)
    tracker = tmp_path / "tracker.yaml"
    tracker.write_text("high_score: 0.65\n")
    card = ship(run, "mini", data=held_out, hardware="one core", tracker=tracker)
    model = resolve_model("mini")
    assert (model.digest, model.mlflow_run_id) == (card.digest, "0123abc")
    assert read_card(tmp_path / "shipped" / "mini.md") == card
    assert (card.size, card.action_names, card.evaluation.videos) == ("pico", ("sit", "stand"), 1)
    assert card.tracker == tracker_for(model) == TrackerConfig(high_score=0.65)
    assert {"HOTA", "IDF1"} <= card.evaluation.scores.keys()
    assert sorted(path.name for path in (tmp_path / "shipped").iterdir()) == ["mini.md", "mini.safetensors"]


def test_scores_on_what_was_trained_on_are_not_shipped(run: Path, tiny_corpus: Path) -> None:
    with pytest.raises(InputError, match="seed 5 was trained on"):
        ship(run, "mini", data=tiny_corpus, hardware="one core")
    assert shipped_weights.shipped_names() == ()
