"""A small, exact engine for tests: what it sees in a frame depends on the last four, so a wrong seam shows.

Its perceiver also notes every frame that it puts out, for tests of what was done twice.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from mot_model.engine import Engine
from mot_model.structures import Detections, Tracks
from mot_model.temporal_state import TemporalState

RECEPTIVE_FIELD_FRAMES = 4


@dataclass(frozen=True)
class FakePerceiver:
    """Boxes from the mean colours of the last four frames."""

    pause_s: float = 0.0
    log: Path | None = None
    die_once: Path | None = None
    input_wh: tuple[int, int] = (64, 64)
    receptive_field_frames: int = RECEPTIVE_FIELD_FRAMES

    def initial_state(self):
        return TemporalState(
            {"means": torch.full((RECEPTIVE_FIELD_FRAMES - 1, 3), -1.0, dtype=torch.float64)}
        )

    def perceive(self, state, frames, letterbox):
        past = state.buffers["means"].numpy()
        found = []
        for index, time_s, pixels in zip(frames.frame_index, frames.time_s, frames.pixels, strict=True):
            window = np.concatenate([past, pixels.reshape(1, -1, 3).mean(axis=1, dtype=np.float64)])
            found.append(self._detections(int(index), float(time_s), window, letterbox))
            past = window[1:]
            time.sleep(self.pause_s)
        if self.log is not None:
            with self.log.open("a") as file:
                file.write("".join(f"{frames.video} {i}\n" for i in frames.frame_index))
        if self.die_once is not None and frames.frame_index[-1] > 8 and not self.die_once.exists():
            self.die_once.write_text(str(os.getpid()))
            os.kill(os.getpid(), 9)
        return TemporalState({"means": torch.from_numpy(past)}), found

    def _detections(self, index, time_s, window, letterbox):
        hue = int(window.sum() * 8)
        num = hue % 3 if letterbox.source_wh[0] > 40 else 0  # videos this narrow hold nothing
        left = (hue % 11 + np.arange(num) * 20).astype(np.float32)
        return Detections(
            frame_index=index,
            time_s=time_s,
            xyxy=np.stack([left, left, left + 15, left + 20], axis=1).reshape(-1, 4).astype(np.float32),
            score=np.full(num, 0.5 + (hue % 5) / 10, np.float32),
            class_id=np.arange(num, dtype=np.int64) % 2,
            action_feature=np.full((num, 2), np.float32(window.mean() / 255), np.float32),
            camera_motion=np.eye(2, 3, dtype=np.float32) if index else None,
        )


@dataclass(frozen=True)
class FakeState:
    next_track_id: int = 1
    last: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))  # left, id


@dataclass(frozen=True)
class FakeIdentifier:
    """A box keeps the id of the nearest box of the frame before, if that lies within `reach_px`."""

    reach_px: float = 3.0
    fail: bool = False

    def initial_state(self):
        return FakeState()

    def step(self, state, detections):
        if self.fail:
            raise ZeroDivisionError("no identity today")
        next_id, ids, left_over = state.next_track_id, [], {int(i): left for left, i in state.last}
        for left in detections.xyxy[:, 0]:
            near = min(left_over, key=lambda i: abs(left_over[i] - left), default=None)
            if near is not None and abs(left_over[near] - left) <= self.reach_px:
                left_over.pop(near)
            else:
                near, next_id = next_id, next_id + 1
            ids.append(near)
        num = len(detections)
        tracks = Tracks(
            frame_index=np.full(num, detections.frame_index, np.int32),
            time_s=np.full(num, detections.time_s),
            track_id=np.array(ids, np.int32),
            class_id=detections.class_id.astype(np.int16),
            xyxy=detections.xyxy,
            score=detections.score,
            action_score=np.ascontiguousarray(detections.action_feature.reshape(num, 2)),
        )
        last = np.stack([detections.xyxy[:, 0], np.array(ids)], axis=1) if num else np.zeros((0, 2))
        return FakeState(next_id, last), tracks


@dataclass(frozen=True)
class FakeEngineFactory:
    """Makes the engine; what differs between tests is in the fields."""

    pause_s: float = 0.0
    log: Path | None = None
    die_once: Path | None = None
    reach_px: float = 3.0
    fail: bool = False

    def __call__(self):
        return Engine(
            perceiver=FakePerceiver(pause_s=self.pause_s, log=self.log, die_once=self.die_once),
            identifier=FakeIdentifier(self.reach_px, self.fail),
            class_names=("person", "ball"),
            action_ids=(12, 14),
            action_names=("stand", "walk"),
        )
