"""Streams that any tracker must follow, for the adapters of all libraries."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from mot_model.structures import Detections
from mot_platform.benchmarking.contestants import Contestant

PAN_PX = 45.0


def walkers(num_frames: int = 12, pan_px: float = 0.0) -> list[Detections]:
    """Return two persons who walk apart, seen by a camera that jumps by `pan_px` every other frame."""
    frames = []
    for index in range(num_frames):
        shift_px = pan_px * (index // 2)
        left_px = np.array([400.0 - 2 * index, 800.0 + 2 * index]) + shift_px
        motion = np.eye(2, 3, dtype=np.float32)
        motion[0, 2] = pan_px if index and index % 2 == 0 else 0
        frames.append(
            Detections(
                frame_index=index,
                time_s=index / 30,
                xyxy=np.stack([left_px, [300, 320], left_px + 40, [420, 430]], axis=1).astype(np.float32),
                score=np.array([0.95, 0.9], np.float32),
                class_id=np.ones(2, np.int64),
                camera_motion=motion,
            )
        )
    return frames


def outputs(
    contestant: Contestant, frames: list[Detections], *, camera_motion: bool
) -> list[dict[int, float]]:
    """Return for each frame where each id is, by its left side."""
    tracker = contestant.begin(camera_motion)
    seen = []
    for detections in frames:
        xyxy, track_id = tracker.read(tracker.update(tracker.prepare(detections)))
        assert xyxy.shape == (len(track_id), 4)
        seen.append(dict(zip(track_id.tolist(), xyxy[:, 0].tolist(), strict=True)))
    return seen


@pytest.fixture
def follow_walkers() -> Callable[[Contestant], None]:
    """Return what asserts that a contestant follows two persons, and takes an empty frame."""

    def follow(contestant: Contestant) -> None:
        frames = walkers()
        nobody = [frames[-1][np.zeros(2, bool)]]
        seen = outputs(contestant, frames + nobody, camera_motion=False)[:-1]
        assert len({track_id for frame in seen for track_id in frame}) == 2
        np.testing.assert_allclose(sorted(seen[-1].values()), sorted(frames[-1].xyxy[:, 0].tolist()), atol=4)

    return follow


@pytest.fixture
def follow_camera() -> Callable[[Contestant], None]:
    """Return what asserts that a contestant keeps identities under a jumping camera, when told of it."""

    def follow(contestant: Contestant) -> None:
        frames = walkers(pan_px=PAN_PX)
        told = outputs(contestant, frames, camera_motion=True)
        assert len({track_id for frame in told for track_id in frame}) == 2
        still = [replace(frame, camera_motion=None) for frame in frames]
        untold = outputs(contestant, still, camera_motion=True)
        assert untold != told
        assert untold == outputs(contestant, frames, camera_motion=False)

    return follow
