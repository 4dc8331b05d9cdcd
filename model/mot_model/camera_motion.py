"""Motion of the camera between two frames, from small grey pictures alone.

Phase correlation finds the shift that most of the picture agrees on. Then it is repeated on tiles, and a
similarity (shift, rotation, zoom) is fitted to the tiles that agree with each other, so that people who walk
through the picture do not count. Some milliseconds at 192 x 108; no corner features, no state.
"""

# H W pixels, B tiles

from __future__ import annotations

import numpy as np

from mot_model.structures import Array

MIN_PEAK = 0.35
"""Height of a peak with its neighbours below which two pictures have no shift in common: unrelated scenes
reach 0.25, neighbouring frames 1.6 to 2."""
MIN_TILE_PEAK = 1.0
"""The same for tiles, where chance peaks are higher."""
TILE_PX = 32
"""Side of a tile: as small as still gives a clear peak."""
INLIER_PX = 1.0
"""A tile that is farther than this from the fit shows something that moves by itself."""
MAX_ZOOM = 0.1
"""Zoom or rotation (radians) between frames beyond which the fit is not believed."""


def estimate_camera_motion(
    previous_grey: Array, grey: Array, *, scale_xy: tuple[float, float] = (1.0, 1.0)
) -> Array:
    """Return the affine `(2, 3)` float32 that maps pixels of the frame before to this one.

    The identity is returned where nothing can be said: blank pictures, a cut, too small a picture.

    Args:
        previous_grey: `(H, W)`, any real dtype, the frame before, some 100 to 300 pixels wide.
        grey: `(H, W)`, this frame.
        scale_xy: Source pixels per pixel of these pictures; the result is in source pixels.

    Raises:
        ValueError: if the two differ in shape or are not two-dimensional.

    Source: phase correlation of Kuglin and Hines (1975); shift below a pixel after Foroosh et al. (2002).
    """
    if previous_grey.ndim != 2 or previous_grey.shape != grey.shape:
        raise ValueError(f"need two (H, W) pictures, but got {previous_grey.shape} and {grey.shape}")
    affine = np.array([[1.0, 0, 0], [0, 1, 0]])
    if min(grey.shape) >= TILE_PX:
        before, after = previous_grey.astype(np.float32), grey.astype(np.float32)
        shift, peak = _phase_shift(before[None], after[None])
        if peak[0] >= MIN_PEAK:
            affine[:, 2] = shift[0]
            affine = _refine(before, after, shift[0], affine)
    return _rescale(affine, scale_xy).astype(np.float32)


def _phase_shift(before_BHW: Array, after_BHW: Array) -> tuple[Array, Array]:
    """Return the shift (x, y) `(B, 2)` of each pair of pictures and how clear its peak is `(B,)`."""
    num, height, width = before_BHW.shape
    window = np.outer(np.hanning(height), np.hanning(width)).astype(np.float32)
    spectra = [
        np.fft.rfft2((picture - picture.mean(axis=(1, 2), keepdims=True)) * window)
        for picture in (before_BHW, after_BHW)
    ]
    cross = spectra[1] * np.conj(spectra[0])
    # Whitened half-way: all the way, the few hard edges of one person would outvote a smooth background.
    root = np.sqrt(np.abs(cross)) + 1e-6
    surface = np.fft.irfft2(cross / root, s=(height, width))
    surface /= np.maximum(np.fft.irfft2(root, s=(height, width))[:, :1, :1], 1e-12)
    index = surface.reshape(num, -1).argmax(axis=1)
    y, x = index // width, index % width
    each = np.arange(num)
    centre = surface[each, y, x]
    shift_x, mass_x = _below_pixel(centre, surface[each, y, x - 1], surface[each, y, (x + 1) % width])
    shift_y, mass_y = _below_pixel(centre, surface[each, y - 1, x], surface[each, (y + 1) % height, x])
    shift = np.stack(
        [_signed(x, width) + shift_x, _signed(y, height) + shift_y],
        axis=1,
    )
    return shift, centre + mass_x + mass_y


def _below_pixel(centre: Array, left: Array, right: Array) -> tuple[Array, Array]:
    """Return the offset of a peak towards its higher neighbour, -0.5 to 0.5, and that neighbour's height.

    The lower neighbour is taken off first: it tells how broad the peak is without any shift.
    """
    floor = np.maximum(np.minimum(left, right), 0)
    neighbour = np.maximum(np.maximum(left, right), 0)
    total = centre + neighbour - 2 * floor
    offset = np.divide(neighbour - floor, total, out=np.zeros_like(total), where=total > 0)
    return np.where(right > left, offset, -offset), neighbour


def _signed(index: Array, length: int) -> Array:
    """Return circular indices as shifts around 0."""
    return np.where(index > length // 2, index - length, index).astype(np.float64)


def _refine(before: Array, after: Array, shift: Array, affine: Array) -> Array:
    """Return the similarity that most tiles agree on, or `affine` if too few do."""
    whole = np.rint(shift).astype(int)
    height, width = after.shape
    left, right = max(0, -whole[0]), min(width, width - whole[0])
    top, bottom = max(0, -whole[1]), min(height, height - whole[1])
    if right - left < 2 * TILE_PX or bottom - top < 2 * TILE_PX:
        return affine
    corners = np.array(
        [(x, y) for y in _tile_starts(top, bottom) for x in _tile_starts(left, right)]
    )  # (B, 2), in the frame before
    tiles_before = _cut(before, corners)
    tiles_after = _cut(after, corners + whole)
    moved, peak = _phase_shift(tiles_before, tiles_after)
    textured = tiles_before.std(axis=(1, 2)) > 2.0
    clear = (peak >= MIN_TILE_PEAK) & textured & (np.abs(moved) < TILE_PX / 4).all(axis=1)
    source = corners[clear] + (TILE_PX - 1) / 2
    return _fit_similarity(source, source + whole + moved[clear], affine)


def _tile_starts(start: int, stop: int) -> Array:
    """Return where tiles begin that cover `[start, stop)` evenly."""
    return np.linspace(start, stop - TILE_PX, (stop - start) // TILE_PX).astype(int)


def _cut(picture: Array, corners: Array) -> Array:
    """Return the tiles `(B, TILE_PX, TILE_PX)` whose left top corners (x, y) are given."""
    along = np.arange(TILE_PX)
    rows = corners[:, 1, None, None] + along[None, :, None]
    columns = corners[:, 0, None, None] + along[None, None, :]
    tiles: Array = picture[rows, columns]
    return tiles


def _fit_similarity(source: Array, target: Array, affine: Array) -> Array:
    """Return the similarity from `source` to `target` points `(B, 2)`, outliers dropped round by round.

    Falls back on `affine` with fewer than four points in agreement or an implausible zoom or rotation.
    """
    shift = np.median(target - source, axis=0) if len(source) else affine[:, 2]
    fit = np.column_stack([np.eye(2), shift])
    tolerance = 4 * INLIER_PX
    for _ in range(4):
        error = np.linalg.norm(source @ fit[:, :2].T + fit[:, 2] - target, axis=1)
        keep = error < tolerance
        if keep.sum() < 4:
            return affine
        fit = _least_squares_similarity(source[keep], target[keep])
        tolerance = max(tolerance / 2, INLIER_PX)
    plausible = np.abs(fit[:, :2] - np.eye(2)).max() <= MAX_ZOOM
    return fit if plausible else affine


def _least_squares_similarity(source: Array, target: Array) -> Array:
    """Return `(2, 3)` with the smallest squared error.

    Source: Umeyama (1991), in complex numbers: the plane is one axis and a similarity is z -> a z + b.
    """
    z = source[:, 0] + 1j * source[:, 1]
    w = target[:, 0] + 1j * target[:, 1]
    centred = z - z.mean()
    spread = (np.abs(centred) ** 2).sum()
    a = (np.conj(centred) * (w - w.mean())).sum() / spread if spread > 0 else 1.0 + 0.0j
    b = w.mean() - a * z.mean()
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def _rescale(affine: Array, scale_xy: tuple[float, float]) -> Array:
    """Return `affine` for pixels of another size: scale * affine * scale^-1."""
    scale = np.asarray(scale_xy, dtype=np.float64)
    return np.column_stack([affine[:, :2] * scale[:, None] / scale[None, :], affine[:, 2] * scale])
