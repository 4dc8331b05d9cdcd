"""Shapes of the image encoder."""

from __future__ import annotations

import pytest
import torch

from mot_model.backbone import Backbone, TopDownFusion

WIDTHS = (4, 8, 12, 16, 20)


def test_fused_map_has_the_finest_stride() -> None:
    backbone = Backbone(widths=WIDTHS, depths=(0, 1, 1, 1))
    maps = backbone(torch.zeros(2, 3, 64, 96))
    assert [tuple(m.shape[1:]) for m in maps] == [(12, 8, 12), (16, 4, 6), (20, 2, 3)]
    fused = TopDownFusion(in_channels=WIDTHS[2:], channels=24)(maps)
    assert fused.shape == (2, 24, 8, 12)


def test_coarse_context_reaches_the_fused_map() -> None:
    fusion = TopDownFusion(in_channels=WIDTHS[2:], channels=8).eval()
    maps = [torch.zeros(1, 12, 8, 12), torch.zeros(1, 16, 4, 6), torch.randn(1, 20, 2, 3, requires_grad=True)]
    fusion(maps)[0, :, 0, 0].sum().backward()
    assert maps[2].grad is not None
    assert maps[2].grad[0, :, 0, 0].abs().sum() > 0


def test_missing_widths_are_refused() -> None:
    with pytest.raises(ValueError, match="5 widths"):
        Backbone(widths=(4, 8), depths=(1, 1, 1, 1))
