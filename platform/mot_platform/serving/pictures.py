"""From a picture or raw pixels that a client sent to a frame of the network's size, with nothing trusted."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

import av
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from mot_model.letterbox import Letterbox
from mot_model.structures import Array, FrameBatch
from mot_platform.serving.problems import Problem
from mot_platform.video.scaling import FrameScaler

_FORMATS = ("JPEG", "PNG")


@dataclass(frozen=True, kw_only=True, slots=True)
class SentFrame:
    """One frame on its way from the gate to a tracker replica."""

    seq: int
    """Its number in the stream, rising."""
    time_s: float
    """Presentation time in seconds."""
    data: bytes
    """A JPEG or PNG picture, or raw RGB rows."""
    source_wh: tuple[int, int] | None = None
    """Size that boxes refer to; None: that of the picture."""
    raw_wh: tuple[int, int] | None = None
    """Size of raw RGB pixels, None for a picture."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadyFrame:
    """A decoded frame, ready for the network."""

    batch: FrameBatch
    letterbox: Letterbox


def decode(frame: SentFrame, *, video: str, input_wh: tuple[int, int], max_pixels: int) -> ReadyFrame:
    """Return `frame` at the size of the network's input.

    Args:
        frame: What was sent.
        video: Name of the stream.
        input_wh: Size of the network's input in pixels.
        max_pixels: Most pixels of the picture or of `source_wh`.

    Raises:
        Problem: "too-large", "not-decodable" or "bad-request".
    """
    if frame.raw_wh is not None:
        width, height = frame.raw_wh
        pixels = np.frombuffer(frame.data, np.uint8).reshape(height, width, 3)
    else:
        pixels = decode_picture(frame.data, max_pixels=max_pixels)
    picture_wh = (pixels.shape[1], pixels.shape[0])
    source_wh = frame.source_wh or picture_wh
    if source_wh[0] * source_wh[1] > max_pixels:
        raise Problem(
            "too-large", f"{source_wh[0]} x {source_wh[1]} is over the limit of {max_pixels} pixels"
        )
    letterbox = Letterbox(source_wh, input_wh)
    if picture_wh != letterbox.content_wh:
        scale = FrameScaler(letterbox.content_wh)
        pixels = scale(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24"))
    batch = FrameBatch(
        video=video,
        frame_index=np.array([frame.seq], np.int64),
        time_s=np.array([frame.time_s], np.float64),
        pixels=pixels[None],
    )
    return ReadyFrame(batch=batch, letterbox=letterbox)


def decode_picture(data: bytes, *, max_pixels: int) -> Array:
    """Return `(H, W, 3)` uint8 RGB, turned as its EXIF data says; the size is checked before decoding.

    Raises:
        Problem: "too-large" or "not-decodable".
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            width, height = picture.size
            if width * height > max_pixels:
                raise Problem("too-large", f"{width} x {height} is over the limit of {max_pixels} pixels")
            return np.asarray(ImageOps.exif_transpose(picture).convert("RGB"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Problem("too-large", f"more pixels than the limit of {max_pixels}") from error
    except (OSError, ValueError, SyntaxError, struct.error) as error:  # what Pillow raises on bad bytes
        reason = "no JPEG or PNG picture" if isinstance(error, UnidentifiedImageError) else str(error)
        raise Problem("not-decodable", f"{len(data)} bytes: {' '.join(reason.split())[:200]}") from error
