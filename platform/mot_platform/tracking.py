"""Whole videos and live sources through the engine in one process, as `track` and `evaluate` need them."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet

from mot_model.engine import Engine
from mot_model.letterbox import Letterbox
from mot_model.structures import Array, Detections, FrameBatch, Tracks
from mot_platform.commit import committed
from mot_platform.errors import InputError
from mot_platform.formats.motchallenge import write_mot
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.schema import Vocabulary, tracks_table
from mot_platform.video.decoding import decode_segment
from mot_platform.video.index import probe
from mot_platform.video.overlay import draw_tracks
from mot_platform.video.segments import plan_segments
from mot_platform.video.sources import FrameSource, SourceFrame, open_source
from mot_platform.video.trails import TrailBuffer
from mot_platform.video.writer import VideoWriter

FrameSeen = Callable[[Tracks, Array | None], bool]
"""Called with the tracks of a frame and its drawn picture; returning False stops."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackOutputs:
    """Where the tracks of a source go; None leaves a form out."""

    video: Path | None = None
    """Annotated mp4."""
    mot: Path | None = None
    """MOTChallenge text."""
    parquet: Path | None = None
    """Rows as `label` writes them."""

    def __post_init__(self) -> None:
        for path in (self.video, self.mot, self.parquet):
            if path is not None and not path.parent.is_dir():
                raise InputError(f"{path}: no such folder {path.parent}; make it first")


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


def track_video(engine: Engine, uri: str) -> Iterator[tuple[Detections, Tracks]]:
    """Yield the detections and tracks of every frame of the video at `uri`, in order.

    Raises:
        MediaError: if the video can't be read to its end; frames before were yielded.
    """
    index = probe(uri)
    letterbox = Letterbox(index.size_wh, engine.perceiver.input_wh)
    (segment,) = plan_segments(index, video=uri, segment_s=float("inf"), warmup_frames=0)
    yield from engine.run(decode_segment(segment, size_wh=letterbox.content_wh), letterbox)


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
    kept: list[Tracks] = []
    num_frames = num_rows = last_id = 0
    with closing(open_source(spec)) as source, ExitStack() as stack:
        writer = None
        if outputs.video is not None:
            writer = stack.enter_context(VideoWriter(outputs.video, source.size_wh, source.frame_rate_hz))
        for frame, tracks, picture in _tracked(engine, source, draw=draw or writer is not None):
            num_frames += 1
            num_rows += len(tracks)
            last_id = max(last_id, int(tracks.track_id.max(initial=0)))
            if outputs.mot is not None or outputs.parquet is not None:
                kept.append(tracks)
            if writer is not None and picture is not None:
                writer.write(picture, float(frame.batch.time_s[0]))
            if seen is not None and not seen(tracks, picture):
                break
        _write_rows(engine, source.name, Tracks.concatenate(kept, len(engine.action_ids)), outputs)
    return TrackSummary(
        frames=num_frames, rows=num_rows, last_track_id=last_id, seconds=time.perf_counter() - begun_s
    )


def _tracked(
    engine: Engine, source: FrameSource, *, draw: bool
) -> Iterator[tuple[SourceFrame, Tracks, Array | None]]:
    """Yield each frame with its tracks, and drawn at full size if asked."""
    letterbox = Letterbox(source.size_wh, engine.perceiver.input_wh)
    frames: deque[SourceFrame] = deque()
    trails = TrailBuffer()

    def batches() -> Iterator[FrameBatch]:
        for frame in source.frames(size_wh=letterbox.content_wh, full=draw):
            frames.append(frame)
            yield frame.batch

    for _, tracks in engine.run(batches(), letterbox):
        frame = frames.popleft()
        trails.update(tracks)
        picture = None
        if frame.full is not None:
            picture = draw_tracks(
                frame.full,
                tracks,
                class_names=engine.class_names,
                action_names=engine.action_names,
                trails=trails,
            )
        yield frame, tracks, picture


def _write_rows(engine: Engine, name: str, tracks: Tracks, outputs: TrackOutputs) -> None:
    """Write the rows of a source as text and as Parquet, where asked for."""
    if outputs.mot is not None:
        with committed(outputs.mot, scratch=outputs.mot.parent) as draft:
            write_mot(draft, SequencePrediction.from_tracks(tracks).rows)
    if outputs.parquet is not None:
        vocabulary = Vocabulary(
            class_names=engine.class_names, action_ids=engine.action_ids, action_names=engine.action_names
        )
        table = tracks_table(tracks, video=name, unit_id="", vocabulary=vocabulary, min_action_score=0.05)
        with committed(outputs.parquet, scratch=outputs.parquet.parent) as draft:
            pyarrow.parquet.write_table(table, draft, compression="zstd")
