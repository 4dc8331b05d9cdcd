"""The state is a plain value."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from mot_model.temporal_state import TemporalState


def test_state_can_not_be_rebound() -> None:
    state = TemporalState({"temporal_0": torch.zeros(1)})
    with pytest.raises(dataclasses.FrozenInstanceError):
        state.buffers = {}  # type: ignore[misc]
