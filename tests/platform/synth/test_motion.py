import numpy as np
import pytest

from mot_platform.synth.motion import (
    FALL_S,
    MOVEMENTS,
    SEAT_HEIGHT,
    WALK_STRIDE,
    Style,
    add_wave,
    blend,
    pose_of,
)
from mot_platform.synth.skeleton import JOINT_INDEX, build_skeleton


def _height(movement: str, joint: str, *, time_s: float = 0.0, variant: int = 0) -> float:
    skeleton = build_skeleton(pose_of(movement, Style(variant=variant), time_s=time_s, distance=0.0))
    return float(skeleton.joints[JOINT_INDEX[joint], 2])


@pytest.mark.parametrize("movement", MOVEMENTS)
def test_movement_is_smooth_and_never_sinks_below_the_ground(movement: str) -> None:
    poses = np.array(
        [pose_of(movement, Style(phase=1.0), time_s=t, distance=1.2 * t) for t in np.arange(0, 3, 0.02)]
    )
    assert np.abs(np.diff(poses, axis=0)).max() < 0.5
    assert all(build_skeleton(vector).joints[:, 2].min() >= 0 for vector in poses[::10])


def test_postures_differ_in_height() -> None:
    heads = {name: _height(name, "head") for name in ("stand", "bend", "sit_chair", "crouch", "lie")}
    assert heads["stand"] > heads["sit_chair"] > heads["lie"]
    assert heads["stand"] > heads["bend"] > heads["lie"]
    assert heads["stand"] > heads["crouch"] > heads["lie"]


@pytest.mark.parametrize("variant", range(3))
def test_sitter_rests_on_the_seat(variant: int) -> None:
    assert _height("sit_chair", "pelvis", variant=variant) == pytest.approx(SEAT_HEIGHT + 0.065, abs=0.02)


def test_fall_goes_from_standing_to_lying() -> None:
    assert _height("fall", "head") > 0.85
    assert _height("fall", "head", time_s=FALL_S) < 0.15


def test_walk_repeats_every_stride() -> None:
    style = Style()
    np.testing.assert_allclose(
        pose_of("walk", style, time_s=0.0, distance=0.1),
        pose_of("walk", style, time_s=9.0, distance=0.1 + WALK_STRIDE),
        atol=1e-9,
    )


def test_waving_lifts_a_hand_above_the_head() -> None:
    standing = pose_of("stand", Style(), time_s=0.0, distance=0.0)
    joints = build_skeleton(add_wave(standing, Style(), 0.2, 1.0)).joints
    assert joints[JOINT_INDEX["hand_r"], 2] > joints[JOINT_INDEX["head"], 2]
    np.testing.assert_array_equal(add_wave(standing, Style(), 0.2, 0.0), standing)


def test_blend_starts_and_ends_at_the_poses() -> None:
    start, end = np.zeros(3), np.ones(3)
    np.testing.assert_array_equal(blend(start, end, 0.0), start)
    np.testing.assert_array_equal(blend(start, end, 1.0), end)
