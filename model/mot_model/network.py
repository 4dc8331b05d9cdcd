"""The joint network: one causal pass over frames gives boxes, identity embeddings and action features."""

# B clips or streams, T frames, C channels, H W pixels or map cells, N detections

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn

from mot_model.backbone import Backbone, TopDownFusion
from mot_model.convolutions import fold
from mot_model.heads import DetectionMap, HeadOutput, Heads
from mot_model.suppression import lowered_by_overlap
from mot_model.temporal import TemporalEncoder
from mot_model.temporal_state import TemporalState
from mot_model.track_memory import TrackActionHead

MAP_STRIDE = 8
"""Input pixels per cell of the output map."""
INPUT_MULTIPLE = 32
"""Input sides must be multiples of this, the coarsest stride."""
COMPARED_CELLS = 300
"""Best cells of a frame among which copies are looked for, at least."""
PIXEL_MEAN = 114.0
PIXEL_SCALE = 58.0
"""Rough mean and deviation of 8-bit images; the first batch norm does the rest."""

Size = Literal["pico", "nano", "small", "base"]


class Dimensions(NamedTuple):
    """Widths and depths that make a size."""

    widths: tuple[int, int, int, int, int]
    depths: tuple[int, int, int, int]
    channels: int


SIZES: dict[Size, Dimensions] = {
    "pico": Dimensions((16, 24, 48, 96, 128), (0, 1, 1, 1), 48),
    "nano": Dimensions((16, 32, 64, 128, 192), (1, 2, 2, 2), 64),
    "small": Dimensions((32, 64, 128, 192, 256), (1, 2, 3, 2), 96),
    "base": Dimensions((48, 96, 192, 320, 448), (1, 3, 4, 2), 128),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkConfig:
    """Everything that fixes the network's architecture.

    Raises:
        ValueError: on an impossible value, with its name.
    """

    size: Size = "nano"
    """Widths and depths, see `SIZES`."""
    input_wh: tuple[int, int] = (320, 192)
    """Input width and height in pixels, multiples of 32."""
    temporal_dilations: tuple[int, ...] = (1, 2, 4)
    """Frames between the taps of each causal layer; (1, 2, 4) sees 15 frames, () only the present."""
    class_names: tuple[str, ...] = ("person",)
    """Object classes, in the order of `class_id`."""
    action_ids: tuple[int, ...] = ()
    """AVA ids of the actions, in the order of the score columns."""
    action_names: tuple[str, ...] = ()
    """Names of the actions, same order."""
    embedding_dim: int = 64
    """Length of the identity embedding."""
    action_dim: int = 64
    """Length of the action feature, a quarter of it scene context."""
    memory_frames: int = 8
    """Action features remembered per track; no more than the frames of a training clip."""

    def __post_init__(self) -> None:
        if self.size not in SIZES:
            raise ValueError(f"network.size must be one of {', '.join(SIZES)}, got {self.size!r}")
        if any(side <= 0 or side % INPUT_MULTIPLE for side in self.input_wh):
            raise ValueError(f"network.input_wh must be multiples of {INPUT_MULTIPLE}, got {self.input_wh}")
        if not self.class_names:
            raise ValueError("network.class_names must name at least one class")
        if len(self.action_ids) != len(self.action_names):
            raise ValueError(
                f"network.action_ids has {len(self.action_ids)} entries, "
                f"action_names {len(self.action_names)}"
            )
        if any(dilation < 1 for dilation in self.temporal_dilations):
            raise ValueError(f"network.temporal_dilations must be positive, got {self.temporal_dilations}")
        if self.action_dim % 4 or self.memory_frames < 1:
            raise ValueError("network.action_dim must be a multiple of 4 and memory_frames positive")


def cells_hw(input_wh: tuple[int, int]) -> tuple[int, int]:
    """Return the cells of the output map for frames of this size in pixels, height first."""
    return input_wh[1] // MAP_STRIDE, input_wh[0] // MAP_STRIDE


class Candidates(NamedTuple):
    """The best cells of each frame as objects, best first; the tensors that an export returns."""

    xyxy: Tensor
    """`(B, N, 4)`, input pixels."""
    score: Tensor
    """`(B, N)`, range [0, 1]."""
    class_id: Tensor
    """`(B, N)`, int64."""
    embedding: Tensor
    """`(B, N, D)`, unit norm."""
    action_feature: Tensor
    """`(B, N, F)`."""


class JointNetwork(nn.Module):
    """Detection, identity and action in one causal network.

    `forward` takes any number of frames at once; `step` is the same call with one. Carry the state and the
    outputs are the same either way.
    """

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        widths, depths, channels = SIZES[config.size]
        self.config = config
        self.backbone = Backbone(widths=widths, depths=depths)
        self.fusion = TopDownFusion(in_channels=widths[2:], channels=channels)
        self.temporal = TemporalEncoder(channels=channels, dilations=config.temporal_dilations)
        self.heads = Heads(
            channels=channels,
            stride=MAP_STRIDE,
            num_classes=len(config.class_names),
            embedding_dim=config.embedding_dim,
            action_dim=config.action_dim,
            num_actions=max(1, len(config.action_ids)),
        )
        self.track_action = TrackActionHead(
            action_dim=config.action_dim,
            num_actions=max(1, len(config.action_ids)),
            memory_frames=config.memory_frames,
        )

    @property
    def receptive_field_frames(self) -> int:
        """Number R of frames that an output depends on, its own included."""
        return self.temporal.receptive_field_frames

    def initial_state(
        self, num_streams: int = 1, *, input_wh: tuple[int, int] | None = None
    ) -> TemporalState:
        """Return the state before the first frame of `num_streams` streams.

        Args:
            num_streams: Streams or clips side by side.
            input_wh: Size of their frames in pixels; None for the configured size.
        """
        parameter = next(self.parameters())
        return self.temporal.initial_state(num_streams, cells_hw(input_wh or self.config.input_wh), parameter)

    def forward(self, pixels_BTHW3: Tensor, state: TemporalState) -> tuple[HeadOutput, TemporalState]:
        """Return the dense outputs of B*T frames, clip by clip, and the state after the last.

        Args:
            pixels_BTHW3: uint8 `(B, T, H, W, 3)`, RGB, of the configured input size.
            state: State after the frame before.
        """
        num_streams, num_frames = pixels_BTHW3.shape[:2]
        fused = self.fused(pixels_BTHW3.flatten(0, 1))
        encoded, state = self.temporal(torch.unflatten(fused, 0, (num_streams, num_frames)), state)
        return self.heads(fused, encoded.flatten(0, 1)), state

    def fused(self, pixels_BHW3: Tensor) -> Tensor:
        """Return the map `(B, C, H, W)` of each frame alone, from uint8 `(B, H, W, 3)`."""
        # (B, 3, H, W) that still lies in memory channel by channel: what the CPU kernels like best.
        x = pixels_BHW3.permute(0, 3, 1, 2)
        x = x.to(next(self.parameters()).dtype).sub_(PIXEL_MEAN).div_(PIXEL_SCALE)
        fused: Tensor = self.fusion(self.backbone(x))
        return fused

    def detect(
        self, pixels_BTHW3: Tensor, state: TemporalState, max_detections: int
    ) -> tuple[Candidates, TemporalState]:
        """Return the best `max_detections` objects of each of the B*T frames, and the state after them."""
        output, state = self(pixels_BTHW3, state)
        return candidates(self.heads, output, max_detections), state

    def step(
        self, pixels_BHW3: Tensor, state: TemporalState, max_detections: int
    ) -> tuple[Candidates, TemporalState]:
        """Return the objects of one frame of each of B streams, and the state after it."""
        return self.detect(pixels_BHW3[:, None], state, max_detections)

    def at_size(self, input_wh: tuple[int, int]) -> JointNetwork:
        """Return a network for frames of another size that shares these parameters."""
        network = copy.copy(self)
        network.config = replace(self.config, input_wh=input_wh)
        return network

    def for_inference(self) -> JointNetwork:
        """Return a frozen copy without training branches, batch norm folded in, same outputs to rounding."""
        network = copy.deepcopy(self).eval()
        network.heads.drop_training_branches()
        with torch.no_grad():
            fold(network)
        return network.to(memory_format=torch.channels_last).requires_grad_(False)  # type: ignore[call-overload,no-any-return]


def cell_centres(map_hw: tuple[int, int], device: torch.device | None = None) -> Tensor:
    """Return the centre x, y of every cell, row by row, `(H*W, 2)`, in input pixels."""
    y, x = torch.meshgrid(
        torch.arange(map_hw[0], device=device), torch.arange(map_hw[1], device=device), indexing="ij"
    )
    return (torch.stack([x, y], -1).flatten(0, 1) + 0.5) * MAP_STRIDE


def boxes_of_cells(detection: DetectionMap) -> Tensor:
    """Return the `xyxy` box of every cell, `(B, H*W, 4)`, in input pixels."""
    distance = detection.log_distance.exp().flatten(2).transpose(1, 2) * MAP_STRIDE
    centre = cell_centres((detection.log_distance.shape[2], detection.log_distance.shape[3]), distance.device)
    return torch.cat([centre - distance[..., :2], centre + distance[..., 2:]], -1)


class ChosenCells(NamedTuple):
    """The cells of each frame that stand for objects, best first."""

    cell: Tensor
    """`(B, N)`, int64: number of the cell, row by row."""
    score: Tensor
    """`(B, N)`, range [0, 1]."""
    class_id: Tensor
    """`(B, N)`, int64."""


def choose_cells(detection: DetectionMap, max_detections: int) -> ChosenCells:
    """Return the best cells of each frame.

    The one-to-one branch has learnt to fire once; where it is unsure and fires twice, the worse of two boxes
    that overlap scores less.
    """
    score, class_id = detection.score_logit.sigmoid().flatten(2).max(1)  # (B, H*W)
    num_cells = score.shape[1]
    score, cell = score.topk(min(max(max_detections, COMPARED_CELLS), num_cells))
    class_id = class_id.gather(1, cell)
    score = lowered_by_overlap(score, vectors_at(boxes_of_cells(detection), cell), class_id)
    score, order = score.topk(min(max_detections, num_cells))
    return ChosenCells(cell=cell.gather(1, order), score=score, class_id=class_id.gather(1, order))


def vectors_at(values_BNC: Tensor, cell_BK: Tensor) -> Tensor:
    """Return the vectors `(B, K, C)` of some cells of each frame."""
    return values_BNC.gather(1, cell_BK[..., None].expand(-1, -1, values_BNC.shape[-1]))


def candidates(heads: Heads, output: HeadOutput, max_detections: int) -> Candidates:
    """Return the best cells of each frame as objects, see `choose_cells`."""
    chosen = choose_cells(output.one_to_one, max_detections)
    xyxy = vectors_at(boxes_of_cells(output.one_to_one), chosen.cell)
    return Candidates(
        xyxy=xyxy,
        score=chosen.score,
        class_id=chosen.class_id,
        embedding=heads.embedding(output.identity, xyxy),
        action_feature=heads.action_feature(output.action, output.scene, xyxy),
    )
