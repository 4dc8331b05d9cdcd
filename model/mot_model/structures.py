"""The data types that flow through the project, frozen and validated when built.

Boxes are `xyxy` float32 pixels of the displayed source frame (rotation and pixel aspect applied), origin
top-left. Frames are 0-based in presentation order. Time is seconds, from the presentation timestamp.
"""

# N detections in a frame, R rows, T frames, H W pixels, D embedding, F action feature, A actions

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]


def _require(name: str, array: Array | None, dtype: type, *shape: int | None) -> None:
    """Raise unless `array` has `dtype` and `shape`, where None matches any length."""
    if array is None or (array.dtype == dtype and array.shape == shape):
        return
    same_shape = array.ndim == len(shape) and all(
        want in (None, got) for want, got in zip(shape, array.shape, strict=True)
    )
    if array.dtype != dtype or not same_shape:
        wanted = tuple("_" if n is None else n for n in shape)
        raise ValueError(
            f"{name} must be {np.dtype(dtype)} of shape {wanted}, "
            f"but got {array.dtype} of shape {array.shape}"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoSegment:
    """A run of frames `[start_frame, stop_frame)` of one video, and where to begin decoding for it.

    Raises:
        ValueError: if the range is empty or negative, or reaches back before the first frame.
    """

    video: str
    """Name of the video: its posix path below the folder it was found in."""
    uri: str
    """Where to open it: a path or an fsspec URL."""
    start_frame: int
    """First frame whose output counts."""
    stop_frame: int
    """One past the last frame."""
    warmup_frames: int
    """Frames before `start_frame` that are run only to fill the temporal state."""
    start_pts: int | None
    """Presentation timestamp of the first frame to decode (warm-up included), None: from the beginning."""
    stop_pts: int | None
    """Presentation timestamp of the first frame not to decode, None: to the end."""
    time_base: Fraction
    """Seconds per unit of pts."""

    def __post_init__(self) -> None:
        if not 0 <= self.start_frame < self.stop_frame:
            raise ValueError(
                f"{self.video}: segment [{self.start_frame}, {self.stop_frame}) is empty or negative"
            )
        if not 0 <= self.warmup_frames <= self.start_frame:
            raise ValueError(
                f"{self.video}: {self.warmup_frames} warm-up frames before frame {self.start_frame}"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameBatch:
    """Consecutive decoded frames of one video. The only type that carries source pixels.

    Raises:
        ValueError: if an array has another dtype or shape than stated.
    """

    video: str
    frame_index: Array
    """int64 `(T,)`, 0-based in presentation order."""
    time_s: Array
    """float64 `(T,)`, presentation time in seconds."""
    pixels: Array
    """uint8 `(T, H, W, 3)`, RGB, already at the size asked of the decoder."""

    def __post_init__(self) -> None:
        num_frames = len(self.frame_index)
        _require("frame_index", self.frame_index, np.int64, num_frames)
        _require("time_s", self.time_s, np.float64, num_frames)
        _require("pixels", self.pixels, np.uint8, num_frames, None, None, 3)

    def __len__(self) -> int:
        return len(self.frame_index)

    def __getitem__(self, keep: Array) -> FrameBatch:
        """Return the frames that the mask or index array `keep` selects, in its order."""
        return FrameBatch(
            video=self.video,
            frame_index=self.frame_index[keep],
            time_s=self.time_s[keep],
            pixels=self.pixels[keep],
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Detections:
    """What the network (or a detector file) says of one frame, before identity.

    Raises:
        ValueError: if an array has another dtype or shape than stated.
    """

    frame_index: int
    time_s: float
    xyxy: Array
    """float32 `(N, 4)`, source pixels."""
    score: Array
    """float32 `(N,)`, range [0, 1]."""
    class_id: Array
    """int64 `(N,)`."""
    embedding: Array | None = None
    """float32 `(N, D)`, unit norm, or None where the source has no appearance."""
    action_feature: Array | None = None
    """float32 `(N, F)`, input of the track memory, or None."""
    camera_motion: Array | None = None
    """float32 `(2, 3)`, affine that maps pixels of the frame before to this one, or None if unknown."""

    def __post_init__(self) -> None:
        num = len(self.score)
        _require("xyxy", self.xyxy, np.float32, num, 4)
        _require("score", self.score, np.float32, num)
        _require("class_id", self.class_id, np.int64, num)
        _require("embedding", self.embedding, np.float32, num, None)
        _require("action_feature", self.action_feature, np.float32, num, None)
        _require("camera_motion", self.camera_motion, np.float32, 2, 3)

    def __len__(self) -> int:
        return len(self.score)

    def __getitem__(self, keep: Array) -> Detections:
        """Return the detections that the mask or index array `keep` selects, in its order."""
        return Detections(
            frame_index=self.frame_index,
            time_s=self.time_s,
            xyxy=self.xyxy[keep],
            score=self.score[keep],
            class_id=self.class_id[keep],
            embedding=None if self.embedding is None else self.embedding[keep],
            action_feature=None if self.action_feature is None else self.action_feature[keep],
            camera_motion=self.camera_motion,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Tracks:
    """Tracked boxes as columns, one row per box per frame; the rows of a Parquet file.

    Raises:
        ValueError: if an array has another dtype or shape than stated.
    """

    frame_index: Array
    """int32 `(R,)`."""
    time_s: Array
    """float64 `(R,)`."""
    track_id: Array
    """int32 `(R,)`, from 1, unique in a frame."""
    class_id: Array
    """int16 `(R,)`."""
    xyxy: Array
    """float32 `(R, 4)`, source pixels."""
    score: Array
    """float32 `(R,)`, range [0, 1]."""
    action_score: Array
    """float32 `(R, A)`, range [0, 1], one column per action of the model's vocabulary; A is 0 without one."""

    def __post_init__(self) -> None:
        num = len(self.frame_index)
        _require("frame_index", self.frame_index, np.int32, num)
        _require("time_s", self.time_s, np.float64, num)
        _require("track_id", self.track_id, np.int32, num)
        _require("class_id", self.class_id, np.int16, num)
        _require("xyxy", self.xyxy, np.float32, num, 4)
        _require("score", self.score, np.float32, num)
        _require("action_score", self.action_score, np.float32, num, None)

    def __len__(self) -> int:
        return len(self.frame_index)

    def __getitem__(self, keep: Array | slice) -> Tracks:
        """Return the rows that the mask, index array or slice `keep` selects, in its order."""
        return Tracks(
            frame_index=self.frame_index[keep],
            time_s=self.time_s[keep],
            track_id=self.track_id[keep],
            class_id=self.class_id[keep],
            xyxy=self.xyxy[keep],
            score=self.score[keep],
            action_score=self.action_score[keep],
        )

    @classmethod
    def empty(cls, num_actions: int = 0) -> Tracks:
        """Return zero rows with `num_actions` action columns."""
        return cls(
            frame_index=np.zeros(0, np.int32),
            time_s=np.zeros(0, np.float64),
            track_id=np.zeros(0, np.int32),
            class_id=np.zeros(0, np.int16),
            xyxy=np.zeros((0, 4), np.float32),
            score=np.zeros(0, np.float32),
            action_score=np.zeros((0, num_actions), np.float32),
        )

    @classmethod
    def concatenate(cls, parts: list[Tracks], num_actions: int = 0) -> Tracks:
        """Return all rows of `parts` in order; with no part, zero rows with `num_actions` columns."""
        if not parts:
            return cls.empty(num_actions)
        return cls(
            frame_index=np.concatenate([p.frame_index for p in parts]),
            time_s=np.concatenate([p.time_s for p in parts]),
            track_id=np.concatenate([p.track_id for p in parts]),
            class_id=np.concatenate([p.class_id for p in parts]),
            xyxy=np.concatenate([p.xyxy for p in parts]),
            score=np.concatenate([p.score for p in parts]),
            action_score=np.concatenate([p.action_score for p in parts]),
        )
