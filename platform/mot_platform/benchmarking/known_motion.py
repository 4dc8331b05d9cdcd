"""Camera motion that is known already, in the place where a tracker of others would estimate it."""

from __future__ import annotations

from typing import Any

import numpy as np

from mot_model.structures import Array


class KnownMotion:
    """Returns the motion that it was told, under the names by which the libraries ask."""

    method = "known"

    def __init__(self) -> None:
        self._matrix: Array = np.eye(2, 3)

    def tell(self, camera_motion: Array | None) -> None:
        """Take the affine `(2, 3)` from the frame before; None stands for a camera at rest."""
        self._matrix = np.eye(2, 3) if camera_motion is None else camera_motion.astype(np.float64)

    def apply(self, _frame: Array, _boxes: Any = None) -> Array:
        """Return the motion of the camera from the frame before."""
        return self._matrix

    estimate = apply
