"""A batch moves as a whole."""

from __future__ import annotations

from dataclasses import fields

import torch

from mot_model.clip import ClipBatch


def test_every_field_moves_to_the_device() -> None:
    clips = ClipBatch(**{field.name: torch.zeros(1) for field in fields(ClipBatch)})
    moved = clips.to("meta")
    assert all(getattr(moved, field.name).device.type == "meta" for field in fields(moved))
