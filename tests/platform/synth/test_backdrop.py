import numpy as np
import pytest

from mot_platform.synth.backdrop import Setting, paint_backdrop
from mot_platform.synth.stage import make_stage


@pytest.mark.parametrize("setting", ["street", "park", "plaza", "room"])
@pytest.mark.parametrize("reach_px", [0, 30])
def test_backdrop_covers_all_that_the_camera_can_see(setting: Setting, reach_px: int) -> None:
    rng = np.random.default_rng(0)
    stage = make_stage(rng, size_wh=(160, 96), height_range=(0.2, 0.6), reach_px=reach_px)
    backdrop = paint_backdrop(rng, stage=stage, setting=setting, contrast=1.0)
    height, width = backdrop.sky.shape
    assert backdrop.pixels.shape == (height, width, 3)
    assert width >= 160 + 2 * reach_px
    assert backdrop.sky.any() == (setting != "room")
    assert backdrop.pixels.std() > 10
