"""The multi-task loss: detection twice (one-to-one, one-to-many), identity, action per frame and per track.

Each term is masked by what its source labels and comes back by name; learned uncertainties weigh the three
tasks against each other.
"""

# B clips, T frames, G objects, N cells, P positives, K classes, D embedding, F feature, A actions

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from mot_model.assignment import Assignment, assign, overlap
from mot_model.clip import ClipBatch
from mot_model.heads import DetectionMap, HeadOutput
from mot_model.network import MAP_STRIDE, JointNetwork, boxes_of_cells, cell_centres
from mot_model.track_memory import causal_windows

ONE_TO_MANY_CELLS = 9
NEGATIVE_WEIGHT = 0.75
FOCUS = 2.0
CONTRAST_TEMPERATURE = 0.1
BOX_WEIGHT = 4.0
DISTANCE_WEIGHT = 2.0
TASKS = {
    "detection": ("score", "box", "distance", "score_many", "box_many", "distance_many"),
    "identity": ("identity",),
    "action": ("action_frame", "action_track"),
}


class MultiTaskLoss(nn.Module):
    """Weighs the tasks by learned log-variances.

    Source: Kendall et al., "Multi-task learning using uncertainty to weigh losses" (2018), as in FairMOT.
    """

    def __init__(self) -> None:
        super().__init__()
        self.log_variance = nn.ParameterDict({task: nn.Parameter(torch.zeros(())) for task in TASKS})

    def forward(
        self, network: JointNetwork, output: HeadOutput, clips: ClipBatch
    ) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the total to minimise and every term by name, all scalars.

        Args:
            network: Gives the track memory head.
            output: Dense outputs of the B*T frames of `clips`, clip by clip.
            clips: The labels.
        """
        terms = loss_terms(network, output, clips)
        total = torch.zeros((), device=clips.pixels.device)
        for task, names in TASKS.items():
            raw = torch.stack([terms[name] for name in names if name in terms]).sum()
            log_variance = self.log_variance[task]
            total = total + torch.exp(-log_variance) * raw + 0.5 * log_variance
        return total, terms


def loss_terms(network: JointNetwork, output: HeadOutput, clips: ClipBatch) -> dict[str, Tensor]:
    """Return every unweighted term by name."""
    one = assign_branch(output.one_to_one, clips, 1)
    terms = detection_terms(output.one_to_one, one, clips)
    if output.one_to_many is not None:
        many = assign_branch(output.one_to_many, clips, ONE_TO_MANY_CELLS)
        terms |= {
            f"{name}_many": term for name, term in detection_terms(output.one_to_many, many, clips).items()
        }
        if output.action_logit is not None:
            terms["action_frame"] = action_frame_loss(output.action_logit, many, clips)
    terms["identity"] = identity_loss(output.embedding, one, clips)
    terms["action_track"] = action_track_loss(network, output.action_feature, one, clips)
    return terms


def assign_branch(detection: DetectionMap, clips: ClipBatch, cells_per_object: int) -> Assignment:
    """Return the positive cells of one detection branch."""
    return assign(
        score_BNK=detection.score_logit.sigmoid().flatten(2).transpose(1, 2),
        box_BN4=boxes_of_cells(detection),
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
        zero = nothing(detection.log_distance)
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
    """Return the varifocal loss (Zhang et al., 2021) per object.

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
    return loss / quality.sum().clamp(min=1.0)


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
    iou = overlap(box_P4, target_P4)
    union = areas / (1 + iou)  # areas = union + shared, shared = iou * union
    return 1 - iou + (hull_area - union) / hull_area


def identity_loss(embedding_BDHW: Tensor, positives: Assignment, clips: ClipBatch) -> Tensor:
    """Return the supervised contrastive loss over the ids of the batch (Khosla et al., 2020).

    It needs no list of all identities: objects of other clips are negatives, other frames of the same id are
    positives.
    """
    track_id = clips.track_id.flatten(0, 1)[positives.frame, positives.target]
    known = track_id >= 0
    embedding = at_cells(embedding_BDHW, positives)[known]
    track_id = track_id[known]
    same = (track_id[:, None] == track_id[None]).fill_diagonal_(False)
    anchors = same.any(1)
    if not anchors.any():
        return nothing(embedding_BDHW)
    similarity = embedding @ embedding.T / CONTRAST_TEMPERATURE
    similarity = similarity.masked_fill(torch.eye(len(same), dtype=torch.bool, device=same.device), -1e4)
    log_share = similarity - similarity.logsumexp(1, keepdim=True)
    return -((log_share * same).sum(1)[anchors] / same.sum(1)[anchors]).mean()


def action_loss(logit_PA: Tensor, label_PA: Tensor, known_PA: Tensor) -> Tensor:
    """Return binary cross-entropy summed over the labelled actions, mean over rows."""
    loss_PA = F.binary_cross_entropy_with_logits(logit_PA, label_PA, reduction="none")
    return (loss_PA * known_PA).sum(1).mean()


def action_frame_loss(logit_BAHW: Tensor, positives: Assignment, clips: ClipBatch) -> Tensor:
    """Return the loss of actions read from single cells."""
    known = clips.has_action.flatten(0, 1)[positives.frame, positives.target]
    counted = known.any(1)
    if not counted.any():
        return nothing(logit_BAHW)
    label = clips.action.flatten(0, 1)[positives.frame, positives.target]
    return action_loss(at_cells(logit_BAHW, positives)[counted], label[counted], known[counted])


def action_track_loss(
    network: JointNetwork, feature_BFHW: Tensor, positives: Assignment, clips: ClipBatch
) -> Tensor:
    """Return the loss of actions read from track memory, at every frame in which a track is seen.

    A slot of the clip is a track where its source has identities; elsewhere each frame stands alone.
    """
    num_clips, num_frames, num_slots = clips.present.shape
    head = network.track_action
    if num_slots == 0 or clips.action.shape[-1] == 0:
        return nothing(feature_BFHW, *head.parameters())
    feature = feature_BFHW.new_zeros(num_clips * num_frames, num_slots, feature_BFHW.shape[1])
    feature = feature.index_put((positives.frame, positives.target), at_cells(feature_BFHW, positives))
    seen = torch.zeros(num_clips * num_frames, num_slots, dtype=torch.bool, device=feature.device)
    seen[positives.frame, positives.target] = True

    def by_track(values: Tensor) -> Tensor:
        """Bring `(B*T, G, ...)` to `(B*G, T, ...)`."""
        by_clip = values.reshape(num_clips, num_frames, *values.shape[1:])
        return by_clip.transpose(1, 2).flatten(0, 1)

    memory, valid = causal_windows(by_track(feature), by_track(seen), head.memory_frames)  # (M, T, K, F)
    has_identity = by_track((clips.track_id >= 0).flatten(0, 1))
    newest = torch.arange(head.memory_frames, device=valid.device) == head.memory_frames - 1
    valid = valid & (has_identity[..., None] | newest)
    known = by_track(clips.has_action.flatten(0, 1))
    counted = by_track(seen) & known.any(-1)
    if not counted.any():
        return nothing(feature_BFHW, *head.parameters())
    label = by_track(clips.action.flatten(0, 1))
    return action_loss(head(memory[counted], valid[counted]), label[counted], known[counted])
