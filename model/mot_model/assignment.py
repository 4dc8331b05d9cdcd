"""Which cells of the map answer for which labelled object.

One rule serves both branches: a cell is good for an object when it lies near the object's centre, scores its
class high and draws its box well. The one-to-many branch takes the best few cells, the one-to-one branch the
single best.
"""

# B frames, N cells, G objects, K classes

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from mot_model.iou import elementwise_iou
from mot_model.network import MAP_STRIDE

CENTRE_RADIUS_CELLS = 2.5
"""Cells farther from the centre than this never answer for an object."""
SCORE_POWER = 0.5
IOU_POWER = 2.0
CENTRE_SPREAD_CELLS = 1.0
"""Width of the centre prior: what decides while scores and boxes are still random."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """The positive cells of a batch of frames, P in all."""

    frame: Tensor
    """int64 `(P,)`: frame in the batch."""
    cell: Tensor
    """int64 `(P,)`: cell of the map."""
    target: Tensor
    """int64 `(P,)`: object slot."""
    quality: Tensor
    """float32 `(P,)`, range [0, 1]: the score that the cell should give."""


@torch.no_grad()
def assign(
    *,
    score_BNK: Tensor,
    box_BN4: Tensor | None,
    centre_N2: Tensor,
    target_BG4: Tensor,
    class_BG: Tensor,
    present_BG: Tensor,
    cells_per_object: int,
) -> Assignment:
    """Return the positive cells.

    Args:
        score_BNK: Scores in range [0, 1].
        box_BN4: Predicted `xyxy`; None where boxes have no say.
        centre_N2: Centres of the cells.
        target_BG4: Labelled `xyxy`; the part inside the image decides the centre.
        class_BG: Labelled classes.
        present_BG: Which slots hold an object.
        cells_per_object: 1 for the one-to-one branch.

    Source: task-aligned assignment (TOOD, Feng et al., 2021) used twice as in YOLOv10 (Wang et al., 2024),
    with a Gaussian centre prior so that the first steps already agree with the last ones.
    """
    limit = centre_N2.amax(0) + MAP_STRIDE / 2
    visible_BG4 = torch.minimum(target_BG4.clamp(min=0), limit.repeat(2))
    middle_BG2 = (visible_BG4[..., :2] + visible_BG4[..., 2:]) / 2
    offset_BGN2 = (centre_N2 - middle_BG2[:, :, None]).abs() / MAP_STRIDE
    distance_BGN = offset_BGN2.square().sum(-1)
    # A small object may contain no cell centre: the cell that its middle lies in always counts.
    near_BGN = (distance_BGN < CENTRE_RADIUS_CELLS**2) & (
        inside(centre_N2, target_BG4) | (offset_BGN2.amax(-1) <= 0.5)
    )
    near_BGN &= present_BG[:, :, None]
    if box_BN4 is None:
        iou_BGN = near_BGN.float()
    else:
        iou_BGN = elementwise_iou(box_BN4[:, None], target_BG4[:, :, None])
    index = class_BG[:, None].expand(-1, score_BNK.shape[1], -1)
    score_BGN = score_BNK.gather(2, index).transpose(1, 2)
    prior_BGN = torch.exp(-distance_BGN / (2 * CENTRE_SPREAD_CELLS**2))
    alignment_BGN = (score_BGN**SCORE_POWER * iou_BGN**IOU_POWER + 1e-6) * prior_BGN * near_BGN
    return select(alignment_BGN, cells_per_object)


def inside(centre_N2: Tensor, box_BG4: Tensor) -> Tensor:
    """Return which cell centres lie in which boxes, `(B, G, N)`."""
    after = (centre_N2 > box_BG4[:, :, None, :2]).all(-1)
    before = (centre_N2 < box_BG4[:, :, None, 2:]).all(-1)
    return after & before


def select(alignment_BGN: Tensor, cells_per_object: int) -> Assignment:
    """Return the best cells of each object; a cell wanted by several goes to the one it suits best."""
    num_best = min(cells_per_object, alignment_BGN.shape[2])
    if alignment_BGN.shape[1] == 0:
        empty = torch.zeros(0, dtype=torch.long, device=alignment_BGN.device)
        return Assignment(empty, empty, empty, alignment_BGN.new_zeros(0))
    best, cell = alignment_BGN.topk(num_best, dim=2)
    chosen_BGN = torch.zeros_like(alignment_BGN).scatter(2, cell, best)
    owner_BN = chosen_BGN.argmax(1, keepdim=True)
    kept_BGN = torch.zeros_like(chosen_BGN).scatter(1, owner_BN, chosen_BGN.gather(1, owner_BN))
    frame, target, cell = kept_BGN.nonzero(as_tuple=True)
    # The best cell of an object shall score 1, the others in proportion. (TOOD multiplies by the best IoU;
    # here a score says that somebody is there, and its box has a loss of its own.)
    quality = kept_BGN[frame, target, cell] / kept_BGN.amax(2)[frame, target].clamp(min=1e-9)
    return Assignment(frame, cell, target, quality)
