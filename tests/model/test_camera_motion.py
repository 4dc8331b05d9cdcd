from __future__ import annotations

import numpy as np
import pytest
from scipy.ndimage import affine_transform, gaussian_filter

from mot_model.camera_motion import estimate_camera_motion

HEIGHT, WIDTH = 108, 192
CORNERS = np.array([[0.0, 0], [WIDTH, 0], [0, HEIGHT], [WIDTH, HEIGHT]])


@pytest.fixture(scope="module")
def scene() -> np.ndarray:
    noise = np.random.default_rng(0).random((300, 400))
    smooth = gaussian_filter(noise, 1.5)
    return (smooth - smooth.min()) / (smooth.max() - smooth.min()) * 255


def _view(scene: np.ndarray, affine: np.ndarray) -> np.ndarray:
    """Return what a camera sees after its picture moved by `affine` (2, 3)."""
    back = np.linalg.inv(affine[:, :2])
    offset = np.array([90.0, 100.0]) - back @ affine[:, 2]
    # scipy works in (row, column), the affine in (x, y)
    return affine_transform(scene, back[::-1, ::-1], offset[::-1], (HEIGHT, WIDTH), order=3)


def _similarity(x: float, y: float, angle: float = 0.0, zoom: float = 1.0) -> np.ndarray:
    cosine, sine = zoom * np.cos(angle), zoom * np.sin(angle)
    return np.array([[cosine, -sine, x], [sine, cosine, y]])


def _worst_corner_px(got: np.ndarray, want: np.ndarray) -> float:
    difference = CORNERS @ (got - want)[:, :2].T + (got - want)[:, 2]
    return float(np.abs(difference).max())


@pytest.mark.parametrize(
    "affine",
    [
        pytest.param(_similarity(0, 0), id="still"),
        pytest.param(_similarity(7, -4), id="whole pixels"),
        pytest.param(_similarity(2.4, 1.3), id="below a pixel"),
        pytest.param(_similarity(30, 0), id="fast pan"),
        pytest.param(_similarity(1, 1, angle=0.02), id="roll"),
        pytest.param(_similarity(0, 0, zoom=1.03), id="zoom"),
    ],
)
def test_known_motion_is_found_to_a_third_of_a_pixel(scene: np.ndarray, affine: np.ndarray) -> None:
    got = estimate_camera_motion(_view(scene, _similarity(0, 0)), _view(scene, affine))
    assert got.dtype == np.float32
    assert _worst_corner_px(got, affine) < 0.35


def test_object_that_moves_by_itself_does_not_count(scene: np.ndarray) -> None:
    before, after = _view(scene, _similarity(0, 0)), _view(scene, _similarity(3, 0))
    person = scene[:50, 300:330]
    before[30:80, 60:90] = person
    after[30:80, 50:80] = person
    assert _worst_corner_px(estimate_camera_motion(before, after), _similarity(3, 0)) < 0.35


def test_result_is_in_source_pixels(scene: np.ndarray) -> None:
    before, after = _view(scene, _similarity(0, 0)), _view(scene, _similarity(7, -4))
    got = estimate_camera_motion(before, after, scale_xy=(10.0, 5.0))
    np.testing.assert_allclose(got, [[1, 0, 70], [0, 1, -20]], atol=1e-3)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(np.zeros((90, 160)), np.zeros((90, 160)), id="blank"),
        pytest.param(np.zeros((90, 160), np.uint8), np.full((90, 160), 255, np.uint8), id="flash"),
        pytest.param(np.ones((8, 8)), np.ones((8, 8)), id="too small"),
        pytest.param(
            np.random.default_rng(2).random((90, 160)) * 255,
            np.random.default_rng(3).random((90, 160)) * 255,
            id="cut",
        ),
    ],
)
def test_identity_where_nothing_can_be_said(before: np.ndarray, after: np.ndarray) -> None:
    np.testing.assert_array_equal(estimate_camera_motion(before, after), [[1, 0, 0], [0, 1, 0]])


def test_pictures_of_other_shapes_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\(90, 160\) and \(45, 80\)"):
        estimate_camera_motion(np.zeros((90, 160)), np.zeros((45, 80)))
