"""The one engine behind `track`, `label` and `serve`: perception of frames, then identity over boxes.

The two halves are separate because they scale differently. Perception is nearly all the cost and parallel
over segments of a video; identity is cheap and serial. Whoever holds the two states holds the stream.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from mot_model.letterbox import Letterbox
from mot_model.structures import Detections, FrameBatch, Tracks
from mot_model.temporal_state import TemporalState
from mot_model.tracker_config import TrackerConfig
from mot_model.tracker_state import TrackerState


class Perceiver(Protocol):
    """Frames in, detections out; all memory is in the state that the caller carries."""

    @property
    def input_wh(self) -> tuple[int, int]:
        """Size of the network's input in pixels."""
        ...

    @property
    def receptive_field_frames(self) -> int:
        """Number R of frames that an output depends on, its own included."""
        ...

    def initial_state(self) -> TemporalState:
        """Return the state before the first frame."""
        ...

    def perceive(
        self, state: TemporalState, frames: FrameBatch, letterbox: Letterbox
    ) -> tuple[TemporalState, list[Detections]]:
        """Return the state after `frames` and one `Detections` per frame, in source pixels.

        Args:
            state: State after the frame before; not changed.
            frames: Consecutive frames at `letterbox.content_wh`.
            letterbox: How the source lies in the network's input.
        """
        ...

    def perceive_streams(
        self, states: Sequence[TemporalState], frames: Sequence[FrameBatch], letterboxes: Sequence[Letterbox]
    ) -> list[tuple[TemporalState, Detections]]:
        """Return the next state and the detections of one frame of each of several streams.

        Args:
            states: State of each stream; not changed.
            frames: One frame of each stream, see `perceive`.
            letterboxes: How each source lies in the network's input.
        """
        ...


def perceive_one_by_one(
    perceiver: Perceiver,
    states: Sequence[TemporalState],
    frames: Sequence[FrameBatch],
    letterboxes: Sequence[Letterbox],
) -> list[tuple[TemporalState, Detections]]:
    """Return what `Perceiver.perceive_streams` promises, one stream after the other."""
    alone = [perceiver.perceive(*stream) for stream in zip(states, frames, letterboxes, strict=True)]
    return [(state, detections[0]) for state, detections in alone]


class Identifier(Protocol):
    """Detections in, tracks with ids and actions out, in frame order."""

    @property
    def config(self) -> TrackerConfig:
        """The settings of association."""
        ...

    def without_memory(self) -> Identifier:
        """Return one that gives the same tracks, but reads their actions from the present frame alone."""
        ...

    def initial_state(self) -> TrackerState:
        """Return the state before the first frame."""
        ...

    def step(self, state: TrackerState, detections: Detections) -> tuple[TrackerState, Tracks]:
        """Return the state after this frame and the tracks to report for it."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamFrame:
    """One frame of one stream with the states before it."""

    temporal: TemporalState
    tracker: TrackerState
    batch: FrameBatch
    """One frame, see `Perceiver.perceive`."""
    letterbox: Letterbox


@dataclass(frozen=True, kw_only=True, slots=True)
class Engine:
    """A model ready to run: both halves and the words for what they say."""

    perceiver: Perceiver
    identifier: Identifier
    class_names: tuple[str, ...]
    """Name of each `class_id`, from 0."""
    action_ids: tuple[int, ...]
    """AVA id of each column of `Tracks.action_score`."""
    action_names: tuple[str, ...]
    """Name of each column of `Tracks.action_score`."""

    def run(
        self, batches: Iterable[FrameBatch], letterbox: Letterbox, *, start_frame: int = 0
    ) -> Iterator[tuple[Detections, Tracks]]:
        """Yield what is found in every frame of a video or stream, in order, holding the states meanwhile.

        Args:
            batches: The frames.
            letterbox: How they lie in the network's input.
            start_frame: Frames before it only fill the network's memory; they are not tracked or yielded.
        """
        temporal_state = self.perceiver.initial_state()
        tracker_state = self.identifier.initial_state()
        for batch in batches:
            temporal_state, per_frame = self.perceiver.perceive(temporal_state, batch, letterbox)
            for detections in per_frame:
                if detections.frame_index >= start_frame:
                    tracker_state, tracks = self.identifier.step(tracker_state, detections)
                    yield detections, tracks

    def step(self, frames: Sequence[StreamFrame]) -> list[tuple[TemporalState, TrackerState, Tracks]]:
        """Return the states after one frame of each of several streams, and what is tracked in it."""
        perceived = self.perceiver.perceive_streams(
            [frame.temporal for frame in frames],
            [frame.batch for frame in frames],
            [frame.letterbox for frame in frames],
        )
        return [
            (temporal, *self.identifier.step(frame.tracker, detections))
            for frame, (temporal, detections) in zip(frames, perceived, strict=True)
        ]
