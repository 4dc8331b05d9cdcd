from __future__ import annotations

import numpy as np
import pytest

from mot_model.kalman import (
    COVARIANCE,
    POSITION,
    POSITION_VARIANCE,
    VELOCITY,
    VELOCITY_VARIANCE,
    MotionModel,
    begin_motion,
    centre_to_xyxy,
    correct_track,
    expected_boxes,
    predict_motion,
    warp_motion,
    xyxy_to_centre,
)

MODEL = MotionModel()
BOX = np.array([[100.0, 200, 40, 80]])


def _updated(motion: np.ndarray, measured: np.ndarray, model: MotionModel = MODEL) -> np.ndarray:
    corrected = motion.copy()
    for row, box in zip(corrected, centre_to_xyxy(measured), strict=True):
        correct_track(row, box, model.measurement)
    return corrected


def _walk(speed_px_s: float, frames: int, step_s: float, model: MotionModel = MODEL) -> np.ndarray:
    """Return the motion of a box that moved right at a steady speed, after its last update."""
    motion = begin_motion(BOX, model)
    for i in range(1, frames):
        moved = BOX + np.array([speed_px_s * i * step_s, 0, 0, 0])
        motion = _updated(predict_motion(motion, step_s, model), moved, model)
    return motion


def test_centre_form_goes_there_and_back() -> None:
    xyxy = np.array([[1.0, 2, 11, 42], [-5, -5, 5, 0]])
    np.testing.assert_allclose(centre_to_xyxy(xyxy_to_centre(xyxy)), xyxy)


def test_expected_boxes_are_those_of_the_positions() -> None:
    motion = _walk(60.0, frames=5, step_s=0.1)
    np.testing.assert_allclose(expected_boxes(motion), centre_to_xyxy(motion[:, POSITION]))


@pytest.mark.parametrize("rate_hz", [10, 30, 60])
def test_speed_is_learned_per_second_at_any_frame_rate(rate_hz: int) -> None:
    steady = MotionModel(half_life_s=100.0)
    motion = _walk(60.0, frames=2 * rate_hz, step_s=1 / rate_hz, model=steady)
    assert motion[0, VELOCITY, 0] == pytest.approx(60, rel=0.05)
    assert abs(motion[0, VELOCITY, 1]) < 1e-6


def test_one_long_step_equals_many_short_ones() -> None:
    motion = _walk(60.0, frames=20, step_s=0.05)
    motion[:, VELOCITY, 2:] = 0  # sizes set the noise, so they have to stay for the two to be equal
    motion[:, COVARIANCE, 2:] = 0
    long = predict_motion(motion, 1.0, MODEL)
    short = motion
    for _ in range(10):
        short = predict_motion(short, 0.1, MODEL)
    np.testing.assert_allclose(short, long, rtol=1e-9, atol=1e-9)


def test_velocity_halves_in_its_half_life() -> None:
    motion = _walk(60.0, frames=20, step_s=0.05)
    later = predict_motion(motion, MODEL.half_life_s, MODEL)
    np.testing.assert_allclose(later[:, VELOCITY], motion[:, VELOCITY] / 2)


def test_spread_grows_with_time_and_shrinks_with_a_detection() -> None:
    motion = _walk(0.0, frames=5, step_s=0.1)
    later = predict_motion(motion, 0.5, MODEL)
    seen = _updated(later, BOX)
    assert (later[:, POSITION_VARIANCE] > motion[:, POSITION_VARIANCE]).all()
    assert (seen[:, POSITION_VARIANCE] < later[:, POSITION_VARIANCE]).all()
    assert (seen[:, VELOCITY_VARIANCE] > 0).all()


def test_filter_matches_matrix_form() -> None:
    motion = predict_motion(begin_motion(BOX, MODEL), 0.1, MODEL)
    measured = BOX + np.array([3.0, -2, 1, 4])
    got = _updated(motion, measured)
    for axis in range(4):
        pp, pv, vv = motion[0, [POSITION_VARIANCE, COVARIANCE, VELOCITY_VARIANCE], axis]
        spread = np.array([[pp, pv], [pv, vv]])
        error = (MODEL.measurement * motion[0, POSITION, [2, 3, 2, 3][axis]]) ** 2
        gain = spread[:, 0] / (pp + error)
        mean = motion[0, :2, axis] + gain * (measured[0, axis] - motion[0, POSITION, axis])
        left = spread - np.outer(gain, spread[0])
        np.testing.assert_allclose(got[0, :2, axis], mean)
        np.testing.assert_allclose(got[0, 2:, axis], left[[0, 0, 1], [0, 1, 1]])


def test_sizes_stay_positive_when_shrinking_fast() -> None:
    motion = begin_motion(BOX, MODEL)
    motion[:, VELOCITY, 2:] = -1e6
    assert (predict_motion(motion, 1.0, MODEL)[:, POSITION, 2:] > 0).all()


def test_camera_shift_and_zoom_move_boxes_and_speeds() -> None:
    motion = _walk(60.0, frames=10, step_s=0.1)
    warped = warp_motion(motion, np.array([[2.0, 0, 10], [0, 2, -5]]))
    np.testing.assert_allclose(warped[0, POSITION, :2], 2 * motion[0, POSITION, :2] + [10, -5])
    np.testing.assert_allclose(warped[0, POSITION, 2:], 2 * motion[0, POSITION, 2:])
    np.testing.assert_allclose(warped[0, VELOCITY], 2 * motion[0, VELOCITY])
    np.testing.assert_allclose(warped[0, POSITION_VARIANCE], 4 * motion[0, POSITION_VARIANCE])


def test_inputs_are_not_changed() -> None:
    motion = _walk(60.0, frames=3, step_s=0.1)
    before = motion.copy()
    predict_motion(motion, 1.0, MODEL)
    warp_motion(motion, np.array([[1.0, 0, 10], [0, 1, 0]]))
    np.testing.assert_array_equal(motion, before)


def test_a_model_without_noise_is_refused() -> None:
    with pytest.raises(ValueError, match=r"motion\.measurement must be positive, but got 0"):
        MotionModel(measurement=0)
