"""Paints the still part of a scene: sky, houses, trees, walls and a textured ground.

The picture is larger than the image by the camera's reach on each side, so that the camera can turn.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import Literal, TypeAlias

import cv2
import numpy as np

from mot_model.structures import Array
from mot_platform.synth.stage import Stage

Setting: TypeAlias = Literal["street", "park", "plaza", "room"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Backdrop:
    """The painted world behind all people."""

    pixels: Array
    """uint8 `(H + 2 * margin_y, W + 2 * margin_x, 3)`, RGB."""
    sky: Array
    """uint8 of the same height and width, 255 where there is open sky."""
    margin_wh: tuple[int, int]
    """Columns and rows beyond the resting image on each side."""


def cloud_noise(
    rng: np.random.Generator, shape: tuple[int, int], *, cell_px: float, octaves: int = 3
) -> Array:
    """Return smooth noise float32 `(h, w)` of mean about 0 and standard deviation about 1."""
    total = np.zeros(shape, np.float32)
    weight = 1.0
    for _ in range(octaves):
        grid = (max(2, round(shape[0] / cell_px) + 2), max(2, round(shape[1] / cell_px) + 2))
        coarse = rng.normal(0, 1, grid).astype(np.float32)
        total += weight * cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
        weight *= 0.5
        cell_px = max(1.0, cell_px / 2.2)
    return total


def random_rgb(
    rng: np.random.Generator, saturation: tuple[float, float], value: tuple[float, float]
) -> Array:
    """Return a random colour float64 `(3,)` in [0, 255] with saturation and value in the given ranges."""
    hsv = rng.random(), rng.uniform(*saturation), rng.uniform(*value)
    return np.array(colorsys.hsv_to_rgb(*hsv)) * 255


def _gradient(top: Array, bottom: Array, shape: tuple[int, int]) -> Array:
    share = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None, None]
    rows: Array = (top * (1 - share) + bottom * share).astype(np.float32)
    return np.repeat(rows, shape[1], axis=1)


def _paint_houses(canvas: Array, sky: Array, rng: np.random.Generator, base_row: int) -> None:
    """Paint a row of houses with windows that stand on `base_row`."""
    height, width = canvas.shape[:2]
    column = -int(rng.integers(0, width // 8 + 1))
    while column < width:
        house_width = int(rng.uniform(0.12, 0.3) * width)
        top = int(base_row - rng.uniform(0.25, 0.75) * height)
        wall = random_rgb(rng, (0.05, 0.35), (0.4, 0.85))
        left, right = max(0, column), min(width, column + house_width)
        if right > left:
            canvas[max(0, top) : base_row, left:right] = wall
            sky[max(0, top) : base_row, left:right] = 0
        _paint_windows(canvas, rng, (column, top, column + house_width, base_row))
        column += house_width + (int(rng.uniform(0, 0.08) * width) if rng.random() < 0.4 else 0)


def _paint_windows(canvas: Array, rng: np.random.Generator, box: tuple[int, int, int, int]) -> None:
    left, top, right, bottom = box
    pitch_x, pitch_y = (int(canvas.shape[0] * s) for s in rng.uniform(0.06, 0.13, 2))
    glass = random_rgb(rng, (0.1, 0.4), (0.2, 0.6))
    for y in range(top + pitch_y // 2, bottom - pitch_y, max(4, pitch_y)):
        for x in range(left + pitch_x // 3, right - pitch_x // 2, max(4, pitch_x)):
            colour = glass * rng.uniform(0.7, 1.4)
            stop = (x + int(pitch_x * 0.55), y + int(pitch_y * 0.6))
            cv2.rectangle(canvas, (x, y), stop, colour.tolist(), -1)
            cv2.rectangle(canvas, (x, y), stop, (colour * 0.6).tolist(), 1)


def _paint_tree_line(canvas: Array, sky: Array, rng: np.random.Generator, base_row: int) -> None:
    """Paint a hedge of overlapping round crowns that stand on `base_row`."""
    height, width = canvas.shape[:2]
    for _ in range(int(rng.integers(25, 60))):
        radius = int(rng.uniform(0.03, 0.12) * height)
        centre = (int(rng.uniform(0, width)), int(base_row - rng.uniform(0.0, 0.28) * height))
        green = np.array([rng.uniform(30, 90), rng.uniform(70, 140), rng.uniform(25, 70)])
        cv2.circle(canvas, centre, radius, green.tolist(), -1, cv2.LINE_AA)
        cv2.circle(sky, centre, radius, 0.0, -1)
    cv2.rectangle(canvas, (0, base_row - int(0.05 * height)), (width, base_row), (50.0, 80.0, 45.0), -1)
    sky[base_row - int(0.05 * height) :] = 0


def _paint_room(canvas: Array, rng: np.random.Generator, base_row: int) -> None:
    """Paint a wall with pictures, doors and shelves."""
    height, width = canvas.shape[:2]
    wall = random_rgb(rng, (0.02, 0.3), (0.55, 0.9))
    canvas[:base_row] = _gradient(wall * 0.85, wall, (base_row, width))
    for _ in range(int(rng.integers(4, 10))):
        size = (int(rng.uniform(0.05, 0.2) * width), int(rng.uniform(0.1, 0.35) * height))
        x, y = int(rng.uniform(-0.05, 0.95) * width), int(rng.uniform(0.0, 0.6) * base_row)
        colour = random_rgb(rng, (0.1, 0.7), (0.25, 0.9))
        stop = (x + size[0], base_row if rng.random() < 0.3 else min(base_row, y + size[1]))
        cv2.rectangle(canvas, (x, y), stop, colour.tolist(), -1)
        cv2.rectangle(canvas, (x, y), stop, (colour * 0.55).tolist(), max(1, height // 100))
    cv2.rectangle(canvas, (0, base_row - height // 45), (width, base_row), (wall * 0.6).tolist(), -1)


def _paint_ground(canvas: Array, rng: np.random.Generator, base_row: int, setting: Setting) -> None:
    """Paint the ground below `base_row`: grass, asphalt, slabs or boards that get larger towards us."""
    height, width = canvas.shape[:2]
    shape = (height - base_row, width)
    if setting == "park":
        near = np.array([rng.uniform(70, 120), rng.uniform(110, 150), rng.uniform(50, 80)])
    else:
        near = random_rgb(rng, (0.02, 0.3), (0.35, 0.8))
    ground = _gradient(near * 0.82, near, shape)
    ground += 7 * cloud_noise(rng, shape, cell_px=height / 6)[..., None]
    canvas[base_row:] = ground
    if setting in ("plaza", "room"):
        line = (near * rng.uniform(0.75, 1.2)).tolist()
        for share in np.linspace(0.0, 1.0, 9) ** 2:
            row = base_row + int(share * shape[0])
            cv2.line(canvas, (0, row), (width, row), line, 1 + int(share > 0.5), cv2.LINE_AA)
        for step in np.linspace(-1.5, 2.5, 29):
            top, bottom = (int(width * (0.5 + (step - 0.5) * k)) for k in (0.45, 1.3))
            cv2.line(canvas, (top, base_row), (bottom, height), line, 1, cv2.LINE_AA)
    if setting == "street":
        kerb = base_row + int(0.18 * shape[0])
        canvas[base_row:kerb] = canvas[base_row:kerb] * 0.6
        cv2.line(canvas, (0, kerb), (width, kerb), (190.0, 190.0, 185.0), max(1, height // 90))


def paint_backdrop(rng: np.random.Generator, *, stage: Stage, setting: Setting, contrast: float) -> Backdrop:
    """Return a painted world.

    Args:
        rng: Source of the variation.
        stage: Geometry; the ground begins a little above where the farthest people stand.
        setting: What kind of place.
        contrast: Strength of texture and detail, 1 for natural, less for a calm background.
    """
    width, height = stage.size_wh
    margin = (stage.reach_px + 2, stage.reach_px // 4 + 2) if stage.reach_px else (0, 0)
    shape = (height + 2 * margin[1], width + 2 * margin[0])
    farthest = stage.row_px(stage.far_depth_m * 1.5)
    base_row = margin[1] + int(np.clip(farthest, 0.25 * height, 0.7 * height))
    blue = np.array([rng.uniform(90, 170), rng.uniform(150, 200), rng.uniform(200, 245)])
    canvas = _gradient(blue, np.array([215.0, 225.0, 232.0]), shape)
    sky = np.full(shape, 255, np.uint8)
    if setting == "room":
        _paint_room(canvas, rng, base_row)
        sky[:] = 0
    elif setting == "park":
        _paint_tree_line(canvas, sky, rng, base_row)
    else:
        _paint_houses(canvas, sky, rng, base_row)
    sky[base_row:] = 0
    _paint_ground(canvas, rng, base_row, setting)
    calm = canvas.mean(axis=(0, 1), keepdims=True)
    canvas = calm + (canvas - calm) * (0.45 + 0.55 * contrast)
    canvas += 4 * contrast * rng.normal(0, 1, (*shape, 1)).astype(np.float32)
    canvas += 5 * contrast * cloud_noise(rng, shape, cell_px=height / 12)[..., None]
    return Backdrop(pixels=np.clip(canvas, 0, 255).astype(np.uint8), sky=sky, margin_wh=margin)
