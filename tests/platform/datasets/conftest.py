"""Small videos and label files made on the spot."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import Places, VideoLabels

WriteVideo = Callable[..., Path]
WriteImages = Callable[..., Path]
WriteText = Callable[[str, str], Path]
LabelsOf = Callable[..., VideoLabels]

SIZE_WH = (128, 64)
RATE_HZ = 25


@pytest.fixture
def write_video(tmp_path: Path) -> WriteVideo:
    """Return a function that writes a video below `tmp_path`."""

    def write(name: str = "a.mp4", *, num_frames: int = 10, start_s: float = 0.0) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with av.open(str(path), "w") as output:
            stream = output.add_stream("libx264", rate=RATE_HZ, options={"preset": "ultrafast"})
            stream.width, stream.height = SIZE_WH
            stream.pix_fmt = "yuv420p"
            stream.codec_context.thread_count = 1
            for index in range(num_frames):
                pixels = np.full((SIZE_WH[1], SIZE_WH[0], 3), index * 8, np.uint8)
                frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
                frame.pts = round(start_s * RATE_HZ) + index
                frame.time_base = Fraction(1, RATE_HZ)
                output.mux(stream.encode(frame))
            output.mux(stream.encode(None))
        return path

    return write


@pytest.fixture
def write_images(tmp_path: Path) -> WriteImages:
    """Return a function that writes numbered images into a folder below `tmp_path`."""

    def write(name: str, numbers: range | list[int]) -> Path:
        folder = tmp_path / name
        folder.mkdir(parents=True)
        pixels = np.zeros((SIZE_WH[1], SIZE_WH[0], 3), np.uint8)
        for number in numbers:
            cv2.imwrite(str(folder / f"{number:06d}.jpg"), pixels)
        return folder

    return write


@pytest.fixture
def write_text(tmp_path: Path) -> WriteText:
    """Return a function that writes a text below `tmp_path`."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def labels_of() -> LabelsOf:
    """Return a function that makes labels of rows of position, id, x1, y1, x2 and y2, a line each."""

    def make(rows: list[tuple[float, ...]], **changes: Any) -> VideoLabels:
        table = np.array(rows, np.float64).reshape(-1, 6)
        by_time = changes.get("by_time", False)
        position = table[:, 0] if by_time else table[:, 0].astype(np.int64)
        defaults = {
            "places": Places.in_file(Path("gt.txt"), np.arange(1, len(table) + 1)),
            "by_time": False,
            "position": position,
            "labelled": np.unique(position),
            "track_id": table[:, 1].astype(np.int64),
            "class_id": np.zeros(len(table), np.int64),
            "class_names": ("person",),
            "xyxy": table[:, 2:],
            "visibility": np.ones(len(table), np.float32),
            "ignored": np.zeros(len(table), bool),
            "action": np.zeros((len(table), 0), bool),
            "has_action": np.zeros(len(table), bool),
        }
        return VideoLabels(**defaults | changes)

    return make


@pytest.fixture
def log(tmp_path: Path) -> ProblemLog:
    """Return an empty list of problems."""
    return ProblemLog(tmp_path)
