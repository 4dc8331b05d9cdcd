"""Convolution blocks that train with several branches and run as one plain convolution.

Batch norm and the branches are folded into a single kernel for inference, so that a CPU or an exporter sees
nothing but `conv -> relu`.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


def fold_batch_norm(weight: Tensor, norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Return the kernel and bias of a bias-free convolution `weight` followed by `norm` in eval mode."""
    if norm.running_var is None or norm.running_mean is None:
        raise ValueError("cannot fold a batch norm that keeps no running statistics")
    factor = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return weight * factor[:, None, None, None], norm.bias - norm.running_mean * factor


class ConvNorm(nn.Module):
    """A 2-D convolution with batch norm and ReLU; `stride` halves the map when 2."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel: int = 3,
        *,
        stride: int = 1,
        groups: int = 1,
        relu: bool = True,
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels, out_channels, kernel, stride, kernel // 2, groups=groups, bias=False
        )
        self.norm: nn.Module = nn.BatchNorm2d(out_channels)
        self.relu = nn.ReLU(inplace=True) if relu else nn.Identity()

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """Return `(B, out_channels, H / stride, W / stride)`."""
        result: Tensor = self.relu(self.norm(self.conv(x_BCHW)))
        return result

    def folded(self) -> nn.Module:
        """Return the same function as one biased convolution."""
        if not isinstance(self.norm, nn.BatchNorm2d):
            raise ValueError("a ConvNorm without batch norm is folded already")
        weight, bias = fold_batch_norm(self.conv.weight, self.norm)
        convolution = biased_convolution(weight, bias, stride=self.conv.stride[0], groups=self.conv.groups)
        return nn.Sequential(convolution, self.relu)


class RepBlock(nn.Module):
    """A 3x3 and a 1x1 convolution and an identity, summed, then ReLU; folds into one 3x3 convolution.

    Source: RepVGG (Ding et al., 2021), section 3.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.dense = ConvNorm(channels, channels, 3, relu=False)
        self.point = ConvNorm(channels, channels, 1, relu=False)
        self.identity = nn.BatchNorm2d(channels)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """Return `(B, C, H, W)`."""
        result: Tensor = self.relu(self.dense(x_BCHW) + self.point(x_BCHW) + self.identity(x_BCHW))
        return result

    def folded(self) -> nn.Module:
        """Return the same function as one biased 3x3 convolution."""
        channels = self.identity.num_features
        if not isinstance(self.dense.norm, nn.BatchNorm2d) or not isinstance(self.point.norm, nn.BatchNorm2d):
            raise ValueError("a RepBlock without batch norm is folded already")
        weight, bias = fold_batch_norm(self.dense.conv.weight, self.dense.norm)
        point_weight, point_bias = fold_batch_norm(self.point.conv.weight, self.point.norm)
        unit = torch.eye(channels, dtype=weight.dtype, device=weight.device)[:, :, None, None]
        unit_weight, unit_bias = fold_batch_norm(unit, self.identity)
        centre = nn.functional.pad(point_weight + unit_weight, (1, 1, 1, 1))
        convolution = biased_convolution(weight + centre, bias + point_bias + unit_bias)
        return nn.Sequential(convolution, nn.ReLU(inplace=True))


class ContextBlock(nn.Module):
    """A large depthwise kernel and a pointwise convolution, added to the input: sight beyond one's own cell.

    The edges of an object lie several cells from its centre, where its box is read.

    Source: ConvNeXt (Liu et al., 2022), with batch norm so that it folds.
    """

    def __init__(self, channels: int, kernel: int = 7) -> None:
        super().__init__()
        self.spread = ConvNorm(channels, channels, kernel, groups=channels, relu=False)
        self.mix = ConvNorm(channels, channels, 1)

    def forward(self, x_BCHW: Tensor) -> Tensor:
        """Return `(B, C, H, W)`."""
        result: Tensor = x_BCHW + self.mix(self.spread(x_BCHW))
        return result


def biased_convolution(weight: Tensor, bias: Tensor, *, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    """Return a frozen convolution with this kernel `(out, in / groups, k, k)`, same padding."""
    out_channels, in_channels, kernel, _ = weight.shape
    conv = nn.Conv2d(in_channels * groups, out_channels, kernel, stride, kernel // 2, groups=groups)
    conv.weight = nn.Parameter(weight.detach().clone(), requires_grad=False)
    conv.bias = nn.Parameter(bias.detach().clone(), requires_grad=False)
    return conv


def fold(module: nn.Module) -> None:
    """Replace every foldable block below `module` by its single convolution, in place."""
    for name, child in module.named_children():
        if isinstance(child, ConvNorm | RepBlock):
            setattr(module, name, child.folded())
        else:
            fold(child)
