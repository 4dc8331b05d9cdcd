"""Small pictures with transparency and how they are laid over a frame."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from mot_model.structures import Array


@dataclass(frozen=True, kw_only=True, slots=True)
class Patch:
    """A drawn figure or thing and where it goes, relative to its point on the ground."""

    rgba: Array
    """uint8 `(h, w, 4)`, colours premultiplied by alpha."""
    left_px: int
    """Column of the patch's first column, relative to the ground point's column."""
    top_px: int
    """Row of the patch's first row, relative to the ground point's row."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """The part of a frame that a patch covers, as slices into both."""

    frame: tuple[slice, slice]
    patch: tuple[slice, slice]


def overlap_of(shape: tuple[int, ...], size: tuple[int, ...], *, left: int, top: int) -> Overlap | None:
    """Return where a patch of `size` (h, w) at `left`, `top` meets a frame of `shape` (H, W), or None."""
    x0, y0 = max(0, left), max(0, top)
    x1, y1 = min(shape[1], left + size[1]), min(shape[0], top + size[0])
    if x0 >= x1 or y0 >= y1:
        return None
    return Overlap((slice(y0, y1), slice(x0, x1)), (slice(y0 - top, y1 - top), slice(x0 - left, x1 - left)))


def lay_over(frame: Array, rgba: Array, overlap: Overlap) -> None:
    """Change `frame` `(H, W, 3)` by laying a premultiplied patch `(h, w, 4)` over it."""
    piece = rgba[overlap.patch]
    under = frame[overlap.frame]
    through = cv2.cvtColor(cv2.bitwise_not(piece[..., 3]), cv2.COLOR_GRAY2RGB)
    kept = cv2.multiply(under, through, scale=1 / 255)
    frame[overlap.frame] = cv2.add(kept, cv2.cvtColor(piece, cv2.COLOR_RGBA2RGB))


def darken_ellipse(
    frame: Array, *, centre: tuple[float, float], radii: tuple[float, float], strength: float
) -> None:
    """Change `frame` by a soft dark ellipse, the shadow that a body leaves on the ground."""
    half_w, half_h = int(radii[0] * 1.5) + 2, int(radii[1] * 1.5) + 2
    left, top = round(centre[0]) - half_w, round(centre[1]) - half_h
    overlap = overlap_of(frame.shape, (2 * half_h, 2 * half_w), left=left, top=top)
    if overlap is None:
        return
    x = (np.arange(2 * half_w, dtype=np.float32) - half_w) / max(1.0, radii[0])
    y = (np.arange(2 * half_h, dtype=np.float32) - half_h) / max(1.0, radii[1])
    dark = strength * np.clip(1.5 - (x**2)[None, :] - (y**2)[:, None], 0, 1)
    under = frame[overlap.frame]
    frame[overlap.frame] = under * (1 - dark[overlap.patch][..., None])
