"""Things that stand or move in the scene and hide people: poles, bushes, trees, walls, cars and seats."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from mot_model.structures import Array
from mot_platform.synth.backdrop import random_rgb
from mot_platform.synth.patch import Patch


@dataclass(frozen=True, kw_only=True, slots=True)
class Prop:
    """A thing at a fixed distance, at rest or passing by."""

    patch: Patch
    """How it looks, drawn once at its size in the image."""
    x_m: float
    """Metres to the right of the resting camera's axis at time 0."""
    depth_m: float
    """Metres away from the camera."""
    speed: float = 0.0
    """Metres per second to the right."""
    sway: float = 0.0
    """How far the top swings in the wind, as a fraction of the height."""
    sway_phase: float = 0.0
    """Where in its swing it begins, in radians."""


def _blank(width: float, height: float) -> Array:
    return np.zeros((max(4, int(height) + 2), max(4, int(width) + 2), 4), np.uint8)


def _standing(rgba: Array) -> Patch:
    """Return a patch whose ground point is the middle of its lower edge."""
    return Patch(rgba=rgba, left_px=-rgba.shape[1] // 2, top_px=-rgba.shape[0])


def _opaque(colour: Array) -> tuple[float, float, float, float]:
    red, green, blue = np.clip(colour, 0, 255).tolist()
    return red, green, blue, 255.0


def draw_pole(rng: np.random.Generator, scale_px: float) -> Patch:
    """Return a pole or pillar, 0.12 to 0.4 m wide."""
    width, height = rng.uniform(0.12, 0.4) * scale_px, rng.uniform(2.6, 3.6) * scale_px
    rgba = _blank(width, height)
    colour = random_rgb(rng, (0.0, 0.35), (0.2, 0.75))
    columns = np.linspace(0.65, 1.15, rgba.shape[1])[:, None] * colour
    rgba[..., :3] = np.clip(columns, 0, 255).astype(np.uint8)
    rgba[..., 3] = 255
    return _standing(rgba)


def _crown(
    rgba: Array, rng: np.random.Generator, box: tuple[float, float, float, float], green: Array
) -> None:
    """Draw leaves as overlapping discs inside `box`."""
    left, top, right, bottom = box
    radius = 0.2 * min(right - left, bottom - top)
    for _ in range(90):
        angle, share = rng.uniform(0, 2 * np.pi), np.sqrt(rng.random())
        x = (left + right) / 2 + np.cos(angle) * share * ((right - left) / 2 - radius)
        y = (top + bottom) / 2 + np.sin(angle) * share * ((bottom - top) / 2 - radius)
        colour = _opaque(green * rng.uniform(0.72, 1.12) * (1.15 - 0.3 * (y - top) / max(1.0, bottom - top)))
        cv2.circle(
            rgba, (int(x), int(y)), max(1, int(radius * rng.uniform(0.35, 1.0))), colour, -1, cv2.LINE_AA
        )


def _leaf_green(rng: np.random.Generator) -> Array:
    return np.array([rng.uniform(40, 105), rng.uniform(75, 130), rng.uniform(30, 65)])


def draw_bush(rng: np.random.Generator, scale_px: float) -> Patch:
    """Return a bush, 0.6 to 1.0 m high."""
    width, height = rng.uniform(0.9, 1.8) * scale_px, rng.uniform(0.6, 1.0) * scale_px
    rgba = _blank(width, height)
    _crown(rgba, rng, (0, 0, width, height * 1.1), _leaf_green(rng))
    return _standing(rgba)


def draw_tree(rng: np.random.Generator, scale_px: float) -> Patch:
    """Return a tree with a thin trunk, 3 to 4 m high."""
    width, height = rng.uniform(1.5, 2.4) * scale_px, rng.uniform(3.0, 4.0) * scale_px
    rgba = _blank(width, height)
    trunk = 0.09 * scale_px
    bark = _opaque(np.array([96.0, 74.0, 54.0]) * rng.uniform(0.7, 1.2))
    cv2.rectangle(
        rgba, (int(width / 2 - trunk), int(height * 0.4)), (int(width / 2 + trunk), int(height) + 2), bark, -1
    )
    _crown(rgba, rng, (0, 0, width, height * 0.6), _leaf_green(rng))
    return _standing(rgba)


def draw_wall(rng: np.random.Generator, scale_px: float) -> Patch:
    """Return a low wall of bricks, 0.6 to 1.0 m high."""
    width, height = rng.uniform(1.2, 3.0) * scale_px, rng.uniform(0.6, 1.0) * scale_px
    rgba = _blank(width, height)
    brick = random_rgb(rng, (0.1, 0.55), (0.4, 0.75))
    rgba[:] = _opaque(brick * 0.7)
    course = max(3, int(0.12 * scale_px))
    for row, y in enumerate(range(0, rgba.shape[0], course)):
        for x in range(-course * (row % 2), rgba.shape[1], course * 2):
            shade = _opaque(brick * rng.uniform(0.88, 1.12))
            cv2.rectangle(rgba, (x, y), (x + course * 2 - 2, y + course - 2), shade, -1)
    return _standing(rgba)


_CAR_OUTLINE = np.array(
    [(0, 0.78), (0.01, 0.5), (0.17, 0.42), (0.3, 0.08), (0.68, 0.04), (0.84, 0.4), (0.99, 0.5), (1.0, 0.8)]
)
_CAR_GLASS = np.array([(0.23, 0.42), (0.33, 0.14), (0.66, 0.11), (0.78, 0.42)])


def draw_car(rng: np.random.Generator, scale_px: float) -> Patch:
    """Return a car from the side, about 4.2 m long."""
    width, height = rng.uniform(3.8, 4.6) * scale_px, rng.uniform(1.35, 1.6) * scale_px
    rgba = _blank(width, height)
    paint = random_rgb(rng, (0.0, 0.85), (0.2, 0.9))
    size = np.array([width, height])
    body = (_CAR_OUTLINE * size).astype(np.int32)
    cv2.fillPoly(rgba, [body], _opaque(paint), cv2.LINE_AA)
    cv2.fillPoly(rgba, [(_CAR_GLASS * size).astype(np.int32)], (60.0, 75.0, 90.0, 255.0), cv2.LINE_AA)
    cv2.line(
        rgba,
        (int(0.5 * width), int(0.1 * height)),
        (int(0.5 * width), int(0.75 * height)),
        _opaque(paint * 0.7),
        2,
    )
    cv2.rectangle(
        rgba,
        (int(0.01 * width), int(0.68 * height)),
        (int(0.99 * width), int(0.8 * height)),
        _opaque(paint * 0.6),
        -1,
    )
    for centre in (0.2, 0.79):
        hub = (int(centre * width), int(0.8 * height))
        cv2.circle(rgba, hub, int(0.2 * height), (25.0, 25.0, 28.0, 255.0), -1, cv2.LINE_AA)
        cv2.circle(rgba, hub, int(0.1 * height), (150.0, 150.0, 155.0, 255.0), -1, cv2.LINE_AA)
    return _standing(rgba)


PAINTERS: dict[str, Callable[[np.random.Generator, float], Patch]] = {
    "pole": draw_pole,
    "bush": draw_bush,
    "tree": draw_tree,
    "wall": draw_wall,
    "car": draw_car,
}
"""How each kind of prop is drawn, given a source of variation and the pixels per metre."""


def draw_seat(rng: np.random.Generator, *, size_px: tuple[float, float], yaw: float, tilt: float) -> Patch:
    """Return a box to sit on, its ground point where the sitter's feet are.

    Args:
        rng: Source of the colour.
        size_px: Pixels of the sitter's standing height, and height of the seat as a fraction of it.
        yaw: Where the sitter faces, in radians.
        tilt: Angle at which the camera looks down, in radians.
    """
    scale, seat_height = size_px
    forward, left = np.array([np.cos(yaw), np.sin(yaw)]), np.array([-np.sin(yaw), np.cos(yaw)])
    corners = np.array(
        [-0.24 * forward + x * 0.115 * forward + y * 0.14 * left for x in (-1, 1) for y in (-1, 1)]
    )
    flat = np.stack([corners[:, 0], -corners[:, 1] * np.sin(tilt)], axis=1) * scale
    top = flat - [0.0, seat_height * np.cos(tilt) * scale]
    everything = np.concatenate([flat, top])
    left_px, top_px = np.floor(everything.min(axis=0)).astype(int) - 1
    right_px, bottom_px = np.ceil(everything.max(axis=0)).astype(int) + 2
    rgba = np.zeros((bottom_px - top_px, right_px - left_px, 4), np.uint8)
    colour = random_rgb(rng, (0.1, 0.6), (0.3, 0.8))
    for outline, shade in ((everything, 0.65), (top, 1.0)):
        hull = cv2.convexHull(((outline - (left_px, top_px)) * 16).astype(np.int32))
        cv2.fillConvexPoly(rgba, hull, _opaque(colour * shade), cv2.LINE_AA, 4)
    return Patch(rgba=rgba, left_px=int(left_px), top_px=int(top_px))
