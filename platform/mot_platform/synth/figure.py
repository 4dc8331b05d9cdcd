"""Drawing of one posed person as a small picture with transparency.

The body is a set of convex pieces (tapered limbs, slices of the trunk, head, hair, shoes) in space. They are
projected in parallel, sorted from far to near and filled with antialiasing into an RGBA patch. Filling all
four channels at once makes the patch premultiplied, so it lies over a frame with one multiplication.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mot_model.structures import Array
from mot_platform.synth.looks import Looks, Rgb
from mot_platform.synth.patch import Patch
from mot_platform.synth.skeleton import JOINT_INDEX, Skeleton

SOLID_ALPHA = 64
"""From this alpha on (of 255) a pixel counts as the person's."""

_FRACTION_BITS = 4
_MARGIN_PX = 3
_ARC = np.linspace(0, np.pi, 7)
_CIRCLE = np.linspace(0, 2 * np.pi, 14, endpoint=False)
_RING = np.stack([np.cos(_CIRCLE), np.sin(_CIRCLE)], axis=1)

# Trunk slices from the seat (-0.25) to the shoulders (1): half width and half depth in body heights.
_TRUNK_AT = np.array([-0.28, -0.1, 0.12, 0.3, 0.42, 0.55, 0.68, 0.8, 0.92, 1.0, 1.06])
_TRUNK_WIDTH = np.array([0.070, 0.088, 0.086, 0.080, 0.079, 0.083, 0.091, 0.100, 0.105, 0.088, 0.040])
_TRUNK_DEPTH = np.array([0.058, 0.068, 0.062, 0.056, 0.056, 0.059, 0.063, 0.064, 0.056, 0.045, 0.032])
_FIRST_SHIRT_SLICE = 2

_LIMBS = (
    # from, to, radius at each end in body heights, what covers it
    ("hip_l", "knee_l", 0.062, 0.043, "thigh_l"),
    ("hip_r", "knee_r", 0.062, 0.043, "thigh_r"),
    ("knee_l", "ankle_l", 0.041, 0.027, "shin_l"),
    ("knee_r", "ankle_r", 0.041, 0.027, "shin_r"),
    ("ankle_l", "toe_l", 0.029, 0.019, "shoe_l"),
    ("ankle_r", "toe_r", 0.029, 0.019, "shoe_r"),
    ("shoulder_l", "elbow_l", 0.037, 0.029, "sleeve_l"),
    ("shoulder_r", "elbow_r", 0.037, 0.029, "sleeve_r"),
    ("elbow_l", "wrist_l", 0.028, 0.019, "forearm_l"),
    ("elbow_r", "wrist_r", 0.028, 0.019, "forearm_r"),
    ("wrist_l", "hand_l", 0.021, 0.017, "hand_l"),
    ("wrist_r", "hand_r", 0.021, 0.017, "hand_r"),
    ("neck", "head", 0.030, 0.030, "throat"),
)
_LIMB_FROM = np.array([JOINT_INDEX[row[0]] for row in _LIMBS])
_LIMB_TO = np.array([JOINT_INDEX[row[1]] for row in _LIMBS])
_LIMB_RADIUS = np.array([row[2:4] for row in _LIMBS], np.float64)
_LIMB_PARTS = tuple(row[4] for row in _LIMBS)
_FAR_NEAR = 0.14


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """How a figure is seen: turned, scaled and from slightly above."""

    yaw: float
    """Where it faces, in radians: 0 to the right of the image, -pi/2 to the camera."""
    tilt: float
    """How far the camera looks down, in radians."""
    scale_px: float
    """Pixels of one standing height."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """A convex outline `(K, 2)` in pixels, its colour and how far it is."""

    outline: Array
    colour: Rgb
    depth: float


class _Projector:
    """Maps body space to pixels and depth for one view."""

    def __init__(self, view: View, ground_xy: tuple[float, float]) -> None:
        cos_yaw, sin_yaw = np.cos(view.yaw), np.sin(view.yaw)
        cos_tilt, sin_tilt = np.cos(view.tilt), np.sin(view.tilt)
        # Rows: image right, image down, away from the camera.
        self.matrix = np.array(
            [
                [cos_yaw, -sin_yaw, 0.0],
                [-sin_yaw * sin_tilt, -cos_yaw * sin_tilt, -cos_tilt],
                [sin_yaw * cos_tilt, cos_yaw * cos_tilt, -sin_tilt],
            ]
        )
        self.scale_px = view.scale_px
        self.ground_xy = np.array(ground_xy)

    def __call__(self, points: Array) -> tuple[Array, Array]:
        """Return pixels `(..., 2)` and depths `(...)` of points `(..., 3)`."""
        seen = points @ self.matrix.T
        return seen[..., :2] * self.scale_px + self.ground_xy, seen[..., 2]


def _shade(colour: Rgb, factor: float) -> Rgb:
    return min(255.0, colour[0] * factor), min(255.0, colour[1] * factor), min(255.0, colour[2] * factor)


def _end_arcs(start: Array, stop: Array) -> tuple[Array, Array]:
    """Return half circles `(L, 7, 2)` of radius 1 that close limbs at `start` and at `stop` `(L, 2)`."""
    axis = stop - start
    angle = np.arctan2(axis[:, 1], axis[:, 0])[:, None] + np.pi / 2 + _ARC
    behind = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    return behind, -behind


def _capsules(ends: tuple[Array, Array], arcs: tuple[Array, Array], radius: Array) -> Array:
    """Return outlines `(L, 14, 2)` of limbs with both `ends` `(L, 2)` and end radii `(L, 2)`."""
    parts = [ends[k][:, None] + arcs[k] * radius[:, k, None, None] for k in (0, 1)]
    return np.concatenate(parts, axis=1)


def _limb_colours(looks: Looks) -> dict[str, Rgb]:
    sleeve = looks.shirt
    if looks.shirt_pattern == "yoke":
        sleeve = looks.shirt_second
    thigh = looks.shirt if looks.lower == "dress" else looks.lower_colour
    shin = looks.lower_colour if looks.lower == "trousers" else looks.skin
    colours = {"throat": _shade(looks.skin, 0.9)}
    for side, light in (("_l", 1.0), ("_r", 0.93)):
        colours["thigh" + side] = _shade(thigh, light)
        colours["shin" + side] = _shade(shin, light)
        colours["shoe" + side] = _shade(looks.shoes, light)
        colours["sleeve" + side] = _shade(sleeve, light)
        colours["forearm" + side] = _shade(sleeve if looks.long_sleeves else looks.skin, light)
        colours["hand" + side] = _shade(looks.skin, light)
    return colours


def _limb_pieces(skeleton: Skeleton, looks: Looks, project: _Projector) -> list[_Piece]:
    """Return every limb as a dark rim, its fill and a lighter core, which reads as round."""
    points, depths = project(skeleton.joints)
    radius = _LIMB_RADIUS * project.scale_px * looks.build
    start, stop = points[_LIMB_FROM], points[_LIMB_TO]
    arcs = _end_arcs(start, stop)
    rim = _capsules((start, stop), arcs, radius + max(0.5, 0.006 * project.scale_px))
    fill = _capsules((start, stop), arcs, radius)
    lit = (start - 0.28 * radius[:, :1], stop - 0.28 * radius[:, 1:])
    core = _capsules(lit, arcs, radius * 0.52)
    depth = (depths[_LIMB_FROM] + depths[_LIMB_TO]) / 2
    colours = _limb_colours(looks)
    pieces = []
    for index, part in enumerate(_LIMB_PARTS):
        colour = _shade(colours[part], 1.0 - np.clip(depth[index] / _FAR_NEAR, -1, 1) * 0.1)
        at = float(depth[index])
        pieces.append(_Piece(rim[index], _shade(colour, 0.62), at))
        pieces.append(_Piece(fill[index], colour, at))
        if project.scale_px > 45:
            pieces.append(_Piece(core[index], _shade(colour, 1.13), at))
    return pieces


def _trunk_rings(skeleton: Skeleton, build: float) -> Array:
    """Return the rings `(S, 14, 3)` of the trunk's slices, from the seat to the shoulders."""
    pelvis, waist, neck = skeleton.joints[:3]
    at = _TRUNK_AT[:, None]
    centre = np.where(
        at < 0.33, pelvis + (waist - pelvis) * (at / 0.33), waist + (neck - waist) * ((at - 0.33) / 0.67)
    )
    upper = np.clip((_TRUNK_AT - 0.15) / 0.4, 0, 1)[:, None, None]
    axes = skeleton.pelvis_axes * (1 - upper) + skeleton.torso_axes * upper
    width, depth = _TRUNK_WIDTH * build, _TRUNK_DEPTH * (build * 1.3 - 0.3)
    sideways = axes[:, None, :, 1] * width[:, None, None] * _RING[None, :, :1]
    forward = axes[:, None, :, 0] * depth[:, None, None] * _RING[None, :, 1:]
    rings: Array = centre[:, None] + sideways + forward
    return rings


def _shirt_colour(looks: Looks, index: int) -> Rgb:
    """Return the colour of the shirt's slice `index`, counted from the waist."""
    pattern = looks.shirt_pattern
    second = (
        (pattern == "stripes" and index % 2 == 1)
        or (pattern == "yoke" and index >= 5)
        or (pattern == "band" and index in (3, 4))
    )
    return looks.shirt_second if second else looks.shirt


def _trunk_pieces(skeleton: Skeleton, looks: Looks, project: _Projector) -> list[_Piece]:
    """Return the trunk's slices, coloured as shirt and trousers, and a jacket's open front."""
    rings = _trunk_rings(skeleton, looks.build)
    points, depths = project(rings)
    ring_depth = depths.mean(axis=1)
    slice_depth = (ring_depth[:-1] + ring_depth[1:]) / 2
    pieces = []
    for index in range(len(rings) - 1):
        both = points[index : index + 2].reshape(-1, 2).astype(np.float32)
        outline = cv2.convexHull(both)[:, 0]
        shirt = _shirt_colour(looks, index - _FIRST_SHIRT_SLICE)
        below = shirt if looks.lower == "dress" else looks.lower_colour
        colour = shirt if index >= _FIRST_SHIRT_SLICE else below
        pieces.append(_Piece(outline, _shade(colour, 0.9 + 0.02 * index), float(slice_depth[index])))
    if looks.shirt_pattern == "jacket":
        front = slice(2, 6)  # ring samples around the middle of the chest
        for index in range(_FIRST_SHIRT_SLICE, len(rings) - 2):
            strip = points[index : index + 2, front].reshape(-1, 2).astype(np.float32)
            depth = float(depths[index : index + 2, front].mean())
            if depth < slice_depth[index]:
                pieces.append(_Piece(cv2.convexHull(strip)[:, 0], looks.shirt_second, depth))
    return pieces


def _skirt_pieces(skeleton: Skeleton, looks: Looks, project: _Projector) -> list[_Piece]:
    """Return the cloth of a skirt or dress between the hips and above the knees."""
    if looks.lower not in ("skirt", "dress"):
        return []
    joints = skeleton.joints
    hem = [
        joints[JOINT_INDEX["hip" + s]] * 0.22 + joints[JOINT_INDEX["knee" + s]] * 0.78 for s in ("_l", "_r")
    ]
    hips = _trunk_rings(skeleton, looks.build)[_FIRST_SHIRT_SLICE]
    ring = (
        np.concatenate([_RING, np.zeros((len(_RING), 1))], axis=1)
        @ skeleton.pelvis_axes.T
        * 0.075
        * looks.build
    )
    cloud = np.concatenate([hips, hem[0] + ring, hem[1] + ring])
    points, depths = project(cloud)
    colour = looks.shirt if looks.lower == "dress" else looks.lower_colour
    # Nearer than the thighs that it covers.
    return [
        _Piece(
            cv2.convexHull(points.astype(np.float32))[:, 0], _shade(colour, 0.97), float(depths.mean()) - 0.07
        )
    ]


@dataclass(frozen=True, slots=True)
class _Ball:
    """An ellipsoid on the head: offset and half axes in body heights along the head's axes, and colour."""

    offset: tuple[float, float, float]
    radii: tuple[float, float, float]
    colour: Rgb


def _head_balls(looks: Looks) -> list[_Ball]:
    """Return skull, nose, and hair or hat."""
    hair = {"cap": looks.bag_colour, "hood": looks.shirt}.get(looks.hair_style, looks.hair)
    balls = [
        _Ball((0.004, 0, -0.006), (0.062, 0.054, 0.074), looks.skin),
        _Ball((0.05, 0, -0.012), (0.022, 0.014, 0.018), _shade(looks.skin, 0.93)),
    ]
    if looks.hair_style != "bald":
        balls.append(_Ball((-0.020, 0, 0.020), (0.060, 0.061, 0.064), hair))
        balls.append(_Ball((0.018, 0, 0.050), (0.044, 0.050, 0.030), hair))
    if looks.hair_style == "cap":
        balls.append(_Ball((0.070, 0, 0.038), (0.045, 0.045, 0.010), _shade(hair, 0.8)))
    if looks.hair_style == "bun":
        balls.append(_Ball((-0.066, 0, 0.060), (0.030, 0.030, 0.030), hair))
    if looks.hair_style in ("long", "hood"):
        balls.append(_Ball((-0.036, 0, -0.055), (0.034, 0.064, 0.090), hair))
    return balls


_EYES = tuple(_Ball((0.060, y, 0.002), (0.004, 0.006, 0.006), (35.0, 28.0, 26.0)) for y in (-0.021, 0.021))


def _head_pieces(skeleton: Skeleton, looks: Looks, project: _Projector) -> list[_Piece]:
    """Return the head's outlines, with eyes where the face is turned to the camera."""
    axes = skeleton.head_axes
    balls = _head_balls(looks)
    faces_camera = project.matrix[2] @ axes[:, 0] < -0.25
    if project.scale_px > 70 and faces_camera:
        balls += _EYES
    offsets = np.array([ball.offset for ball in balls])
    pixels, depths = project(skeleton.joints[JOINT_INDEX["head"]] + offsets @ axes.T)
    # The outline of a projected ellipsoid A u, |u| = 1: the point A A^T n / |A^T n| for every direction n.
    flat = (project.matrix[:2] @ axes) * np.array([ball.radii for ball in balls])[:, None] * project.scale_px
    along = _RING @ flat  # (balls, 14, 3)
    outlines = along @ flat.transpose(0, 2, 1) / np.linalg.norm(along, axis=2, keepdims=True)
    outlines += pixels[:, None]
    return [_Piece(o, ball.colour, float(d)) for o, ball, d in zip(outlines, balls, depths, strict=True)]


def _bag_pieces(skeleton: Skeleton, looks: Looks, project: _Projector) -> list[_Piece]:
    """Return a backpack behind the chest or a bag below the left hand."""
    if looks.bag == "none":
        return []
    if looks.bag == "backpack":
        centre = skeleton.joints[1] * 0.35 + skeleton.joints[2] * 0.65 - skeleton.torso_axes[:, 0] * 0.095
        axes, half = skeleton.torso_axes, (0.05, 0.078, 0.1)
    else:
        centre = skeleton.joints[JOINT_INDEX["hand_l"]] + np.array([0.0, 0.0, -0.075])
        axes, half = skeleton.pelvis_axes, (0.07, 0.028, 0.055)
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)]) * half
    points, depths = project(centre + corners @ axes.T)
    outline = cv2.convexHull(points.astype(np.float32))[:, 0]
    shadow = _Piece(outline, _shade(looks.bag_colour, 0.7), float(depths.mean()))
    inner = outline.mean(axis=0) + (outline - outline.mean(axis=0)) * 0.8
    return [shadow, _Piece(inner, looks.bag_colour, float(depths.mean()))]


def _fold_shadows(seed: int) -> Array:
    """Return a coarse grid uint8 `(12, 8, 4)` of factors of 255 for the folds of cloth; alpha stays."""
    rng = np.random.default_rng(seed)
    folds = np.full((12, 8, 4), 255, np.uint8)
    folds[..., :3] = np.clip(rng.normal(228, 22, (12, 8, 1)), 150, 255)
    return folds


def _fill(pieces: list[_Piece]) -> Patch:
    """Return the pieces drawn from far to near."""
    every = np.concatenate([piece.outline for piece in pieces])
    left, top = np.floor(every.min(axis=0)).astype(int) - _MARGIN_PX
    right, bottom = np.ceil(every.max(axis=0)).astype(int) + _MARGIN_PX
    rgba = np.zeros((bottom - top, right - left, 4), np.uint8)
    fixed = np.round((every - (left, top)) * (1 << _FRACTION_BITS)).astype(np.int32)
    starts = np.cumsum([0] + [len(piece.outline) for piece in pieces])
    for index in sorted(range(len(pieces)), key=lambda i: -pieces[i].depth):
        outline = fixed[starts[index] : starts[index + 1]]
        cv2.fillConvexPoly(rgba, outline, (*pieces[index].colour, 255), cv2.LINE_AA, _FRACTION_BITS)
    return Patch(rgba=rgba, left_px=int(left), top_px=int(top))


def draw_figure(
    skeleton: Skeleton, looks: Looks, view: View, *, ground_xy: tuple[float, float] = (0, 0)
) -> Patch:
    """Return the picture of a posed person.

    Args:
        skeleton: The pose.
        looks: The appearance.
        view: Direction, tilt and scale.
        ground_xy: Fraction of a pixel by which the person's ground point is off the pixel grid.
    """
    project = _Projector(view, ground_xy)
    pieces = _trunk_pieces(skeleton, looks, project)
    pieces += _limb_pieces(skeleton, looks, project)
    pieces += _skirt_pieces(skeleton, looks, project)
    pieces += _head_pieces(skeleton, looks, project)
    pieces += _bag_pieces(skeleton, looks, project)
    patch = _fill(pieces)
    height, width = patch.rgba.shape[:2]
    folds = cv2.resize(_fold_shadows(looks.fabric_seed), (width, height), interpolation=cv2.INTER_LINEAR)
    # Folds only darken, so the colours stay premultiplied.
    shaded = cv2.multiply(patch.rgba, folds, scale=1 / 255)
    return Patch(rgba=shaded, left_px=patch.left_px, top_px=patch.top_px)
