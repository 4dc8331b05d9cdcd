"""Writes one rendered video to a folder: the H.264 file, MOTChallenge ground truth and AVA rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from mot_model.structures import Array
from mot_platform.formats.ava import AvaRows, write_ava
from mot_platform.formats.motchallenge import MotRows, SequenceInfo, write_mot, write_seqinfo
from mot_platform.synth.rendering import PersonRow, RenderedFrame

HIDDEN_LIMIT_S = 1.0
"""Rows of a person who cannot be seen at all for longer than this are left out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Encoding:
    """How a video is compressed."""

    size_wh: tuple[int, int]
    frame_rate_hz: float
    crf: int
    """H.264 constant rate factor, more is worse."""
    keyframe_interval_frames: int


@dataclass(frozen=True, slots=True)
class _Label:
    """One person in one frame, with the frame's number."""

    frame_index: int
    row: PersonRow


def _encode(path: Path, frames: Iterable[RenderedFrame], encoding: Encoding) -> list[list[PersonRow]]:
    """Write the frames as H.264 and return the rows of each frame."""
    rows = []
    with av.open(str(path), "w") as container:
        rate = Fraction(encoding.frame_rate_hz).limit_denominator(1001)
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height = encoding.size_wh
        stream.pix_fmt = "yuv420p"
        # One thread: as many videos as cores are written at once, and the bytes stay the same.
        stream.codec_context.thread_count = 1
        stream.options = {
            "preset": "veryfast",
            "crf": str(encoding.crf),
            "g": str(encoding.keyframe_interval_frames),
        }
        for frame in frames:
            rows.append(list(frame.rows))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame.pixels, format="rgb24")))
        container.mux(stream.encode(None))
    return rows


def _labels(rows: list[list[PersonRow]], hidden_limit_frames: float) -> list[_Label]:
    """Return the rows by frame and id, without people who stay hidden for longer than the limit."""
    hidden: dict[int, list[int]] = {}
    dropped: set[tuple[int, int]] = set()

    def close(track_id: int) -> None:
        run = hidden.pop(track_id, [])
        if len(run) > hidden_limit_frames:
            dropped.update((frame_index, track_id) for frame_index in run)

    for frame_index, people in enumerate(rows):
        for row in people:
            if row.visibility == 0:
                hidden.setdefault(row.track_id, []).append(frame_index)
            else:
                close(row.track_id)
    for track_id in list(hidden):
        close(track_id)
    return [
        _Label(frame_index, row)
        for frame_index, people in enumerate(rows)
        for row in people
        if (frame_index, row.track_id) not in dropped
    ]


def _mot_rows(labels: list[_Label], boxes: list[tuple[float, float, float, float]]) -> MotRows:
    num_rows = len(labels)
    return MotRows(
        frame_index=np.array([label.frame_index for label in labels], np.int64),
        track_id=np.array([label.row.track_id for label in labels], np.int64),
        xyxy=np.array(boxes, np.float64).reshape(-1, 4),
        score=np.ones(num_rows),
        class_id=np.ones(num_rows, np.int64),
        visibility=np.array([label.row.visibility for label in labels], np.float64),
    )


def _ava_rows(video: str, labels: list[_Label], encoding: Encoding) -> AvaRows:
    """Return a row per frame, person and action, boxes clipped to the image and normalised."""
    every = [(label, action_id) for label in labels for action_id in label.row.action_ids]
    size: Array = np.array([*encoding.size_wh, *encoding.size_wh], np.float64)
    boxes = np.array([label.row.full_xyxy for label, _ in every], np.float64).reshape(-1, 4)
    return AvaRows(
        video=[video] * len(every),
        time_s=np.array([label.frame_index for label, _ in every], np.float64) / encoding.frame_rate_hz,
        xyxy=np.clip(boxes / size, 0, 1),
        action_id=np.array([action_id for _, action_id in every], np.int64),
        person_id=np.array([label.row.track_id for label, _ in every], np.int64),
        score=np.ones(len(every)),
    )


def record_video(folder: Path, frames: Iterable[RenderedFrame], *, video: str, encoding: Encoding) -> None:
    """Fill `folder` with `<video>.mp4`, `seqinfo.ini`, `gt/gt.txt`, `gt/visible.txt` and `gt/ava.csv`.

    Args:
        folder: An existing empty folder.
        frames: The rendered frames in order.
        video: Name of the video.
        encoding: How to compress it.
    """
    rows = _encode(folder / f"{video}.mp4", frames, encoding)
    labels = _labels(rows, HIDDEN_LIMIT_S * encoding.frame_rate_hz)
    (folder / "gt").mkdir()
    write_mot(
        folder / "gt" / "gt.txt", _mot_rows(labels, [label.row.full_xyxy for label in labels]), kind="gt"
    )
    visible = _mot_rows(labels, [label.row.visible_xyxy for label in labels])
    write_mot(folder / "gt" / "visible.txt", visible, kind="gt")
    write_ava(folder / "gt" / "ava.csv", _ava_rows(video, labels, encoding))
    info = SequenceInfo(
        name=video,
        frame_rate_hz=encoding.frame_rate_hz,
        num_frames=len(rows),
        width_px=encoding.size_wh[0],
        height_px=encoding.size_wh[1],
    )
    write_seqinfo(folder / "seqinfo.ini", info)
