"""Whole videos and live sources through the engine in one process, as `track` and `evaluate` need them."""

from __future__ import annotations

import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from mot_model.engine import Engine
from mot_model.letterbox import Letterbox
from mot_model.structures import Array, Detections, FrameBatch, Tracks
from mot_platform.schema import Vocabulary
from mot_platform.track_outputs import TrackOutputs, TrackRecorder
from mot_platform.video.decoding import decode_segment
from mot_platform.video.index import probe
from mot_platform.video.segments import segment_of
from mot_platform.video.sources import FrameSource, ImageFolderSource, SourceFrame, open_source

FrameSeen = Callable[[Tracks, Array | None], bool]
"""Called with the tracks of a frame and its drawn picture; returning False stops."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackSummary:
    """What tracking a source came to."""

    frames: int
    rows: int
    """Boxes, over all frames."""
    last_track_id: int
    """Highest id that was given; 0 without any track."""
    seconds: float
    """Wall time, decoding and drawing included."""


def track_video(engine: Engine, uri: str, frames: range | None = None) -> Iterator[tuple[Detections, Tracks]]:
    """Yield the detections and tracks of every frame of the video or folder of images at `uri`, in order.

    Args:
        engine: The model.
        uri: Path or fsspec URL of a video, or a folder of images.
        frames: Only these; tracking begins with the first of them, while the network has seen those before.

    Raises:
        InputError: if it is a folder without images.
        MediaError: if it can't be read to its end; frames before were yielded.
    """
    if frames is None:
        batches, letterbox = _decoded(engine, uri, range(sys.maxsize))
        yield from engine.run(batches, letterbox)
        return
    first = max(0, frames.start - engine.perceiver.receptive_field_frames + 1)
    batches, letterbox = _decoded(engine, uri, range(first, frames.stop))
    yield from engine.run(batches, letterbox, start_frame=frames.start)


def _decoded(engine: Engine, uri: str, frames: range) -> tuple[Iterator[FrameBatch], Letterbox]:
    """Return some frames of a video or folder of images, and how they lie in the network's input."""
    if Path(uri).is_dir():
        source = ImageFolderSource(Path(uri))
        letterbox = Letterbox(source.size_wh, engine.perceiver.input_wh)
        images = source.frames(size_wh=letterbox.content_wh)
        return _between((image.batch for image in images), frames), letterbox
    index = probe(uri)
    letterbox = Letterbox(index.size_wh, engine.perceiver.input_wh)
    stop = min(frames.stop, index.num_frames)
    batches = decode_segment(segment_of(index, frames.start, stop), size_wh=letterbox.content_wh)
    return _between(batches, frames), letterbox


def _between(batches: Iterable[FrameBatch], frames: range) -> Iterator[FrameBatch]:
    """Yield those of `batches` that are in `frames`."""
    for batch in batches:
        inside = (batch.frame_index >= frames.start) & (batch.frame_index < frames.stop)
        if inside.all():
            yield batch
        elif inside.any():
            yield batch[inside]
        if batch.frame_index[-1] >= frames.stop - 1:
            return


def track_source(
    engine: Engine, spec: str, outputs: TrackOutputs, *, seen: FrameSeen | None = None, draw: bool = False
) -> TrackSummary:
    """Track a file, image folder, webcam or stream to its end and write what is asked for.

    Args:
        engine: The model.
        spec: See `open_source`.
        outputs: What to write; a file appears only when it is complete.
        seen: Called after each frame, with the picture if `draw`.
        draw: Draw every frame even if no video is written.

    Raises:
        InputError: if there is no such source.
        MediaError: if it can't be read to its end.
    """
    begun_s = time.perf_counter()
    with (
        closing(open_source(spec)) as source,
        TrackRecorder(outputs, source=source, vocabulary=Vocabulary.of(engine), draw=draw) as recorder,
    ):
        for frame, tracks in _tracked(engine, source, full=recorder.draws):
            index, time_s = int(frame.batch.frame_index[0]), float(frame.batch.time_s[0])
            picture = recorder.add(tracks, frame_index=index, time_s=time_s, full=frame.full)
            if seen is not None and not seen(tracks, picture):
                break
    return TrackSummary(
        frames=recorder.num_frames,
        rows=recorder.num_rows,
        last_track_id=recorder.last_track_id,
        seconds=time.perf_counter() - begun_s,
    )


def _tracked(engine: Engine, source: FrameSource, *, full: bool) -> Iterator[tuple[SourceFrame, Tracks]]:
    """Yield each frame, with its picture at full size if asked, and its tracks."""
    letterbox = Letterbox(source.size_wh, engine.perceiver.input_wh)
    frames: deque[SourceFrame] = deque()

    def batches() -> Iterator[FrameBatch]:
        for frame in source.frames(size_wh=letterbox.content_wh, full=full):
            frames.append(frame)
            yield frame.batch

    for _, tracks in engine.run(batches(), letterbox):
        yield frames.popleft(), tracks
