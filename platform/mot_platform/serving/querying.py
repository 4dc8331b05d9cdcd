"""A source sent to an endpoint, and what comes back written as `track` would write it."""

from __future__ import annotations

import re
import secrets
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

import cv2
import numpy as np

from mot_model.letterbox import Letterbox
from mot_model.structures import Array
from mot_platform.errors import EndpointError, InputError
from mot_platform.serving.client import FrameAnswer, ModelDescription, StreamClient, StreamFrame, label_video
from mot_platform.serving.client_http import Endpoint, describe_model
from mot_platform.track_outputs import TrackOutputs, TrackRecorder
from mot_platform.video.sources import FrameSource, open_source

Mode = Literal["stream", "upload"]

LIVE_WINDOW = 4
"""Unanswered frames of a live source: some on their way while others are computed. More would be lag."""
_LATENCIES_KEPT = 10_000
_FORMS = {".mp4": "video", ".parquet": "parquet", ".ndjson": "ndjson"}
_FASTEST_PNG = [cv2.IMWRITE_PNG_COMPRESSION, 1]


@dataclass(frozen=True, kw_only=True, slots=True)
class QueryRequest:
    """What to ask of which endpoint.

    Raises:
        InputError: if a live source is to be uploaded.
    """

    source: str
    """A file, image folder, webcam index or stream; see `open_source`."""
    url: str
    mode: Mode = "stream"
    """Over the WebSocket, or a file in one piece."""
    session: str | None = None
    """Name of the session; None makes one up. A live source leaves a named session to be gone on with."""
    token: str | None = None

    def __post_init__(self) -> None:
        if self.mode == "upload" and not Path(self.source).is_file():
            raise InputError(f"{self.source}: not a video file, and only files can be uploaded; use stream")
        if self.mode == "upload" and self.session is not None:
            raise InputError("an upload has no session; leave out its name")


@dataclass(frozen=True, kw_only=True, slots=True)
class QuerySummary:
    """What a query came to."""

    frames: int
    rows: int
    """Boxes, over all frames."""
    last_track_id: int
    """Highest id that was seen; 0 without any track."""
    seconds: float
    """Wall time, decoding and drawing included."""
    frames_per_s: float
    latency_median_ms: float | None
    """From sending a frame to its answer, over the last 10,000 frames; None in an upload."""
    latency_p95_ms: float | None
    skipped: int
    """Frames of a live source that were not sent, so as not to lag."""
    reconnects: int
    model_digest: str

    def __str__(self) -> str:
        words = [
            f"{self.frames} frames",
            f"{self.rows} boxes",
            f"ids up to {self.last_track_id}",
            f"{self.frames_per_s:.1f} frames/s",
        ]
        if self.latency_median_ms is not None:
            words.append(f"latency median {self.latency_median_ms:.0f} ms, p95 {self.latency_p95_ms:.0f} ms")
        if self.skipped:
            words.append(f"{self.skipped} skipped")
        words.append(f"{self.reconnects} reconnects")
        return ", ".join(words)


def query_outputs(paths: Sequence[str]) -> TrackOutputs:
    """Return what to write, by the endings of the names.

    Raises:
        InputError: if an ending is unknown or comes twice, or a folder is not there.
    """
    forms: dict[str, Path] = {}
    for path in map(Path, paths):
        form = _FORMS.get(path.suffix.lower())
        if form is None or form in forms:
            raise InputError(f"{path}: give one file each of {', '.join(_FORMS)}")
        forms[form] = path
    return TrackOutputs(**forms)


def query_source(
    request: QueryRequest,
    outputs: TrackOutputs,
    *,
    lines: TextIO | None = None,
    seen: Callable[[FrameAnswer], None] | None = None,
) -> QuerySummary:
    """Send a source to an endpoint and write what is asked for; Ctrl-C ends a live source well.

    Args:
        request: What to send where.
        outputs: What to write; a file appears only when it is complete.
        lines: Where to write a JSON object per frame at once.
        seen: Called after each frame.

    Raises:
        InputError: if there is no such source, or the endpoint refuses what is asked.
        EndpointError: if it fails on the way.
        MediaError: if the source can't be read to its end.
    """
    begun_s = time.perf_counter()
    latencies_s: deque[float] = deque(maxlen=_LATENCIES_KEPT)
    with closing(open_source(request.source)) as source, _answered(request, source, outputs) as query:
        words = query.model.vocabulary
        with TrackRecorder(outputs, source=source, vocabulary=words, lines=lines) as recorder:
            try:
                for answer, full in query.answers:
                    recorder.add(
                        answer.tracks, frame_index=answer.frame_index, time_s=answer.time_s, full=full
                    )
                    if answer.latency_s is not None:
                        latencies_s.append(answer.latency_s)
                    if seen is not None:
                        seen(answer)
            except KeyboardInterrupt:
                if source.num_frames is not None:
                    raise
    seconds = time.perf_counter() - begun_s
    median, p95 = np.percentile(latencies_s, (50, 95)) * 1e3 if latencies_s else (None, None)
    return QuerySummary(
        frames=recorder.num_frames,
        rows=recorder.num_rows,
        last_track_id=recorder.last_track_id,
        seconds=seconds,
        frames_per_s=recorder.num_frames / max(seconds, 1e-9),
        latency_median_ms=median,
        latency_p95_ms=p95,
        skipped=query.skipped,
        reconnects=0 if query.stream is None else query.stream.reconnects,
        model_digest=query.model.digest,
    )


@dataclass(kw_only=True, slots=True)
class _Query:
    """A query under way."""

    model: ModelDescription
    answers: Iterator[tuple[FrameAnswer, Array | None]]
    """Each answer with its picture at full size, if a video is written."""
    stream: StreamClient | None = None
    skipped: int = 0


@contextmanager
def _answered(request: QueryRequest, source: FrameSource, outputs: TrackOutputs) -> Iterator[_Query]:
    """Yield the query, begun; a session whose name was made up is ended also after an interruption."""
    full = outputs.video is not None
    if request.mode == "upload":
        model = describe_model(Endpoint(request.url, request.token))
        yield _Query(model=model, answers=_uploaded(request, source, model, full=full))
        return
    live = source.num_frames is None
    with StreamClient(
        request.url,
        session=request.session or _new_name(source.name),
        token=request.token,
        window=LIVE_WINDOW if live else None,
    ) as stream:
        if stream.next_seq and not live:
            raise InputError(
                f"session {request.session} is at frame {stream.next_seq} already; choose another name, or "
                f"end it with DELETE {request.url.rstrip('/')}/v1/streams/{request.session}"
            )
        query = _Query(model=stream.model, answers=iter(()), stream=stream)
        query.answers = _streamed(source, query, stream, full=full)
        yield query
        if request.session is None or not live:
            stream.end()


def _streamed(
    source: FrameSource, query: _Query, stream: StreamClient, *, full: bool
) -> Iterator[tuple[FrameAnswer, Array | None]]:
    """Send the frames of a source at the size that the network wants, lossless: the tracks are `track`'s."""
    content_wh = Letterbox(source.size_wh, stream.model.input_wh).content_wh
    first_seq = stream.next_seq
    pictures: dict[int, Array | None] = {}

    def frames() -> Iterator[StreamFrame]:
        for num_sent, frame in enumerate(source.frames(size_wh=content_wh, full=full)):
            index = int(frame.batch.frame_index[0])
            query.skipped = index - num_sent
            pictures[first_seq + index] = frame.full
            yield StreamFrame(
                seq=first_seq + index,
                picture=_png(frame.batch.pixels[0]),
                # A source that is watched anew counts from 0; the session's time goes on.
                time_s=None if first_seq else float(frame.batch.time_s[0]),
                source_wh=source.size_wh,
            )

    for answer in stream.track(frames(), end=False):
        yield answer, pictures.pop(answer.frame_index)


def _uploaded(
    request: QueryRequest, source: FrameSource, model: ModelDescription, *, full: bool
) -> Iterator[tuple[FrameAnswer, Array | None]]:
    """Send a file in one piece; it is decoded here as well only if a video is written."""
    answers = label_video(request.url, request.source, token=request.token, model=model)
    if not full:
        for answer in answers:
            yield answer, None
        return
    content_wh = Letterbox(source.size_wh, model.input_wh).content_wh
    for answer, frame in zip(answers, source.frames(size_wh=content_wh, full=True), strict=True):
        if answer.frame_index != int(frame.batch.frame_index[0]):
            raise EndpointError(request.url, "decodes the video otherwise", f"frame {answer.frame_index}")
        yield answer, frame.full


def _png(pixels: Array) -> bytes:
    ok, encoded = cv2.imencode(".png", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), _FASTEST_PNG)
    if not ok:
        raise ValueError(f"cannot encode a frame of shape {pixels.shape}")
    return bytes(encoded)


def _new_name(source: str) -> str:
    """Return a session name that tells where it comes from and is nobody else's."""
    return f"{re.sub(r'[^A-Za-z0-9._-]', '-', source)[:40]}-{secrets.token_hex(4)}"
