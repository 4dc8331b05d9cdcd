from pathlib import Path

import pytest

from mot_platform.config import load_config
from mot_platform.labelling.settings import LabelConfig, LabelRequest


def make_request(**changes):
    return LabelRequest(
        **({"folder": "videos", "out": Path("out"), "model_uri": "w", "model_digest": "d"} | changes)
    )


def config_digest(**changes):
    return make_request(**changes).provenance().config_digest


def test_config_digest_follows_what_decides_rows_and_nothing_else():
    assert config_digest() == config_digest(config=LabelConfig(segment_seconds=1, workers=7, batch_frames=1))
    assert config_digest() != config_digest(config=LabelConfig(min_action_score=0.5))
    assert config_digest() != config_digest(tracker_settings={"min_hits": 3})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("segment_seconds", 0),
        ("batch_frames", 0),
        ("workers", 0),
        ("max_attempts", 0),
        ("min_action_score", 1.5),
        ("gpus_per_worker", -1),
    ],
)
def test_impossible_settings_are_named(name, value):
    with pytest.raises(ValueError, match=f"{name} .*{value}"):
        LabelConfig(**{name: value})


def test_shipped_settings_are_the_defaults():
    path = Path(__file__).resolve().parents[3] / "configs" / "label.yaml"
    assert load_config(path, LabelConfig) == LabelConfig()
