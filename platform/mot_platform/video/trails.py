"""Where tracks have stood lately, for drawing; bounded in points per track and in tracks."""

from __future__ import annotations

from collections import OrderedDict, deque

import numpy as np

from mot_model.structures import Array, Tracks


class TrailBuffer:
    """The past foot points (middle of the lower edge) of the tracks seen last.

    Args:
        max_points: points kept per track.
        max_tracks: tracks kept; the one unseen for longest goes first.

    Raises:
        ValueError: if a bound is below 1.
    """

    def __init__(self, *, max_points: int = 48, max_tracks: int = 512) -> None:
        if min(max_points, max_tracks) < 1:
            raise ValueError(f"bounds must be at least 1, got {max_points} points and {max_tracks} tracks")
        self._max_points = max_points
        self._max_tracks = max_tracks
        self._points: OrderedDict[int, deque[tuple[float, float]]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._points)

    def update(self, tracks: Tracks) -> None:
        """Append the foot points of the rows of one frame."""
        for track_id, (left, _, right, bottom) in zip(
            tracks.track_id.tolist(), tracks.xyxy.tolist(), strict=True
        ):
            trail = self._points.setdefault(track_id, deque(maxlen=self._max_points))
            trail.append(((left + right) / 2, bottom))
            self._points.move_to_end(track_id)
        while len(self._points) > self._max_tracks:
            self._points.popitem(last=False)

    def points(self, track_id: int) -> Array:
        """Return float64 `(P, 2)`, oldest first, empty for a track not known."""
        return np.array(self._points.get(track_id, ()), np.float64).reshape(-1, 2)
