"""Four clips as one, each in a quarter of the image: more objects, scenes and sizes in a step."""

# T frames, G objects, A actions, K classes

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace

import numpy as np

from mot_model.structures import Array
from mot_platform.training.clips import Clip
from mot_platform.training.placement import Placement, Rectangle

MOSAIC_CLIPS = 4
CENTRE_RANGE = (0.35, 0.65)
"""Where the quarters meet, as a share of width and height."""


def mosaic(clips: Sequence[Clip], random: np.random.Generator) -> Clip:
    """Return four clips of one source as one of the same size; every frame has the same layout.

    Each clip fills its quarter: anything from the whole width or height, scaled down, to a part as it is.
    Boxes end where their quarter does. A quarter of which a frame is not labelled while others are is covered
    by an ignored slot there, so that it is no background.

    Args:
        clips: Four, alike in length, size, actions and classes.
        random: Draws the layout.

    Raises:
        ValueError: if there are not four, or they differ in length or size.
    """
    shapes = {clip.pixels.shape for clip in clips}
    if len(clips) != MOSAIC_CLIPS or len(shapes) > 1:
        raise ValueError(f"a mosaic needs four clips of one shape, got {len(clips)} of {sorted(shapes)}")
    placements = draw_layout((clips[0].pixels.shape[2], clips[0].pixels.shape[1]), random)
    pixels = np.empty_like(clips[0].pixels)
    has_boxes = np.any([clip.has_boxes for clip in clips], axis=0)
    parts = []
    for clip, placement in zip(clips, placements, strict=True):
        placement.paste(clip.pixels, pixels)
        part = placement.move_labels(clip)
        unlabelled = (has_boxes & ~clip.has_boxes).any(1)
        in_quarter = replace(part, xyxy=placement.target.cut(part.xyxy))
        parts += [in_quarter, _cover(part, placement.target, unlabelled)]
    slots = {
        field.name: np.concatenate([getattr(part, field.name) for part in parts], axis=1)
        for field in fields(Clip)
        if field.name not in ("pixels", "has_boxes")
    }
    return Clip(pixels=pixels, has_boxes=has_boxes, **slots)


def draw_layout(size_wh: tuple[int, int], random: np.random.Generator) -> list[Placement]:
    """Return where the four clips go, quarters in reading order."""
    width, height = size_wh
    x, y = (round(side * random.uniform(*CENTRE_RANGE)) for side in size_wh)
    quarters = [
        Rectangle(left, top, right, bottom)
        for top, bottom in ((0, y), (y, height))
        for left, right in ((0, x), (x, width))
    ]
    return [Placement(_draw_part(quarter, size_wh, random), quarter) for quarter in quarters]


def _draw_part(quarter: Rectangle, size_wh: tuple[int, int], random: np.random.Generator) -> Rectangle:
    """Return a part of the image with the aspect of `quarter`, between its size and the largest there is."""
    size = np.array(quarter.size_wh)
    zoom = np.exp(random.uniform(0, np.log((np.array(size_wh) / size).min())))
    part = np.clip(np.round(size * zoom), 1, size_wh).astype(int)
    left, top = (int(random.integers(room + 1)) for room in np.array(size_wh) - part)
    return Rectangle(left, top, left + int(part[0]), top + int(part[1]))


def _cover(part: Clip, quarter: Rectangle, covered: Array) -> Clip:
    """Return a slot that ignores the quarter in the frames `covered`, none if there is no such frame."""
    num_slots, num_actions = int(covered.any()), part.action.shape[-1]
    shape = (len(covered), num_slots)
    shown = np.broadcast_to(covered[:, None], shape)
    corners = (quarter.left, quarter.top, quarter.right, quarter.bottom)
    return replace(
        part,
        xyxy=np.broadcast_to(np.array(corners, np.float32), (*shape, 4)),
        present=shown,
        ignored=shown,
        class_id=np.zeros(shape, np.int64),
        track_id=np.full(shape, -1),
        action=np.zeros((*shape, num_actions), np.float32),
        has_action=np.zeros((*shape, num_actions), bool),
    )
