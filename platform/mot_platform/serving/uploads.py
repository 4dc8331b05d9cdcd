"""A whole video over HTTP: spooled to disk, decoded frame by frame, answered line by line."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from starlette.requests import ClientDisconnect, Request

from mot_model.letterbox import Letterbox
from mot_platform.errors import MediaError
from mot_platform.serving.link import SessionLink, closed_for_sure
from mot_platform.serving.pictures import SentFrame
from mot_platform.serving.problems import Problem
from mot_platform.serving.settings import Limits
from mot_platform.video.decoding import decode_segment
from mot_platform.video.index import VideoIndex, probe
from mot_platform.video.segments import plan_segments

MEDIA_TYPE = "application/x-ndjson"
FRAMES_PER_CALL = 8


@asynccontextmanager
async def spooled(request: Request, limits: Limits) -> AsyncIterator[Path]:
    """Yield a file with the body of `request`; it is gone on leaving.

    Raises:
        Problem: "too-large", "slow-upload", or "bad-request" for an empty body.
    """
    stated = request.headers.get("content-length", "")
    if stated.isdecimal():
        _check_bytes(int(stated), limits)
    with NamedTemporaryFile(prefix="mot-upload-") as file:
        num_bytes = 0
        chunks = request.stream()
        try:
            while True:
                async with asyncio.timeout(limits.receive_timeout_s):
                    chunk = await anext(chunks, None)
                if chunk is None:
                    break
                num_bytes += len(chunk)
                _check_bytes(num_bytes, limits)
                await asyncio.to_thread(file.write, chunk)
        except TimeoutError:
            raise Problem("slow-upload", f"nothing came for {limits.receive_timeout_s:.0f} s") from None
        except ClientDisconnect:
            raise Problem("bad-request", "the upload broke off") from None
        if num_bytes == 0:
            raise Problem("bad-request", "the body is empty; send the bytes of a video file")
        file.flush()
        yield Path(file.name)


def _check_bytes(num_bytes: int, limits: Limits) -> None:
    if num_bytes > limits.max_upload_bytes:
        raise Problem("too-large", f"the body is over the limit of {limits.max_upload_bytes} bytes")


def probed(path: Path, limits: Limits) -> VideoIndex:
    """Return the index of an uploaded video.

    Raises:
        Problem: "not-decodable" or "too-large".
    """
    try:
        index = probe(str(path))
    except MediaError as error:
        raise Problem("not-decodable", error.reason) from error
    width, height = index.size_wh
    if width * height > limits.max_pixels:
        raise Problem("too-large", f"{width} x {height} is over the limit of {limits.max_pixels} pixels")
    if index.duration_s > limits.max_duration_s:
        raise Problem(
            "too-large", f"{index.duration_s:.0f} s of video, the limit is {limits.max_duration_s:.0f} s"
        )
    return index


async def answer_lines(
    index: VideoIndex, link: SessionLink, *, input_wh: tuple[int, int], model_digest: str
) -> AsyncIterator[str]:
    """Yield a line of JSON per frame of an uploaded video, then the summary.

    Args:
        index: The video.
        link: Hold on a session of its own, not yet opened.
        input_wh: Size of the network's input in pixels.
        model_digest: Told in the summary.
    """
    begun_s = time.monotonic()
    num_frames = num_rows = last_track_id = 0
    problem: Problem | None = None
    try:
        await link.open(insist=False)
        batches = _sent_frames(index, input_wh)
        upcoming = asyncio.ensure_future(asyncio.to_thread(next, batches, None))
        while frames := await upcoming:
            upcoming = asyncio.ensure_future(asyncio.to_thread(next, batches, None))
            for answer in await link.step(frames):
                num_frames += 1
                num_rows += len(answer["tracks"])
                last_track_id = max([last_track_id, *(track["track_id"] for track in answer["tracks"])])
                yield _line({key: answer[key] for key in ("type", "frame_index", "time_s", "tracks")})
    except MediaError as error:
        problem = Problem("not-decodable", error.reason)
    except Problem as error:
        problem = error
    finally:
        await closed_for_sure(link)
    yield _line(
        {
            "type": "summary",
            "frames": num_frames,
            "rows": num_rows,
            "last_track_id": last_track_id,
            "model_digest": model_digest,
            "seconds": round(time.monotonic() - begun_s, 3),
            "problem": None if problem is None else problem.body(),
        }
    )


def _sent_frames(index: VideoIndex, input_wh: tuple[int, int]) -> Iterator[list[SentFrame]]:
    """Yield the frames at the network's size, as raw pixels: exactly those that `track` gives its engine."""
    letterbox = Letterbox(index.size_wh, input_wh)
    (segment,) = plan_segments(index, video="upload", segment_s=float("inf"), warmup_frames=0)
    for batch in decode_segment(segment, size_wh=letterbox.content_wh, batch_frames=FRAMES_PER_CALL):
        yield [
            SentFrame(
                seq=int(frame_index),
                time_s=float(time_s),
                data=pixels.tobytes(),
                source_wh=index.size_wh,
                raw_wh=letterbox.content_wh,
            )
            for frame_index, time_s, pixels in zip(batch.frame_index, batch.time_s, batch.pixels, strict=True)
        ]


def _line(message: dict[str, Any]) -> str:
    return json.dumps(message, separators=(",", ":"), allow_nan=False) + "\n"
