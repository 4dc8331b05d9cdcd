"""A batch of labelled clips, as the losses read it.

Sources label different things; what a source does not label is masked here and costs nothing there.
"""

# B clips, T frames, G labelled objects (padded), A actions, K classes

from __future__ import annotations

from dataclasses import dataclass, fields

from torch import Tensor


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipBatch:
    """Frames and labels of B clips. Boxes are input pixels and may leave the image."""

    pixels: Tensor
    """uint8 `(B, T, H, W, 3)`, RGB."""
    xyxy: Tensor
    """float32 `(B, T, G, 4)`."""
    present: Tensor
    """bool `(B, T, G)`: which of the G slots hold a labelled object."""
    ignored: Tensor
    """bool `(B, T, G)`: slots whose region says neither object nor background (hidden, distractor)."""
    class_id: Tensor
    """int64 `(B, T, G)`."""
    track_id: Tensor
    """int64 `(B, T, G)`, unique over the clips of the batch; -1 where the source has no identities."""
    action: Tensor
    """float32 `(B, T, G, A)`, multi-hot."""
    has_action: Tensor
    """bool `(B, T, G, A)`: which of `action` are labelled; elsewhere it says nothing."""
    has_boxes: Tensor
    """bool `(B, T, K)`: classes of which a frame has all objects labelled, so that the rest is background."""

    @property
    def input_wh(self) -> tuple[int, int]:
        """Width and height of the frames in pixels."""
        return self.pixels.shape[3], self.pixels.shape[2]

    def to(self, device: str) -> ClipBatch:
        """Return the batch on `device`."""
        return ClipBatch(
            **{f.name: getattr(self, f.name).to(device, non_blocking=True) for f in fields(self)}
        )
