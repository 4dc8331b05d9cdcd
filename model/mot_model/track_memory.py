"""Actions from a track's memory: what somebody does shows over time, not in one box.

A small attention over the last K action features of one track. It runs after association, on numbers that
the tracker remembers anyway, so identity and action help each other at almost no cost.
"""

# M tracks, T frames, K remembered features, F action feature, A actions

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class TrackActionHead(nn.Module):
    """Attention of a track's newest feature over its past ones, then a small classifier.

    Source: pooling along tracks as in "Action Detection under Large Motion" (Singh et al., 2023), with
    attention over a feature bank as in Long-Term Feature Banks (Wu et al., 2019).

    Args:
        action_dim: Length F of an action feature.
        num_actions: Actions A.
        memory_frames: Features K that a track remembers.
    """

    def __init__(self, *, action_dim: int, num_actions: int, memory_frames: int) -> None:
        super().__init__()
        self.memory_frames = memory_frames
        self.query = nn.Linear(action_dim, action_dim)
        self.key = nn.Linear(action_dim, action_dim)
        self.age_bias = nn.Parameter(torch.zeros(memory_frames))
        self.classify = nn.Sequential(
            nn.Linear(3 * action_dim, 2 * action_dim), nn.ReLU(), nn.Linear(2 * action_dim, num_actions)
        )

    def forward(self, memory_MKF: Tensor, valid_MK: Tensor) -> Tensor:
        """Return action logits `(M, A)`.

        Args:
            memory_MKF: Features of each track, newest last.
            valid_MK: False where the track has no feature yet; the newest must be valid.
        """
        newest_MF = memory_MKF[:, -1]
        similarity_MK = torch.einsum("mf,mkf->mk", self.query(newest_MF), self.key(memory_MKF))
        similarity_MK = similarity_MK * memory_MKF.shape[-1] ** -0.5 + self.age_bias
        attention_MK = similarity_MK.masked_fill(~valid_MK, float("-inf")).softmax(-1)
        attended_MF = torch.einsum("mk,mkf->mf", attention_MK, memory_MKF)
        weight_MK = valid_MK.to(memory_MKF.dtype)
        mean_MF = torch.einsum("mk,mkf->mf", weight_MK, memory_MKF) / weight_MK.sum(-1, keepdim=True)
        logits: Tensor = self.classify(torch.cat([newest_MF, attended_MF, newest_MF - mean_MF], -1))
        return logits


def causal_windows(feature_MTF: Tensor, present_MT: Tensor, memory_frames: int) -> tuple[Tensor, Tensor]:
    """Return what a tracker would remember at each frame of a clip.

    Args:
        feature_MTF: Feature of each track in each frame; any value where absent.
        present_MT: Where the track is seen.
        memory_frames: Features K remembered.

    Returns:
        The memories `(M, T, K, F)`, newest last and without holes, and their validity `(M, T, K)`. A frame in
        which the track is absent repeats nothing and counts nothing, as in the tracker.
    """
    num_tracks, num_frames, dim = feature_MTF.shape
    rank_MT = present_MT.long().cumsum(1)  # number of sightings up to each frame
    order = torch.arange(memory_frames, device=feature_MTF.device) - memory_frames + 1  # -K+1 .. 0
    wanted_MTK = rank_MT[:, :, None] + order  # the sighting that fills each slot, from 1
    # Frame in which sighting r happened: scatter frame numbers by rank, slot 0 takes the absent ones.
    frame_of_rank = torch.zeros(num_tracks, num_frames + 1, dtype=torch.long, device=feature_MTF.device)
    frames = torch.arange(num_frames, device=feature_MTF.device).expand(num_tracks, -1)
    frame_of_rank.scatter_(1, torch.where(present_MT, rank_MT, 0), frames)
    valid_MTK = wanted_MTK >= 1
    source = frame_of_rank.gather(1, wanted_MTK.clamp(min=0).flatten(1))  # (M, T * K)
    memory = feature_MTF.gather(1, source[..., None].expand(-1, -1, dim))
    memory_MTKF = memory.reshape(num_tracks, num_frames, memory_frames, dim)
    return memory_MTKF * valid_MTK[..., None], valid_MTK


def track_action_scores(head: TrackActionHead, memory_MKF: Tensor, valid_MK: Tensor) -> Tensor:
    """Return action scores `(M, A)` in range [0, 1]."""
    return F.sigmoid(head(memory_MKF, valid_MK))
