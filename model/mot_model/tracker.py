"""Detections of one frame in, tracks of that frame and the next state out.

The tracker holds only its settings; all memory is in the state that the caller carries, so one tracker may
serve any number of streams. It is online: what it says of a frame depends on this frame and those before.
"""

# M tracks, N detections, R rows, K memory frames, D embedding, F action feature

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from mot_model.association import match_tracks
from mot_model.camera_shift import camera_shift
from mot_model.kalman import (
    POSITION,
    begin_motion,
    centre_to_xyxy,
    predict_motion,
    warp_motion,
    xyxy_to_centre,
)
from mot_model.overlap import covered_share
from mot_model.structures import Array, Detections, Tracks
from mot_model.track_rows import MAX_COORDINATE_PX, Sightings, rows_to_report, seen_again, sound_rows
from mot_model.tracker_config import TrackerConfig
from mot_model.tracker_state import TrackerState

__all__ = ["Tracker", "TrackerConfig", "TrackerState", "compile_tracker"]

MIN_STEP_S = 1e-3
"""Time that passes at least between two frames, whatever their timestamps say."""
STEADY_HITS = 3
"""Detections that a track needs before it may speak for the motion of the camera."""
MAX_CAMERA_ZOOM = 2.0
"""Zoom between two frames beyond which the camera motion is taken for garbage."""


class Tracker:
    """Links detections of a stream into tracks with ids from 1 that are never reused.

    Detections that cannot be used are dropped: those with a number that is not finite, an empty box, or a
    score below `min_score`. The reported box is the detection's own, not a smoothed one.

    Examples:
        >>> tracker = Tracker()
        >>> detections = Detections(
        ...     frame_index=0,
        ...     time_s=0.0,
        ...     xyxy=np.array([[10, 20, 40, 100]], np.float32),
        ...     score=np.array([0.9], np.float32),
        ...     class_id=np.array([0]),
        ... )
        >>> state, tracks, slot = tracker.step(tracker.initial_state(), detections)
        >>> tracks.track_id, state.next_track_id
        (array([1], dtype=int32), 2)
    """

    def __init__(self, config: TrackerConfig | None = None) -> None:
        self.config = config or TrackerConfig()

    def initial_state(self) -> TrackerState:
        """Return the state before the first frame."""
        return TrackerState.empty(self.config.memory_frames)

    def step(self, state: TrackerState, detections: Detections) -> tuple[TrackerState, Tracks, Array]:
        """Return the state after this frame, its tracks, and the slot of each row.

        Args:
            state: State after the frame before; not changed.
            detections: What was detected in this frame. If time does not advance, it counts as 1 ms later.

        Returns:
            The new state; the rows of this frame by ascending id, with no action columns; int64 `(R,)`, the
            index of each row's track in the arrays of the new state.

        Raises:
            ValueError: if the embeddings or action features changed their length in mid-stream.
        """
        usable = _usable(detections, self.config.min_score)
        ahead = self._predict(_with_features(state, usable), usable)
        slot = match_tracks(ahead, usable, step_s=ahead.clock_s - state.clock_s, config=self.config)
        updated = self._update(ahead, usable, slot)
        born = (slot < 0) & (usable.score >= self.config.birth_score)
        slot[born] = len(updated) + np.arange(born.sum())
        grown = self._begin(updated, usable, born)
        return self._report(grown, usable, slot)

    def _predict(self, state: TrackerState, detections: Detections) -> TrackerState:
        """Return the state moved to the time of the detections: the camera first, then the objects."""
        step_s = 0.0 if math.isnan(state.time_s) else max(detections.time_s - state.time_s, MIN_STEP_S)
        motion, last_xyxy = state.motion, state.last_xyxy
        if detections.camera_motion is not None and _is_plausible(detections.camera_motion):
            camera_motion = detections.camera_motion.astype(np.float64)
            motion = warp_motion(motion, camera_motion)
            last_xyxy = _warp_boxes(last_xyxy, camera_motion)
        if step_s > 0:
            was_seen = state.last_seen_s >= state.clock_s
            # Boxes shrink before they are hidden: what is lost keeps the size that it had.
            motion = predict_motion(motion, step_s, self.config.motion, keeps_size=~was_seen)
            if detections.camera_motion is None and self.config.camera_from_boxes:
                may_vote = was_seen & (state.num_hits >= STEADY_HITS)
                is_sure = detections.score >= self.config.high_score
                shift = camera_shift(motion, may_vote, detections.xyxy.astype(np.float64, order="C"), is_sure)
                motion[:, POSITION, :2] += shift[:2]
                last_xyxy = last_xyxy + shift
        return replace(
            state,
            num_frames=state.num_frames + 1,
            clock_s=state.clock_s + step_s,
            time_s=detections.time_s,
            motion=motion,
            last_xyxy=last_xyxy,
        )

    def _update(self, state: TrackerState, detections: Detections, slot: Array) -> TrackerState:
        """Return the state with every matched track corrected by its detection."""
        seen = seen_again(
            Sightings(state.motion, state.last_xyxy, state.last_seen_s, state.num_hits, state.score),
            slot,
            detections.xyxy.astype(np.float64, order="C"),
            detections.score.astype(np.float64),
            state.clock_s,
            self.config.motion.measurement,
        )
        return replace(self._remember(state, detections, slot), **seen._asdict())

    def _remember(self, state: TrackerState, detections: Detections, slot: Array) -> TrackerState:
        """Return the state with embeddings and action features of the matched tracks brought up to date."""
        if detections.embedding is None and detections.action_feature is None:
            return state
        columns = np.flatnonzero(slot >= 0)
        rows = slot[columns]
        embedding, memory, memory_time_s = state.embedding, state.memory, state.memory_time_s
        if detections.embedding is not None:
            fresh = self._blended(embedding[rows], detections, columns)
            embedding = _replaced(embedding, rows, fresh)
        if detections.action_feature is not None:
            newest = detections.action_feature[columns][:, None]
            memory = _replaced(memory, rows, np.concatenate([memory[rows, 1:], newest], axis=1))
            times = np.full((len(rows), 1), state.clock_s)
            memory_time_s = _replaced(
                memory_time_s, rows, np.concatenate([memory_time_s[rows, 1:], times], axis=1)
            )
        return replace(state, embedding=embedding, memory=memory, memory_time_s=memory_time_s)

    def _blended(self, old: Array, detections: Detections, columns: Array) -> Array:
        """Return embeddings `(K, D)` moved towards those detected, except where another box covers them.

        Source: the running mean is that of JDE (Wang et al. 2020, arXiv:1909.12605); FC-Track holds the
        appearance of boxes in overlap.
        """
        if detections.embedding is None:
            return old
        new = detections.embedding[columns].astype(np.float64)
        covered = covered_share(detections.xyxy.astype(np.float64))[columns]
        known = old.any(axis=1)
        keep = np.where(known, self.config.embedding_keep, 0.0)
        keep = np.where(known & (covered > self.config.embedding_max_covered), 1.0, keep)[:, None]
        return _unit(keep * old + (1 - keep) * new)

    def _begin(self, state: TrackerState, detections: Detections, born: Array) -> TrackerState:
        """Return the state with a new track for each detection in the mask `born` `(N,)`, in their order."""
        num = int(born.sum())
        if not num:
            return state
        new = detections[born]
        boxes = new.xyxy.astype(np.float64)
        num_frames, length = state.memory.shape[1:]
        memory = np.zeros((num, num_frames, length), np.float32)
        memory_time_s = np.full((num, num_frames), np.nan)
        if new.action_feature is not None:
            memory[:, -1] = new.action_feature
            memory_time_s[:, -1] = state.clock_s
        embedding = np.zeros((num, state.embedding.shape[1]))
        if new.embedding is not None:
            embedding = _unit(new.embedding.astype(np.float64))
        # Whoever is there when the stream begins is not held back: there was no frame before to be seen in.
        num_hits = self.config.min_hits if state.num_frames == 1 else 1
        return state.extended(
            track_id=state.next_track_id + np.arange(num),
            class_id=new.class_id,
            motion=begin_motion(xyxy_to_centre(boxes), self.config.motion),
            last_xyxy=boxes,
            last_seen_s=np.full(num, state.clock_s),
            num_hits=np.full(num, num_hits),
            score=new.score.astype(np.float64),
            embedding=embedding,
            memory=memory,
            memory_time_s=memory_time_s,
        )

    def _report(
        self, state: TrackerState, detections: Detections, slot: Array
    ) -> tuple[TrackerState, Tracks, Array]:
        """Return the state without the tracks that ended, the rows to report and their slots in it."""
        confirmed = state.num_hits >= self.config.min_hits
        gap_s = state.clock_s - state.last_seen_s
        alive = (gap_s <= 0) | (confirmed & (gap_s <= self._max_gap_s(state)))
        rows, columns = rows_to_report(slot, state.num_hits, self.config.min_hits)
        num = len(rows)
        tracks = Tracks(
            frame_index=np.full(num, detections.frame_index, np.int32),
            time_s=np.full(num, detections.time_s, np.float64),
            track_id=state.track_id[rows].astype(np.int32),
            class_id=detections.class_id[columns].astype(np.int16),
            xyxy=detections.xyxy[columns],
            score=detections.score[columns],
            action_score=np.zeros((num, 0), np.float32),
        )
        if alive.all():
            return state, tracks, rows
        return state.kept(alive), tracks, (np.cumsum(alive) - 1)[rows]

    def _max_gap_s(self, state: TrackerState) -> Array | float:
        """Return the time after which each track is dropped: later where its embedding can bring it back."""
        if not state.embedding.shape[1]:
            return self.config.max_gap_s
        longest_s = max(self.config.reidentify_gap_s, self.config.max_gap_s)
        return np.where(state.embedding.any(axis=1), longest_s, self.config.max_gap_s)


def compile_tracker() -> None:
    """Compile all that `Tracker.step` runs, or load it from disk, so that no frame of a live stream waits.

    It takes ten to twenty seconds on a machine that has not done it before, afterwards less than one.
    """
    tracker = Tracker()
    state = tracker.initial_state()
    for frame_index in range(2):
        detections = Detections(
            frame_index=frame_index,
            time_s=float(frame_index),
            xyxy=np.array([[0, 0, 10, 20]], np.float32),
            score=np.ones(1, np.float32),
            class_id=np.zeros(1, np.int64),
            embedding=np.ones((1, 1), np.float32),
        )
        state, _, _ = tracker.step(state, detections)


def _usable(detections: Detections, min_score: float) -> Detections:
    """Return the detections with finite numbers, a box with an area, and a score of `min_score` or more."""
    # Copies have one dtype and layout, whatever came in, so that nothing is compiled twice.
    keep = sound_rows(
        detections.xyxy.astype(np.float64, order="C"), detections.score.astype(np.float64), min_score
    )
    for feature in (detections.embedding, detections.action_feature):
        if feature is not None:
            keep &= np.isfinite(feature).all(axis=1)
    return detections if keep.all() else detections[keep]


def _with_features(state: TrackerState, detections: Detections) -> TrackerState:
    """Return the state with room for embeddings and action features as long as those of the detections."""
    embedding = _with_length(state.embedding, detections.embedding, "embedding")
    memory = _with_length(state.memory, detections.action_feature, "action_feature")
    if embedding is state.embedding and memory is state.memory:
        return state
    return replace(state, embedding=embedding, memory=memory)


def _with_length(kept: Array, new: Array | None, name: str) -> Array:
    """Return `kept` `(..., L)`, its last axis made as long as that of `new` `(N, L)` if it was empty."""
    if new is None or new.shape[1] == kept.shape[-1]:
        return kept
    if kept.shape[-1]:
        raise ValueError(
            f"{name} had length {kept.shape[-1]} and now has {new.shape[1]}: "
            "start from a new state for another model"
        )
    return np.zeros((*kept.shape[:-1], new.shape[1]), kept.dtype)


def _is_plausible(camera_motion: Array) -> bool:
    """Return whether an affine `(2, 3)` can be the motion of a camera between two frames."""
    if not (np.abs(camera_motion) < MAX_COORDINATE_PX).all():
        return False
    zoom = float(np.linalg.det(camera_motion[:, :2].astype(np.float64)))
    return MAX_CAMERA_ZOOM**-2 < zoom < MAX_CAMERA_ZOOM**2


def _warp_boxes(xyxy: Array, camera_motion: Array) -> Array:
    """Return boxes `(M, 4)` after the camera moved: centres by the affine, sizes by its zoom."""
    centre = np.zeros((len(xyxy), 5, 4))
    centre[:, 0] = xyxy_to_centre(xyxy)
    return centre_to_xyxy(warp_motion(centre, camera_motion)[:, 0])


def _replaced(array: Array, rows: Array, values: Array | float) -> Array:
    """Return a copy of `array` with `values` in `rows`."""
    copy = array.copy()
    copy[rows] = values
    return copy


def _unit(embedding: Array) -> Array:
    """Return rows `(K, D)` scaled to unit norm; a row of zeros stays."""
    norm = np.linalg.norm(embedding, axis=1, keepdims=True)
    scaled: Array = np.divide(embedding, norm, out=np.zeros_like(embedding), where=norm > 0)
    return scaled
