"""What the network says: score and box for each cell of its map, identity and action for each box.

The one-to-one branch is the detector: it learns to fire once per object, so no suppression follows. The
one-to-many branch exists in training only, where its denser targets teach the features faster.
"""

# B frames, N boxes, C channels, R channels that are read, H W map cells, K classes, D embedding,
# F action feature, S scene, A actions

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mot_model.box_reader import BoxReader
from mot_model.convolutions import ConvNorm, RepBlock

PRIOR_SCORE = 0.01
"""Score of every cell at first, so that the many empty ones do not swamp the first steps (RetinaNet)."""
PRIOR_DISTANCE_CELLS = (1.5, 4.0, 1.5, 4.0)
"""Left, top, right, bottom that every cell starts with: about a person."""
MAX_LOG_DISTANCE = 6.0
"""Bound on the log of a side distance in cells, so that exp cannot overflow."""


@dataclass(frozen=True, slots=True)
class DetectionMap:
    """Dense output of one detection branch."""

    score_logit: Tensor
    """`(B, K, H, W)`."""
    log_distance: Tensor
    """`(B, 4, H, W)`: log of left, top, right, bottom distance from the cell's centre, in cells."""


@dataclass(frozen=True, slots=True)
class HeadOutput:
    """Dense outputs for B frames: boxes by cell, and the maps from which whoever is in a box is read."""

    one_to_one: DetectionMap
    one_to_many: DetectionMap | None
    """None when inference has dropped the branch."""
    identity: Tensor
    """`(B, R, H, W)`; `Heads.embedding` reads it."""
    action: Tensor
    """`(B, R, H, W)`; `Heads.action_feature` reads it."""
    scene: Tensor
    """`(B, S)`: what the whole frame is like."""


class DetectionBranch(nn.Module):
    """Scores and box sides from a shared tower."""

    def __init__(self, channels: int, num_classes: int) -> None:
        super().__init__()
        self.tower = RepBlock(channels)
        self.score = nn.Conv2d(channels, num_classes, 1)
        prior_logit = math.log(PRIOR_SCORE / (1 - PRIOR_SCORE))
        self.distance = nn.Conv2d(channels, 4, 1)
        nn.init.normal_(self.score.weight, std=0.01)
        self.score.bias = nn.Parameter(torch.full((num_classes,), prior_logit))
        nn.init.normal_(self.distance.weight, std=0.01)
        self.distance.bias = nn.Parameter(torch.tensor(PRIOR_DISTANCE_CELLS).log())

    def forward(self, x_BCHW: Tensor) -> DetectionMap:
        """Return scores and boxes of every cell."""
        x = self.tower(x_BCHW)
        return DetectionMap(self.score(x), self.distance(x).clamp(-MAX_LOG_DISTANCE, MAX_LOG_DISTANCE))


class Heads(nn.Module):
    """All heads over the encoded map.

    Args:
        channels: Channels of the map.
        stride: Input pixels per cell of the map.
        num_classes: Object classes K.
        embedding_dim: Length D of the identity embedding.
        action_dim: Length F of the action feature, a quarter of it for the scene.
        num_actions: Actions A.
    """

    def __init__(
        self,
        *,
        channels: int,
        stride: int,
        num_classes: int,
        embedding_dim: int,
        action_dim: int,
        num_actions: int,
    ) -> None:
        super().__init__()
        scene_dim, read_channels = action_dim // 4, channels // 2
        self.one_to_one = DetectionBranch(channels, num_classes)
        self.one_to_many: DetectionBranch | None = DetectionBranch(channels, num_classes)
        self.identity = ConvNorm(channels, read_channels, 3)
        self.read_identity = BoxReader(read_channels, embedding_dim, stride=stride)
        self.action = ConvNorm(channels, read_channels, 3)
        self.read_action = BoxReader(read_channels, action_dim - scene_dim, stride=stride)
        self.scene = ConvNorm(channels, scene_dim, 1)
        self.action_logit: nn.Module | None = nn.Linear(action_dim, num_actions)
        """Actions from one frame alone, a training aid; None in inference."""

    def forward(self, fused_BCHW: Tensor, encoded_BCHW: Tensor) -> HeadOutput:
        """Return all dense outputs.

        Args:
            fused_BCHW: The map of this frame alone; who is read from it.
            encoded_BCHW: The map after the temporal encoder; where they are and what they do is read from it.
        """
        return HeadOutput(
            one_to_one=self.one_to_one(encoded_BCHW),
            one_to_many=self.one_to_many(encoded_BCHW) if self.one_to_many is not None else None,
            identity=self.identity(fused_BCHW),
            action=self.action(encoded_BCHW),
            scene=self.scene(encoded_BCHW).mean((2, 3)),
        )

    def embedding(self, identity_BRHW: Tensor, xyxy_BN4: Tensor) -> Tensor:
        """Return who is in each box, `(B, N, D)`, unit norm over D."""
        return F.normalize(self.read_identity(identity_BRHW, xyxy_BN4), dim=-1)

    def action_feature(self, action_BRHW: Tensor, scene_BS: Tensor, xyxy_BN4: Tensor) -> Tensor:
        """Return what is done in each box, `(B, N, F)`, the scene context included."""
        own_BNF = F.relu(self.read_action(action_BRHW, xyxy_BN4))
        scene_BNS = scene_BS[:, None].expand(-1, xyxy_BN4.shape[1], -1)
        return torch.cat([own_BNF, scene_BNS], -1)

    def drop_training_branches(self) -> None:
        """Remove what only training needs."""
        self.one_to_many = None
        self.action_logit = None
