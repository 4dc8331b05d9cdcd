"""What the clip model learns from: the last frame of every clip, by losses and assignment as in YOWOv2."""

# B clips, N cells, G objects, P positive cells, A actions

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from mot_model.assignment import inside
from mot_model.clip import ClipBatch
from mot_model.iou import elementwise_iou
from mot_model.losses import generalised_iou_loss
from mot_platform.benchmarking.clip_action_network import ClipOutput

CENTRE_RADIUS_CELLS = 2.5
OVERLAP_COST = 3.0
FAR_COST = 1e5
MAX_CELLS_OF_OBJECT = 10
BOX_WEIGHT = 5.0


@dataclass(frozen=True, slots=True)
class KeyFrame:
    """The labels of the last frame of one clip."""

    xyxy: Tensor
    """`(G, 4)`, objects to find."""
    action: Tensor
    """`(G, A)`."""
    knows_action: Tensor
    """bool `(G, A)`."""
    ignored_xyxy: Tensor
    """`(I, 4)`, regions that are neither object nor background."""
    has_boxes: bool
    """Whether all objects are labelled."""


def key_frames(clips: ClipBatch) -> list[KeyFrame]:
    """Return the labels of the last frame of each clip."""
    frames = []
    for clip in range(len(clips.pixels)):
        present, ignored = clips.present[clip, -1], clips.ignored[clip, -1]
        wanted = present & ~ignored
        frames.append(
            KeyFrame(
                xyxy=clips.xyxy[clip, -1, wanted],
                action=clips.action[clip, -1, wanted],
                knows_action=clips.has_action[clip, -1, wanted],
                ignored_xyxy=clips.xyxy[clip, -1, present & ignored],
                has_boxes=bool(clips.has_boxes[clip, -1].all()),
            )
        )
    return frames


def clip_action_loss(output: ClipOutput, frames: list[KeyFrame]) -> Tensor:
    """Return the loss of a batch: confidence of all cells, boxes and actions of the positive ones."""
    num_positive, total = 0, output.confidence_logit.sum() * 0
    for clip, frame in enumerate(frames):
        logit, box = output.confidence_logit[clip], output.xyxy[clip]
        cell, target = simulated_assignment(
            logit, output.action_logit[clip], box, output.centre, output.stride, frame
        )
        wanted = torch.zeros_like(logit)
        wanted[cell] = 1.0
        counts = background(output.centre, frame) | (wanted > 0)
        confidence = F.binary_cross_entropy_with_logits(logit, wanted, reduction="none") * counts
        quality = elementwise_iou(box[cell], frame.xyxy[target]).detach()[:, None]
        action = F.binary_cross_entropy_with_logits(
            output.action_logit[clip, cell], frame.action[target] * quality, reduction="none"
        )
        boxes = generalised_iou_loss(box[cell], frame.xyxy[target])
        total = (
            total + confidence.sum() + (action * frame.knows_action[target]).sum() + BOX_WEIGHT * boxes.sum()
        )
        num_positive += len(cell)
    return total / max(1, num_positive)


def background(centre_N2: Tensor, frame: KeyFrame) -> Tensor:
    """Return which cells `(N,)` are known to be empty unless an object claims them."""
    if not frame.has_boxes:
        return torch.zeros(len(centre_N2), dtype=torch.bool, device=centre_N2.device)
    return ~inside(centre_N2, frame.ignored_xyxy[None])[0].any(0)


@torch.no_grad()
def simulated_assignment(
    confidence_logit_N: Tensor,
    action_logit_NA: Tensor,
    xyxy_N4: Tensor,
    centre_N2: Tensor,
    stride_N: Tensor,
    frame: KeyFrame,
) -> tuple[Tensor, Tensor]:
    """Return the cells that answer for an object, and for which, both int64 `(P,)`.

    An object gets as many cells as the overlaps of its best ten boxes sum up to, the cheapest ones, where
    cheap is who says its actions and draws its box.

    Source: SimOTA, Ge et al., "YOLOX" (2021), with several actions per object.
    """
    device = centre_N2.device
    if len(frame.xyxy) == 0:
        nothing = torch.zeros(0, dtype=torch.long, device=device)
        return nothing, nothing
    middle_G2 = (frame.xyxy[:, :2] + frame.xyxy[:, 2:]) / 2
    near_GN = ((centre_N2 - middle_G2[:, None]).abs().amax(-1) / stride_N) < CENTRE_RADIUS_CELLS
    inside_GN = inside(centre_N2, frame.xyxy[None])[0]
    iou_GN = elementwise_iou(xyxy_N4[None], frame.xyxy[:, None])
    score_NA = (confidence_logit_N.sigmoid()[:, None] * action_logit_NA.sigmoid()).sqrt()
    wrong_GNA = F.binary_cross_entropy(
        score_NA.expand(len(frame.xyxy), -1, -1),
        frame.action[:, None].expand(-1, len(centre_N2), -1),
        reduction="none",
    )
    cost_GN = (wrong_GNA * frame.knows_action[:, None]).sum(-1) - OVERLAP_COST * (iou_GN + 1e-8).log()
    cost_GN += FAR_COST * ~(near_GN & inside_GN) + FAR_COST**2 * ~(near_GN | inside_GN)
    num_best = min(MAX_CELLS_OF_OBJECT, len(centre_N2))
    iou_GN = iou_GN * (near_GN | inside_GN)
    num_cells_G = iou_GN.topk(num_best).values.sum(1).int().clamp(min=1)
    rank_GN = cost_GN.argsort(1).argsort(1)
    chosen_GN = rank_GN < num_cells_G[:, None]
    cost_GN = cost_GN.masked_fill(~chosen_GN, torch.inf)
    cell = chosen_GN.any(0).nonzero()[:, 0]
    return cell, cost_GN[:, cell].argmin(0)
