"""The multi-task loss: detection twice (one-to-one, one-to-many), identity, action per frame and per track.

Each term is masked by what its source labels and comes back by name; learned uncertainties weigh the three
tasks against each other.
"""

# B clips, T frames, G objects, N cells, P positives, K classes, D embedding, F feature, A actions

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mot_model.assignment import Assignment, assign
from mot_model.clip import ClipBatch
from mot_model.heads import DetectionMap, HeadOutput
from mot_model.iou import elementwise_iou
from mot_model.network import MAP_STRIDE, JointNetwork, boxes_of_cells, cell_centres
from mot_model.track_memory import TrackActionHead, causal_windows

ONE_TO_MANY_CELLS = 9
NEGATIVE_WEIGHT = 0.75
FOCUS = 2.0
CONTRAST_TEMPERATURE = 0.1
BOX_WEIGHT = 4.0
DISTANCE_WEIGHT = 2.0
READING_MIN_OVERLAP = 0.5
"""A box that overlaps its object less is not yet one to read identity and action in."""
Task = Literal["detection", "identity", "action"]
TASKS: dict[Task, tuple[str, ...]] = {
    "detection": ("score", "box", "distance", "score_many", "box_many", "distance_many"),
    "identity": ("identity",),
    "action": ("action_frame", "action_track"),
}


FIRST_LOG_VARIANCE: dict[Task, float] = {"detection": 2.5, "identity": 1.0, "action": 2.0}
"""Where the tasks balance early in training; found from elsewhere, that would take a thousand steps."""
PRIORITY: dict[Task, float] = {"detection": 4.0, "identity": 1.0, "action": 2.0}
"""Share of a task once balanced. Who is not found has neither identity nor action, and with equal shares
people are found a thousand steps later."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LossConfig:
    """What a network is trained for.

    Raises:
        ValueError: on no task or an unknown one.
    """

    tasks: tuple[Task, ...] = ("detection", "identity", "action")
    """Tasks to learn; one alone makes a separate network of the same size."""
    one_to_many: bool = True
    """Whether an auxiliary branch that answers with several cells per object teaches detection too."""

    def __post_init__(self) -> None:
        if not self.tasks or not set(self.tasks) <= set(TASKS):
            raise ValueError(f"loss.tasks must be some of {', '.join(TASKS)}, got {self.tasks}")


class MultiTaskLoss(nn.Module):
    """Weighs the tasks by learned log-variances.

    Args:
        config: The tasks.

    Source: Kendall et al., "Multi-task learning using uncertainty to weigh losses" (2018), as in FairMOT.
    """

    def __init__(self, config: LossConfig | None = None) -> None:
        super().__init__()
        self.config = config or LossConfig()
        self.log_variance = nn.ParameterDict(
            {task: nn.Parameter(torch.tensor(value)) for task, value in FIRST_LOG_VARIANCE.items()}
        )

    def forward(
        self, network: JointNetwork, output: HeadOutput, clips: ClipBatch
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the total to minimise and every term of its tasks by name, all scalars.

        Args:
            network: Gives the track memory head.
            output: Dense outputs of the B*T frames of `clips`, clip by clip.
            clips: The labels.
        """
        terms = loss_terms(network, output, clips, self.config)
        total = nothing(*(parameter for parameter in network.parameters() if parameter.requires_grad))
        for task, names in TASKS.items():
            raw = torch.stack([terms.get(name, total.new_zeros(())) for name in names]).sum()
            log_variance = self.log_variance[task] * (task in self.config.tasks)
            total = total + PRIORITY[task] * (torch.exp(-log_variance) * raw + 0.5 * log_variance)
        return total, terms


def loss_terms(
    network: JointNetwork, output: HeadOutput, clips: ClipBatch, config: LossConfig
) -> dict[str, Tensor]:
    """Return every unweighted term of the tasks by name."""
    terms: dict[str, Tensor] = {}
    learns_boxes = "detection" in config.tasks
    one = assign_branch(output.one_to_one, clips, 1, by_output=learns_boxes)
    if learns_boxes:
        terms |= detection_terms(output.one_to_one, one, clips)
        if config.one_to_many and output.one_to_many is not None:
            many = assign_branch(output.one_to_many, clips, ONE_TO_MANY_CELLS)
            auxiliary = detection_terms(output.one_to_many, many, clips)
            terms |= {f"{name}_many": term for name, term in auxiliary.items()}
    xyxy_BG4 = reading_boxes(output.one_to_one, one, clips, by_output=learns_boxes)
    if "identity" in config.tasks:
        embedding_BGD = network.heads.embedding(output.identity, xyxy_BG4)
        terms["identity"] = identity_loss(embedding_BGD[one.frame, one.target], one, clips)
    if "action" in config.tasks:
        feature_BGF = network.heads.action_feature(output.action, output.scene, xyxy_BG4)
        if network.heads.action_logit is not None:
            logit_BGA = network.heads.action_logit(feature_BGF)
            terms["action_frame"] = action_frame_loss(logit_BGA[one.frame, one.target], one, clips)
        terms["action_track"] = action_track_loss(network.track_action, feature_BGF, one, clips)
    return terms


def reading_boxes(
    detection: DetectionMap, positives: Assignment, clips: ClipBatch, *, by_output: bool
) -> Tensor:
    """Return the box `(B*T, G, 4)` in which each object is read.

    It is the one that the network found, as in inference, where that is about right, and the labelled one
    elsewhere: while boxes are still being learnt, or are not learnt at all.
    """
    box_BG4 = clips.xyxy.flatten(0, 1).to(detection.log_distance.dtype)
    if not by_output:
        return box_BG4
    found_P4 = boxes_of_cells(detection).detach()[positives.frame, positives.cell]
    target_P4 = box_BG4[positives.frame, positives.target]
    is_right = elementwise_iou(found_P4, target_P4) >= READING_MIN_OVERLAP
    chosen_P4 = torch.where(is_right[:, None], found_P4, target_P4)
    return box_BG4.index_put((positives.frame, positives.target), chosen_P4)


def assign_branch(
    detection: DetectionMap, clips: ClipBatch, cells_per_object: int, *, by_output: bool = True
) -> Assignment:
    """Return the positive cells of one detection branch.

    Args:
        detection: The branch.
        clips: The labels.
        cells_per_object: Cells that answer for an object.
        by_output: Whether scores and boxes of the branch have a say; else the nearest cells answer.
    """
    score_BNK = detection.score_logit.sigmoid().flatten(2).transpose(1, 2)
    return assign(
        score_BNK=score_BNK if by_output else torch.ones_like(score_BNK),
        box_BN4=boxes_of_cells(detection) if by_output else None,
        centre_N2=cell_centres(map_hw(detection.score_logit), clips.pixels.device),
        target_BG4=clips.xyxy.flatten(0, 1),
        class_BG=clips.class_id.flatten(0, 1),
        present_BG=(clips.present & ~clips.ignored).flatten(0, 1),
        cells_per_object=cells_per_object,
    )


def map_hw(dense_BCHW: Tensor) -> tuple[int, int]:
    """Return height and width of a dense output in cells."""
    return dense_BCHW.shape[2], dense_BCHW.shape[3]


def at_cells(dense_BCHW: Tensor, positives: Assignment) -> Tensor:
    """Return the vectors `(P, C)` of the positive cells."""
    return dense_BCHW.flatten(2)[positives.frame, :, positives.cell]


def nothing(*outputs: Tensor) -> Tensor:
    """Return a zero that still depends on `outputs`: every rank must send every gradient (DDP)."""
    return torch.stack([output.sum() * 0.0 for output in outputs]).sum()


def detection_terms(detection: DetectionMap, positives: Assignment, clips: ClipBatch) -> dict[str, Tensor]:
    """Return score, box overlap and side-distance losses of one branch."""
    terms = {"score": score_loss(detection.score_logit, positives, clips)}
    if len(positives.cell) == 0:
        zero = detection.log_distance.new_zeros(())
        return terms | {"box": zero, "distance": zero}
    target_P4 = clips.xyxy.flatten(0, 1)[positives.frame, positives.target]
    centre_P2 = cell_centres(map_hw(detection.score_logit), target_P4.device)[positives.cell]
    sides_P4 = torch.cat([centre_P2 - target_P4[:, :2], target_P4[:, 2:] - centre_P2], 1) / MAP_STRIDE
    log_distance_P4 = at_cells(detection.log_distance, positives)
    distance_P4 = log_distance_P4.exp() * MAP_STRIDE
    box_P4 = torch.cat([centre_P2 - distance_P4[:, :2], centre_P2 + distance_P4[:, 2:]], 1)
    known = sides_P4 > 0  # a side that lies behind the cell has no logarithm
    log_error_P4 = F.smooth_l1_loss(
        log_distance_P4, sides_P4.clamp(min=1e-3).log(), reduction="none", beta=0.1
    )
    return terms | {
        "box": BOX_WEIGHT * generalised_iou_loss(box_P4, target_P4).mean(),
        "distance": DISTANCE_WEIGHT * (log_error_P4 * known).mean(),
    }


def score_loss(logit_BKHW: Tensor, positives: Assignment, clips: ClipBatch) -> Tensor:
    """Return the varifocal loss (Zhang et al., 2021) per object, less its least possible value.

    Frames without complete boxes and cells of ignored regions do not count as background.
    """
    logit_BNK = logit_BKHW.flatten(2).transpose(1, 2)
    target_BNK = torch.zeros_like(logit_BNK)
    class_id = clips.class_id.flatten(0, 1)[positives.frame, positives.target]
    quality = positives.quality.clamp(min=0.1)
    target_BNK[positives.frame, positives.cell, class_id] = quality
    weight_BNK = (
        NEGATIVE_WEIGHT * logit_BNK.detach().sigmoid() ** FOCUS * background(clips, map_hw(logit_BKHW))
    )
    weight_BNK = torch.where(target_BNK > 0, target_BNK, weight_BNK)
    loss = F.binary_cross_entropy_with_logits(logit_BNK, target_BNK, weight_BNK, reduction="sum")
    least = (quality * binary_entropy(quality)).sum()
    return (loss - least) / quality.sum().clamp(min=1.0)


def binary_entropy(share: Tensor) -> Tensor:
    """Return the entropy of events with these probabilities in nats: the least cross-entropy they allow."""
    return F.binary_cross_entropy(share, share, reduction="none")


def background(clips: ClipBatch, map_size: tuple[int, int]) -> Tensor:
    """Return which cells `(B*T, N, K)` are background unless an object claims them, as float."""
    centre_N2 = cell_centres(map_size, clips.pixels.device)
    box_BG4 = clips.xyxy.flatten(0, 1)[:, :, None]
    covered = ((centre_N2 > box_BG4[..., :2]) & (centre_N2 < box_BG4[..., 2:])).all(-1)  # (B*T, G, N)
    ignored = clips.ignored.flatten(0, 1)[..., None]
    free = ~(covered & ignored).any(1)
    return (free[..., None] & clips.has_boxes.flatten(0, 1)[:, None]).float()


def generalised_iou_loss(box_P4: Tensor, target_P4: Tensor) -> Tensor:
    """Return 1 - GIoU `(P,)` (Rezatofighi et al., 2019)."""
    hull = torch.maximum(box_P4[:, 2:], target_P4[:, 2:]) - torch.minimum(box_P4[:, :2], target_P4[:, :2])
    hull_area = hull.prod(1).clamp(min=1e-6)
    areas = (box_P4[:, 2:] - box_P4[:, :2]).prod(1) + (target_P4[:, 2:] - target_P4[:, :2]).prod(1)
    iou = elementwise_iou(box_P4, target_P4)
    union = areas / (1 + iou)  # areas = union + shared, shared = iou * union
    return 1 - iou + (hull_area - union) / hull_area


def identity_loss(embedding_PD: Tensor, positives: Assignment, clips: ClipBatch) -> Tensor:
    """Return a contrastive loss over the ids of the batch: each sighting against each other of the same id.

    It needs no list of all identities: other frames of the same id are positives, all others in the clip and
    in the other clips of the batch are negatives, the more alike the heavier. A positive competes with
    negatives only, never with other positives, so that a perfect embedding costs nothing.

    Source: the decoupled contrastive loss (Yeh et al., 2022) with labels as in Khosla et al. (2020).
    """
    track_id = clips.track_id.flatten(0, 1)[positives.frame, positives.target]
    known = track_id >= 0
    embedding, track_id = embedding_PD[known], track_id[known]
    same = (track_id[:, None] == track_id[None]).fill_diagonal_(False)
    anchors = same.any(1)
    if not anchors.any():
        return embedding_PD.new_zeros(())
    similarity = embedding @ embedding.T / CONTRAST_TEMPERATURE
    other = track_id[:, None] != track_id[None]
    rivals = similarity.masked_fill(~other, -1e4).logsumexp(1, keepdim=True)
    loss = F.softplus(rivals - similarity)
    return ((loss * same).sum(1)[anchors] / same.sum(1)[anchors]).mean()


def action_loss(logit_PA: Tensor, label_PA: Tensor, known_PA: Tensor) -> Tensor:
    """Return binary cross-entropy summed over the labelled actions, mean over rows."""
    loss_PA = F.binary_cross_entropy_with_logits(logit_PA, label_PA, reduction="none")
    return (loss_PA * known_PA).sum(1).mean()


def action_frame_loss(logit_PA: Tensor, positives: Assignment, clips: ClipBatch) -> Tensor:
    """Return the loss of actions read from single frames."""
    known = clips.has_action.flatten(0, 1)[positives.frame, positives.target]
    counted = known.any(1)
    if not counted.any():
        return logit_PA.new_zeros(())
    label = clips.action.flatten(0, 1)[positives.frame, positives.target]
    return action_loss(logit_PA[counted], label[counted], known[counted])


def action_track_loss(
    head: TrackActionHead, feature_BGF: Tensor, positives: Assignment, clips: ClipBatch
) -> Tensor:
    """Return the loss of actions read from track memory, at every frame in which a track is seen.

    A slot of the clip is a track where its source has identities; elsewhere each frame stands alone.
    """
    num_clips, num_frames, num_slots = clips.present.shape
    if num_slots == 0 or clips.action.shape[-1] == 0:
        return feature_BGF.new_zeros(())
    seen = torch.zeros(num_clips * num_frames, num_slots, dtype=torch.bool, device=feature_BGF.device)
    seen[positives.frame, positives.target] = True

    def by_track(values: Tensor) -> Tensor:
        """Bring `(B*T, G, ...)` to `(B*G, T, ...)`."""
        by_clip = values.reshape(num_clips, num_frames, *values.shape[1:])
        return by_clip.transpose(1, 2).flatten(0, 1)

    memory, valid = causal_windows(by_track(feature_BGF), by_track(seen), head.memory_frames)  # (M, T, K, F)
    has_identity = by_track((clips.track_id >= 0).flatten(0, 1))
    newest = torch.arange(head.memory_frames, device=valid.device) == head.memory_frames - 1
    valid = valid & (has_identity[..., None] | newest)
    known = by_track(clips.has_action.flatten(0, 1))
    counted = by_track(seen) & known.any(-1)
    if not counted.any():
        return feature_BGF.new_zeros(())
    label = by_track(clips.action.flatten(0, 1))
    return action_loss(head(memory[counted], valid[counted]), label[counted], known[counted])
