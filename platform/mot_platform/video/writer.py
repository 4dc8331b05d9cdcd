"""Writing an H.264 mp4 that every player opens, with true times, and only once it is complete."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter

from mot_model.structures import Array

_TIME_BASE = Fraction(1, 90_000)


class VideoWriter:
    """Writes RGB frames to an mp4; a context manager.

    The file is written beside its place under a hidden name and renamed when the context is left without an
    error, so `path` never shows half a video. Odd sizes grow by one repeated row or column, which H.264
    in 4:2:0 needs.

    Args:
        path: where the mp4 is to be; its folder must exist.
        size_wh: size of the frames in pixels.
        frame_rate_hz: nominal rate, and the spacing of frames written without a time.
        quality: x264's constant rate factor, 0 lossless to 51 worst.

    Raises:
        ValueError: if the size or rate is not positive.
    """

    def __init__(
        self, path: str | Path, size_wh: tuple[int, int], frame_rate_hz: float, *, quality: int = 23
    ) -> None:
        if min(size_wh) <= 0 or not frame_rate_hz > 0:
            raise ValueError(f"size and frame rate must be positive, got {size_wh} and {frame_rate_hz}")
        self.path = Path(path)
        self.size_wh = size_wh
        self.num_frames = 0
        self._period = max(1, round(1 / (frame_rate_hz * _TIME_BASE)))
        self._last_pts: int | None = None
        self._first_time_s: float | None = None
        self._reformatter = VideoReformatter()
        self._partial = self.path.with_name(f".{self.path.name}.{os.getpid()}.part")
        self._container = av.open(str(self._partial), "w", format="mp4", options={"movflags": "+faststart"})
        rate = Fraction(frame_rate_hz).limit_denominator(1001)
        stream = self._container.add_stream("libx264", rate=rate)
        stream.width, stream.height = (n + n % 2 for n in size_wh)
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": str(quality), "preset": "veryfast"}
        stream.codec_context.time_base = _TIME_BASE
        stream.codec_context.color_range = ColorRange.MPEG
        stream.codec_context.colorspace = Colorspace.ITU709
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(keep=kind is None)

    def write(self, pixels: Array, time_s: float | None = None) -> None:
        """Append a frame.

        Args:
            pixels: uint8 `(H, W, 3)` RGB of the writer's size.
            time_s: its time; the video starts at the first one. Times must increase: one that does not is
                moved just after the frame before. None: one frame period after the frame before.

        Raises:
            ValueError: if the frame has another size or dtype.
        """
        width, height = self.size_wh
        if pixels.shape != (height, width, 3) or pixels.dtype != np.uint8:
            raise ValueError(f"frame must be uint8 {(height, width, 3)}, got {pixels.dtype} {pixels.shape}")
        even = np.pad(pixels, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")
        frame = self._reformatter.reformat(
            av.VideoFrame.from_ndarray(np.ascontiguousarray(even), format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        frame.pts = self._next_pts(time_s)
        frame.time_base = _TIME_BASE
        frame.duration = self._period
        self._container.mux(self._stream.encode(frame))
        self.num_frames += 1

    def _next_pts(self, time_s: float | None) -> int:
        """Return the timestamp of the frame being written."""
        least = 0 if self._last_pts is None else self._last_pts + 1
        if time_s is None:
            pts = 0 if self._last_pts is None else self._last_pts + self._period
        else:
            self._first_time_s = time_s if self._first_time_s is None else self._first_time_s
            pts = max(least, round((time_s - self._first_time_s) / _TIME_BASE))
        self._last_pts = pts
        return pts

    def close(self, *, keep: bool = True) -> None:
        """Finish the file and put it in its place; or, if not `keep` or no frame was written, remove it."""
        try:
            if keep and self.num_frames:
                self._container.mux(self._stream.encode(None))
                self._container.close()
                self._partial.replace(self.path)
        finally:
            self._container.close()
            self._partial.unlink(missing_ok=True)
