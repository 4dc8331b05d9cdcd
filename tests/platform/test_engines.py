"""An engine speaks the words of its weights and associates as they were tuned to."""

from __future__ import annotations

from pathlib import Path

import pytest
from safetensors.torch import load_file, save_file

from mot_model.engine import Engine
from mot_model.perceiver import TrackIdentifier
from mot_model.tracker import TrackerConfig
from mot_platform.engines import load_engine, load_tracker_config, tracker_for
from mot_platform.errors import InputError
from mot_platform.model_identity import resolve_model
from mot_platform.weights import FILE_NAME, FORMAT, load_network, save_weights


def test_settings_chosen_for_weights_travel_with_them(tmp_path: Path, untrained_weights: Path) -> None:
    chosen = TrackerConfig(high_score=0.7, birth_score=0.8)
    save_weights(tmp_path / FILE_NAME, load_network(untrained_weights), tracker=chosen)
    model = resolve_model(str(tmp_path))
    assert tracker_for(model) == chosen
    assert _associates_with(load_engine(model)).high_score == 0.7
    assert _associates_with(load_engine(model, tracker=TrackerConfig(high_score=0.4))).high_score == 0.4
    mine = tmp_path / "mine.yaml"
    mine.write_text("high_score: 0.6\n")
    assert tracker_for(model, mine) == TrackerConfig(high_score=0.6)


def test_weights_without_settings_take_those_for_any_network(untrained_weights: Path) -> None:
    model = resolve_model(str(untrained_weights))
    assert tracker_for(model) == load_tracker_config()
    assert _associates_with(load_engine(model)).high_score == load_tracker_config().high_score


def test_an_impossible_setting_in_the_header_is_named(untrained_weights: Path, tmp_path: Path) -> None:
    save_file(
        load_file(untrained_weights), tmp_path / FILE_NAME, {"format": FORMAT, "tracker": '{"high_score": 7}'}
    )
    with pytest.raises(InputError, match=r"tracker settings in its header: .*high_score"):
        tracker_for(resolve_model(str(tmp_path)))


def test_the_engine_speaks_the_words_of_its_weights(untrained_weights: Path) -> None:
    engine = load_engine(str(untrained_weights))
    assert engine.action_names == ("sit", "stand")
    assert engine.class_names == ("person",)
    assert engine.perceiver.input_wh == (160, 96)
    assert engine.perceiver.receptive_field_frames == 7


def _associates_with(engine: Engine) -> TrackerConfig:
    assert isinstance(engine.identifier, TrackIdentifier)
    return engine.identifier.config
