import numpy as np
import pytest

from mot_platform.synth.stage import Stage, camera_path, make_stage


def _stage(reach_px: int = 0) -> Stage:
    return make_stage(
        np.random.default_rng(0), size_wh=(640, 360), height_range=(0.2, 0.6), reach_px=reach_px
    )


def test_people_have_the_height_asked_for_at_both_ends() -> None:
    stage = _stage()
    assert 1.7 * stage.scale_px(stage.near_depth_m) == pytest.approx(0.6 * 360)
    assert 1.7 * stage.scale_px(stage.far_depth_m) == pytest.approx(0.2 * 360)


def test_nearer_ground_is_lower_in_the_image() -> None:
    stage = _stage()
    assert stage.row_px(stage.near_depth_m) > stage.row_px(stage.far_depth_m) > stage.horizon_px


def test_camera_stays_within_reach_and_rests_without_any() -> None:
    settings = {"num_frames": 200, "frame_rate_hz": 12.5, "shake_px": 4.0}
    path = camera_path(np.random.default_rng(1), reach_px=80, **settings)  # type: ignore[arg-type]
    assert np.abs(path[:, 0]).max() <= 80
    assert np.abs(path[:, 1]).max() <= 20
    assert np.ptp(path[:, 0]) > 10
    assert not camera_path(np.random.default_rng(1), reach_px=0, **settings).any()  # type: ignore[arg-type]
