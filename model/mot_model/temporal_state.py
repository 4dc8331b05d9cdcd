"""The memory that the network carries from one frame to the next: a fixed set of named tensors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class TemporalState:
    """The network's ring buffers of past features.

    A fixed set of tensors `(B, K, C, H, W)`, one per causal layer, holding the last K inputs of that layer,
    oldest first. It neither grows nor shrinks while a stream runs; all zeros before the first frame.
    """

    buffers: Mapping[str, Tensor]
    """Tensor per layer name."""

    def to(self, device: torch.device) -> TemporalState:
        """Return the state on `device`, its tensors shared where they are there already."""
        return TemporalState({name: buffer.to(device) for name, buffer in self.buffers.items()})


def stacked(states: Sequence[TemporalState]) -> TemporalState:
    """Return the states of single streams as one state of B streams, in order."""
    names = states[0].buffers
    return TemporalState({name: torch.cat([state.buffers[name] for state in states]) for name in names})


def unstacked(state: TemporalState) -> list[TemporalState]:
    """Return the state of each of B streams; copies, so that one may live longer than the others."""
    parts = {
        name: [part.clone() for part in torch.split(buffer, 1)] for name, buffer in state.buffers.items()
    }
    return [TemporalState(dict(zip(parts, own, strict=True))) for own in zip(*parts.values(), strict=True)]
