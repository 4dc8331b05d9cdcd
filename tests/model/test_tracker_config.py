from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mot_model.kalman import MotionModel
from mot_model.tracker_config import TrackerConfig

CONFIGS = Path(__file__).resolve().parents[2] / "configs" / "tracker"


def test_defaults_are_the_pedestrian_file() -> None:
    settings: dict[str, Any] = yaml.safe_load((CONFIGS / "pedestrian.yaml").read_text())
    motion = MotionModel(**settings.pop("motion"))
    assert TrackerConfig(motion=motion, **settings) == TrackerConfig()
    assert set(settings) | {"motion"} == set(TrackerConfig.__dataclass_fields__)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        pytest.param({"min_score": -0.1}, r"min_score must be in \[0, 1\], but got -0.1", id="below 0"),
        pytest.param({"birth_score": float("nan")}, r"birth_score must be in \[0, 1\]", id="nan"),
        pytest.param({"max_gap_s": -1.0}, "max_gap_s must not be negative, but got -1.0", id="negative time"),
        pytest.param({"min_hits": 0}, "min_hits must be at least 1, but got 0", id="no hit"),
        pytest.param({"memory_frames": 0}, "memory_frames must be at least 1, but got 0", id="no memory"),
        pytest.param({"min_score": 0.7}, "min_score <= high_score and birth_score", id="order"),
    ],
)
def test_settings_out_of_range_are_refused_by_name(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrackerConfig(**settings)
