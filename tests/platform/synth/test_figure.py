import numpy as np
import pytest

from mot_platform.synth.figure import SOLID_ALPHA, View, draw_figure
from mot_platform.synth.looks import random_looks
from mot_platform.synth.motion import MOVEMENTS, Style, pose_of
from mot_platform.synth.patch import Patch
from mot_platform.synth.skeleton import build_skeleton


def _draw(movement: str, *, yaw: float = -0.8, scale_px: float = 120.0) -> Patch:
    skeleton = build_skeleton(pose_of(movement, Style(), time_s=0.1, distance=0.1))
    return draw_figure(
        skeleton, random_looks(np.random.default_rng(2)), View(yaw=yaw, tilt=0.2, scale_px=scale_px)
    )


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_patch_is_premultiplied_and_holds_the_whole_figure(movement: str) -> None:
    rgba = _draw(movement).rgba
    assert (rgba[..., :3] <= rgba[..., 3:]).all()
    border = np.concatenate([rgba[0], rgba[-1], rgba[:, 0], rgba[:, -1]])
    assert not border.any()
    assert (rgba[..., 3] >= SOLID_ALPHA).any()


def test_standing_figure_is_as_tall_as_asked_and_ends_at_the_ground() -> None:
    patch = _draw("stand", yaw=-np.pi / 2, scale_px=200)
    rows = np.flatnonzero((patch.rgba[..., 3] >= SOLID_ALPHA).any(axis=1))
    assert len(rows) == pytest.approx(200, rel=0.08)
    assert patch.top_px + rows[-1] == pytest.approx(0, abs=12)


def test_lying_figure_is_wider_than_tall() -> None:
    height, width = _draw("lie", yaw=0.0).rgba.shape[:2]
    assert width > 2 * height
