"""Folding changes the form, not the function."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from mot_model.convolutions import ContextBlock, ConvNorm, RepBlock, fold


def with_random_statistics(module: nn.Module) -> nn.Module:
    for part in module.modules():
        if isinstance(part, nn.BatchNorm2d):
            assert isinstance(part.running_mean, Tensor)
            assert isinstance(part.running_var, Tensor)
            nn.init.normal_(part.running_mean)
            nn.init.uniform_(part.running_var, 0.5, 2)
            nn.init.normal_(part.weight, 1, 0.3)
            nn.init.normal_(part.bias)
    return module.eval()


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(ConvNorm(8, 12, stride=2), id="strided"),
        pytest.param(ConvNorm(8, 12, 1, relu=False), id="pointwise without relu"),
        pytest.param(RepBlock(8), id="three branches"),
        pytest.param(ContextBlock(8), id="large depthwise kernel"),
    ],
)
@torch.no_grad()
def test_folded_block_computes_the_same(block: nn.Module) -> None:
    torch.manual_seed(0)
    model = nn.Sequential(with_random_statistics(block))
    x = torch.randn(2, 8, 10, 14)
    expected = model(x)
    fold(model)
    assert not any(isinstance(part, nn.BatchNorm2d) for part in model.modules())
    torch.testing.assert_close(model(x), expected, atol=1e-4, rtol=1e-4)


def test_folding_twice_is_harmless() -> None:
    model = nn.Sequential(with_random_statistics(RepBlock(4)))
    fold(model)
    names = [type(part).__name__ for part in model.modules()]
    fold(model)
    assert [type(part).__name__ for part in model.modules()] == names
