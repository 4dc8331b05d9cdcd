"""The memory that the network carries from one frame to the next: a fixed set of named tensors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, slots=True)
class TemporalState:
    """The network's ring buffers of past features.

    A fixed set of tensors `(B, K, C, H, W)`, one per causal layer, holding the last K inputs of that layer,
    oldest first. It neither grows nor shrinks while a stream runs; all zeros before the first frame.
    """

    buffers: Mapping[str, Tensor]
    """Tensor per layer name."""
