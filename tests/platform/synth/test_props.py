import numpy as np
import pytest

from mot_platform.synth.props import PAINTERS, draw_seat


@pytest.mark.parametrize("kind", PAINTERS)
def test_prop_is_premultiplied_and_stands_on_its_ground_point(kind: str) -> None:
    patch = PAINTERS[kind](np.random.default_rng(0), 60.0)
    assert (patch.rgba[..., :3].max(axis=2) <= patch.rgba[..., 3]).all()
    assert (patch.rgba[..., 3] == 255).mean() > 0.2
    assert patch.top_px == -patch.rgba.shape[0]


def test_seat_lies_behind_the_feet() -> None:
    patch = draw_seat(np.random.default_rng(0), size_px=(100.0, 0.225), yaw=0.0, tilt=0.2)
    columns = np.flatnonzero(patch.rgba[..., 3].any(axis=0)) + patch.left_px
    assert columns[-1] < 0
