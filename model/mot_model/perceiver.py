"""The network behind the `Perceiver` protocol, and the tracker with its action head behind `Identifier`."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np
import torch
from torch import nn

from mot_model.engine import perceive_one_by_one
from mot_model.letterbox import Letterbox
from mot_model.network import Candidates, NetworkConfig
from mot_model.structures import Array, Detections, FrameBatch, Tracks
from mot_model.temporal_state import TemporalState, stacked, unstacked
from mot_model.track_memory import TrackActionHead, track_action_scores
from mot_model.tracker import Tracker, TrackerConfig, TrackerState


class StreamedNetwork(Protocol):
    """What finds objects frame by frame: the joint network, or several that act as one."""

    @property
    def config(self) -> NetworkConfig:
        """Its configuration."""
        ...

    @property
    def receptive_field_frames(self) -> int:
        """Number R of frames that an output depends on, its own included."""
        ...

    def parameters(self) -> Iterator[nn.Parameter]:
        """Return its parameters, all on one device."""
        ...

    def initial_state(self) -> TemporalState:
        """Return the state before the first frame of one stream."""
        ...

    def step(
        self, pixels_BHW3: torch.Tensor, state: TemporalState, max_detections: int
    ) -> tuple[Candidates, TemporalState]:
        """Return the objects of one frame of each of B streams, and the state after it."""
        ...


class NetworkPerceiver:
    """Runs the network over frames, one frame at a time.

    One frame at a time even when many are at hand: CPU kernels sum in another order for another batch size,
    and the last bit of a score can decide an id. So the result does not depend on how frames were grouped,
    at about 1.5 times the cost per frame of a batch of eight.

    Args:
        network: Result of `JointNetwork.for_inference`.
        score_floor: Candidates below this score are dropped, range [0, 1].
        max_detections: Most candidates of a frame.
        stack_streams: Whether `perceive_streams` computes all streams in one batch; default: on a GPU, where
            it pays most. On a CPU the last bits would then depend on who else is watching.
    """

    def __init__(
        self,
        network: StreamedNetwork,
        *,
        score_floor: float = 0.05,
        max_detections: int = 300,
        stack_streams: bool | None = None,
    ) -> None:
        self._network = network
        self._score_floor = score_floor
        self._max_detections = max_detections
        self._device = next(network.parameters()).device
        self._stack_streams = self._device.type == "cuda" if stack_streams is None else stack_streams

    @property
    def config(self) -> NetworkConfig:
        """The network's configuration."""
        return self._network.config

    @property
    def input_wh(self) -> tuple[int, int]:
        """Size of the network's input in pixels."""
        return self.config.input_wh

    @property
    def receptive_field_frames(self) -> int:
        """Number of frames that an output depends on, its own included."""
        return self._network.receptive_field_frames

    def initial_state(self) -> TemporalState:
        """Return the state before the first frame of one stream."""
        return self._network.initial_state()

    @torch.inference_mode()
    def perceive(
        self, state: TemporalState, frames: FrameBatch, letterbox: Letterbox
    ) -> tuple[TemporalState, list[Detections]]:
        """Return the state after `frames` and the detections of each, in source pixels."""
        state = state.to(self._device)  # a snapshot comes back on the CPU
        result = []
        for index, time_s, pixels in zip(
            frames.frame_index, frames.time_s, letterbox.pad(frames.pixels), strict=True
        ):
            found, state = self._network.step(
                torch.from_numpy(pixels)[None].to(self._device), state, self._max_detections
            )
            result.append(self._detections(int(index), float(time_s), first_of(found), letterbox))
        return state, result

    @torch.inference_mode()
    def perceive_streams(
        self, states: Sequence[TemporalState], frames: Sequence[FrameBatch], letterboxes: Sequence[Letterbox]
    ) -> list[tuple[TemporalState, Detections]]:
        """Return the next state and the detections of one frame of each of several streams."""
        if not self._stack_streams or len(states) == 1:
            return perceive_one_by_one(self, states, frames, letterboxes)
        streams = list(zip(states, frames, letterboxes, strict=True))
        pixels = np.concatenate([letterbox.pad(one.pixels) for _, one, letterbox in streams])
        before = stacked([state.to(self._device) for state in states])
        found, after = self._network.step(
            torch.from_numpy(pixels).to(self._device), before, self._max_detections
        )
        each = [Candidates._make(values) for values in zip(*found, strict=True)]
        return [
            (state, self._detections(int(one.frame_index[0]), float(one.time_s[0]), own, letterbox))
            for state, own, (_, one, letterbox) in zip(unstacked(after), each, streams, strict=True)
        ]

    def _detections(
        self, frame_index: int, time_s: float, found: Candidates, letterbox: Letterbox
    ) -> Detections:
        """Return the candidates `(N, ...)` of one frame that are above the floor, in source pixels."""
        score = found.score.float().cpu().numpy()
        num = int((score >= self._score_floor).sum())  # candidates come best first

        def kept(values: torch.Tensor) -> Array:
            return np.ascontiguousarray(values[:num].cpu().numpy())

        return Detections(
            frame_index=frame_index,
            time_s=time_s,
            xyxy=letterbox.to_source(kept(found.xyxy.float())),
            score=np.ascontiguousarray(score[:num]),
            class_id=kept(found.class_id),
            embedding=kept(found.embedding.float()),
            action_feature=kept(found.action_feature.float()),
        )


def first_of(found: Candidates) -> Candidates:
    """Return the candidates of the first stream, without the batch dimension."""
    return Candidates._make(values[0] for values in found)


class TrackIdentifier:
    """Associates detections into tracks and reads each track's actions from its memory.

    Args:
        tracker: The association.
        action_head: Reads actions from the features that the tracker remembers; None without actions.
        num_actions: Columns of `Tracks.action_score`.
        newest_only: Whether actions are read from the newest feature alone, as if nothing was remembered.
    """

    def __init__(
        self,
        tracker: Tracker,
        action_head: TrackActionHead | None,
        num_actions: int,
        *,
        newest_only: bool = False,
    ) -> None:
        self._tracker = tracker
        self._newest_only = newest_only
        # A few vectors of a few tracks: on the CPU, where the tracker's arrays are.
        self._action_head = None if action_head is None else copy.deepcopy(action_head).cpu()
        self._num_actions = num_actions if action_head is not None else 0

    @property
    def config(self) -> TrackerConfig:
        """The settings of association."""
        return self._tracker.config

    def without_memory(self) -> TrackIdentifier:
        """Return one that gives the same tracks, but reads their actions from the present frame alone."""
        return TrackIdentifier(self._tracker, self._action_head, self._num_actions, newest_only=True)

    def initial_state(self) -> TrackerState:
        """Return the state before the first frame."""
        return self._tracker.initial_state()

    def step(self, state: TrackerState, detections: Detections) -> tuple[TrackerState, Tracks]:
        """Return the state after this frame and the tracks to report, with their actions."""
        state, tracks, slot = self._tracker.step(state, detections)
        return state, replace(tracks, action_score=self._action_scores(state, slot))

    @torch.inference_mode()
    def _action_scores(self, state: TrackerState, slot: Array) -> Array:
        if self._action_head is None or len(slot) == 0 or state.memory.shape[2] == 0:
            return np.zeros((len(slot), self._num_actions), np.float32)
        memory = torch.from_numpy(state.memory[slot])
        valid = torch.from_numpy(~np.isnan(state.memory_time_s[slot]))
        if self._newest_only:
            valid[:, :-1] = False
        scores: Array = track_action_scores(self._action_head, memory, valid).numpy()
        return scores
