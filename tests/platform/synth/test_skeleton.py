import numpy as np
import pytest

from mot_platform.synth.skeleton import FOREARM, JOINT_INDEX, JOINTS, SHIN, build_skeleton, mirrored, pose


def test_upright_figure_has_height_one_and_stands_on_the_ground() -> None:
    joints = build_skeleton(pose()).joints
    assert joints[JOINT_INDEX["head"], 2] == pytest.approx(0.925, abs=0.02)
    assert joints[JOINT_INDEX["ankle_l"], 2] == pytest.approx(0.042, abs=1e-9)


def test_limbs_keep_their_length_in_any_pose() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        joints = build_skeleton(rng.uniform(-2, 2, pose().shape)).joints
        for start, stop, length in (("knee_l", "ankle_l", SHIN), ("elbow_r", "wrist_r", FOREARM)):
            assert np.linalg.norm(joints[JOINT_INDEX[start]] - joints[JOINT_INDEX[stop]]) == pytest.approx(
                length
            )


def test_lift_raises_the_whole_figure() -> None:
    rise = build_skeleton(pose(lift=0.3)).joints - build_skeleton(pose()).joints
    np.testing.assert_allclose(rise, np.tile([0, 0, 0.3], (len(JOINTS), 1)), atol=1e-12)


def test_mirrored_pose_swaps_left_and_right() -> None:
    vector = pose(arm_l=40, thigh_r=20, roll=10)
    there = build_skeleton(vector).joints
    back = build_skeleton(mirrored(vector)).joints
    np.testing.assert_allclose(
        there[JOINT_INDEX["hand_l"]], back[JOINT_INDEX["hand_r"]] * [1, -1, 1], atol=1e-12
    )
    np.testing.assert_array_equal(mirrored(mirrored(vector)), vector)
