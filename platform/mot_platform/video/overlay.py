"""Drawing boxes on a frame with ids, actions and trails, readable from 320x192 to 4K."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mot_model.structures import Array, Tracks
from mot_platform.video.trails import TrailBuffer

_GOLDEN_RATIO = 0.618033988749895
_LABEL_OPACITY = 0.85
_DASH_WIDTHS = 4
"""Length of a dash, and of the gap after it, in widths of the line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DrawnBox:
    """A box as it is drawn."""

    xyxy: Array
    """`(4,)` pixels of the canvas."""
    color: tuple[int, int, int]
    """RGB."""
    label: str = ""
    """What stands at its top edge."""
    is_dashed: bool = False


@lru_cache(maxsize=4096)
def track_color(track_id: int) -> tuple[int, int, int]:
    """Return the RGB colour of a track: the same everywhere, and far from those of its neighbours.

    Hues step round the circle by the golden ratio, saturation and brightness alternate.
    """
    hue = track_id * _GOLDEN_RATIO % 1
    saturation, value = ((200, 255), (130, 255), (240, 205), (170, 225))[track_id % 4]
    pixel = np.array([[[hue * 180, saturation, value]]]).astype(np.uint8)
    red, green, blue = cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0]
    return int(red), int(green), int(blue)


def draw_tracks(
    pixels: Array,
    tracks: Tracks,
    *,
    class_names: Sequence[str] = (),
    action_names: Sequence[str] = (),
    trails: TrailBuffer | None = None,
    min_action_score: float = 0.3,
) -> Array:
    """Return a copy of a frame with the tracks drawn on it.

    Args:
        pixels: uint8 `(H, W, 3)` RGB, at the size that the boxes refer to.
        tracks: the rows of this frame.
        class_names: by class id; shown only if there are several.
        action_names: by column of `tracks.action_score`; the best action of each track is shown.
        trails: where the tracks have been, this frame included; drawn for the tracks in the frame.
        min_action_score: actions below it are left out.
    """
    canvas = np.ascontiguousarray(pixels).copy()
    colors = [track_color(int(track_id)) for track_id in tracks.track_id]
    if trails is not None:
        for track_id, color in zip(tracks.track_id, colors, strict=True):
            _draw_trail(canvas, trails.points(int(track_id)), color, _drawing_scale(canvas))
    labels = _labels(tracks, class_names, action_names, min_action_score)
    draw_boxes(
        canvas,
        [
            DrawnBox(xyxy=xyxy, color=color, label=label)
            for xyxy, color, label in zip(tracks.xyxy, colors, labels, strict=True)
        ],
    )
    return canvas


def draw_boxes(canvas: Array, boxes: Sequence[DrawnBox], *, scale: float | None = None) -> None:
    """Draw boxes and their labels on a picture.

    Args:
        canvas: uint8 `(H, W, 3)` RGB, contiguous, drawn on.
        boxes: What to draw.
        scale: Of lines and letters, 1 for those of a picture of 720 lines; by default as its size asks.
    """
    scale = _drawing_scale(canvas) if scale is None else scale
    for box in boxes:
        draw = _draw_dashed_box if box.is_dashed else _draw_box
        draw(canvas, box.xyxy, box.color, scale)
    # Labels last, so that no box crosses a text; the nearest (lowest) person on top.
    for box in sorted(boxes, key=lambda box: float(box.xyxy[3])):
        if box.label:
            _draw_label(canvas, box.xyxy, box.label, box.color, scale)


def _labels(
    tracks: Tracks, class_names: Sequence[str], action_names: Sequence[str], min_action_score: float
) -> Iterator[str]:
    """Yield the text of each row, such as "7  walk 0.92"."""
    for row in range(len(tracks)):
        parts = [str(tracks.track_id[row])]
        class_id = int(tracks.class_id[row])
        if len(class_names) > 1 and 0 <= class_id < len(class_names):
            parts.append(class_names[class_id])
        scores = tracks.action_score[row]
        if len(scores) and len(action_names) == len(scores) and scores.max() >= min_action_score:
            best = int(scores.argmax())
            # AVA explains its names in brackets: "bend/bow (at the waist)".
            parts.append(f"{action_names[best].split(' (')[0]} {scores[best]:.2f}")
        yield "  ".join(parts)


def _drawing_scale(pixels: Array) -> float:
    """Return the factor for lines and text: 1 at 720 lines."""
    return float(np.clip(min(pixels.shape[0], pixels.shape[1] * 9 / 16) / 720, 0.25, 4.0))


def _line_width(scale: float) -> int:
    return max(1, round(2 * scale))


def _draw_box(canvas: Array, xyxy: Array, color: tuple[int, int, int], scale: float) -> None:
    """Draw a box with a dark rim, so that it stands out on any ground."""
    left, top, right, bottom = (round(float(n)) for n in xyxy)
    width = _line_width(scale)
    if width > 1:
        rim = tuple(n // 4 for n in color)
        cv2.rectangle(canvas, (left, top), (right, bottom), rim, width + 2, cv2.LINE_AA)
    cv2.rectangle(canvas, (left, top), (right, bottom), color, width, cv2.LINE_AA)


def _draw_dashed_box(canvas: Array, xyxy: Array, color: tuple[int, int, int], scale: float) -> None:
    """Draw the outline of a box in dashes."""
    left, top, right, bottom = (round(float(n)) for n in xyxy)
    width = _line_width(scale)
    dash = _DASH_WIDTHS * width
    for x in range(left, right, 2 * dash):
        for y in (top, bottom):
            cv2.line(canvas, (x, y), (min(x + dash, right), y), color, width)
    for y in range(top, bottom, 2 * dash):
        for x in (left, right):
            cv2.line(canvas, (x, y), (x, min(y + dash, bottom)), color, width)


def _draw_trail(canvas: Array, points: Array, color: tuple[int, int, int], scale: float) -> None:
    """Draw the path through `points` `(P, 2)`, fading and thinning towards the past."""
    num = len(points)
    for step in range(1, num):
        age = step / num
        faded = tuple(round(n * (0.35 + 0.65 * age)) for n in color)
        start, stop = (tuple(round(float(n)) for n in p) for p in points[step - 1 : step + 1])
        cv2.line(canvas, start, stop, faded, max(1, round(_line_width(scale) * age)), cv2.LINE_AA)


def _draw_label(canvas: Array, xyxy: Array, text: str, color: tuple[int, int, int], scale: float) -> None:
    """Draw `text` on a filled ground at the top edge of the box, kept inside the frame."""
    mask = _text_mask(text, max(9, round(20 * scale)))
    pad = max(1, round(4 * scale))
    height, width = (
        min(mask.shape[0] + 2 * pad, canvas.shape[0]),
        min(mask.shape[1] + 2 * pad, canvas.shape[1]),
    )
    left = int(np.clip(round(float(xyxy[0])), 0, canvas.shape[1] - width))
    top = int(np.clip(round(float(xyxy[1])) - height, 0, canvas.shape[0] - height))
    ground = canvas[top : top + height, left : left + width]
    ground[:] = (ground * (1 - _LABEL_OPACITY) + np.array(color) * _LABEL_OPACITY).astype(np.uint8)
    bright = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2] > 120
    ink = np.array((0, 0, 0) if bright else (255, 255, 255))
    area = ground[pad : pad + mask.shape[0], pad : pad + mask.shape[1]]
    cover = mask[: area.shape[0], : area.shape[1], None] / 255
    area[:] = (area * (1 - cover) + ink * cover).astype(np.uint8)


@lru_cache(maxsize=8)
def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size_px)


@lru_cache(maxsize=1024)
def _text_mask(text: str, size_px: int) -> Array:
    """Return `(h, w)` uint8, how much ink covers each pixel; all texts of a size have the same height."""
    font = _font(size_px)
    left, _, right, _ = font.getbbox(text)
    _, top, _, bottom = font.getbbox("Hg")
    image = Image.new("L", (int(right - left) + 1, int(bottom - top) + 1))
    ImageDraw.Draw(image).text((-left, -top), text, fill=255, font=font)
    return np.asarray(image)
