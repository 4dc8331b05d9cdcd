"""Identity for a peer's detections, as the other half of our engine: a tracker of others, or none at all."""

# N detections of a frame, A actions

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mot_model.structures import Array, Detections, Tracks
from mot_model.tracker_config import TrackerConfig
from mot_model.tracker_state import TrackerState
from mot_platform.benchmarking.contestants import Contestant, StepTracker


class ContestantIdentifier:
    """A tracker of a benchmark as the identity half of an engine, for one stream after the other.

    The tracker keeps its own state: what is handed in and out only counts frames.

    Args:
        contestant: Whose tracker.
        score_floor: Detections below are not shown to it.
    """

    def __init__(self, contestant: Contestant, *, score_floor: float) -> None:
        self._contestant = contestant
        self._score_floor = score_floor
        self._tracker: StepTracker = contestant.begin(False)

    @property
    def config(self) -> TrackerConfig:
        """Return settings that nothing here reads: the tracker has its own."""
        return TrackerConfig()

    def without_memory(self) -> ContestantIdentifier:
        """Return itself: it remembers no actions."""
        return self

    def initial_state(self) -> TrackerState:
        """Begin a new stream."""
        self._tracker = self._contestant.begin(False)
        return TrackerState.empty(0)

    def step(self, state: TrackerState, detections: Detections) -> tuple[TrackerState, Tracks]:
        """Return the tracks of the next frame, of one class, without actions."""
        sure = detections[detections.score >= self._score_floor]
        xyxy, track_id = self._tracker.read(self._tracker.update(self._tracker.prepare(sure)))
        # Some libraries count from 0.
        tracks = rows(detections, xyxy, track_id + 1, np.ones(len(track_id)), np.zeros((len(track_id), 0)))
        return replace(state, num_frames=state.num_frames + 1), tracks


@dataclass(frozen=True, kw_only=True, slots=True)
class NamelessIdentifier:
    """Every detection of every frame an object of its own: for a model that says nothing of identity.

    Its `action_feature` is the score of each action.
    """

    @property
    def config(self) -> TrackerConfig:
        """Return settings that nothing here reads: nothing is associated."""
        return TrackerConfig()

    def without_memory(self) -> NamelessIdentifier:
        """Return itself: it remembers no actions."""
        return self

    def initial_state(self) -> TrackerState:
        """Return the state before the first frame."""
        return TrackerState.empty(0)

    def step(self, state: TrackerState, detections: Detections) -> tuple[TrackerState, Tracks]:
        """Return the detections as tracks of one frame, with their actions."""
        action_score = detections.action_feature
        if action_score is None:
            action_score = np.zeros((len(detections), 0), np.float32)
        after = state.next_track_id + len(detections)
        track_id = np.arange(state.next_track_id, after)
        tracks = rows(detections, detections.xyxy, track_id, detections.score, action_score)
        return replace(state, next_track_id=after, num_frames=state.num_frames + 1), tracks


def rows(detections: Detections, xyxy: Array, track_id: Array, score: Array, action_score: Array) -> Tracks:
    """Return columns of one frame, that of `detections`, as tracks of the first class."""
    num = len(track_id)
    return Tracks(
        frame_index=np.full(num, detections.frame_index, np.int32),
        time_s=np.full(num, detections.time_s),
        track_id=track_id.astype(np.int32),
        class_id=np.zeros(num, np.int16),
        xyxy=xyxy.astype(np.float32),
        score=score.astype(np.float32),
        action_score=action_score.astype(np.float32),
    )
