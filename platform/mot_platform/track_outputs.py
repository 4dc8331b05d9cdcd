"""What is written of a tracked source, frame by frame: annotated video, text, Parquet or NDJSON."""

from __future__ import annotations

import json
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

import pyarrow.parquet

from mot_model.structures import Array, Tracks
from mot_platform.commit import committed
from mot_platform.errors import InputError
from mot_platform.formats.motchallenge import write_mot
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.schema import Vocabulary, tracks_table
from mot_platform.serving.messages import MIN_ACTION_SCORE, track_records
from mot_platform.video.overlay import draw_tracks
from mot_platform.video.sources import FrameSource
from mot_platform.video.trails import TrailBuffer
from mot_platform.video.writer import VideoWriter


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackOutputs:
    """Where the tracks of a source go; None leaves a form out.

    Raises:
        InputError: if a folder is not there.
    """

    video: Path | None = None
    """Annotated mp4."""
    mot: Path | None = None
    """MOTChallenge text."""
    parquet: Path | None = None
    """Rows as `label` writes them."""
    ndjson: Path | None = None
    """A JSON object per frame, as the endpoint answers."""

    def __post_init__(self) -> None:
        for path in (self.video, self.mot, self.parquet, self.ndjson):
            if path is not None and not path.parent.is_dir():
                raise InputError(f"{path}: no such folder {path.parent}; make it first")


class TrackRecorder:
    """Counts, draws and writes what is found in one source; a context manager.

    A file appears when the context is left without an error, complete, and not at all otherwise.

    Args:
        outputs: What to write.
        source: Where the frames come from.
        vocabulary: The words of the model.
        draw: Draw every frame even if no video is written.
        lines: Where to write a JSON object per frame at once, None for nowhere.

    Attributes:
        num_frames: Frames so far.
        num_rows: Boxes so far.
        last_track_id: Highest id so far, 0 without any track.
        draws: Whether `add` needs the full picture.
    """

    def __init__(
        self,
        outputs: TrackOutputs,
        *,
        source: FrameSource,
        vocabulary: Vocabulary,
        draw: bool = False,
        lines: TextIO | None = None,
    ) -> None:
        self.num_frames = self.num_rows = self.last_track_id = 0
        self.draws = draw or outputs.video is not None
        self._outputs = outputs
        self._source = source
        self._vocabulary = vocabulary
        self._kept: list[Tracks] = []
        self._trails = TrailBuffer()
        self._lines = [lines] if lines is not None else []
        self._video: VideoWriter | None = None
        self._files = ExitStack()

    def __enter__(self) -> Self:
        outputs = self._outputs
        with ExitStack() as files:
            if outputs.video is not None:
                writer = VideoWriter(outputs.video, self._source.size_wh, self._source.frame_rate_hz)
                self._video = files.enter_context(writer)
            if outputs.ndjson is not None:
                draft = files.enter_context(committed(outputs.ndjson, scratch=outputs.ndjson.parent))
                self._lines.append(files.enter_context(draft.open("w", encoding="utf-8")))
            self._files = files.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._files.__exit__(kind, error, trace)
            return
        with self._files:
            self._write_rows()

    def add(
        self, tracks: Tracks, *, frame_index: int, time_s: float, full: Array | None = None
    ) -> Array | None:
        """Take in the tracks of the next frame; return it drawn, if this draws.

        Args:
            tracks: The rows of the frame.
            frame_index: Number of the frame.
            time_s: Its presentation time.
            full: The frame at the source's own size, needed if this draws.
        """
        self.num_frames += 1
        self.num_rows += len(tracks)
        self.last_track_id = max(self.last_track_id, int(tracks.track_id.max(initial=0)))
        if self._outputs.mot is not None or self._outputs.parquet is not None:
            self._kept.append(tracks)
        if self._lines:
            line = frame_line(tracks, frame_index=frame_index, time_s=time_s, vocabulary=self._vocabulary)
            for file in self._lines:
                print(line, file=file, flush=file is sys.stdout)
        if not self.draws or full is None:
            return None
        picture = self._drawn(full, tracks)
        if self._video is not None:
            self._video.write(picture, time_s)
        return picture

    def _drawn(self, full: Array, tracks: Tracks) -> Array:
        self._trails.update(tracks)
        return draw_tracks(
            full,
            tracks,
            class_names=self._vocabulary.class_names,
            action_names=self._vocabulary.action_names,
            trails=self._trails,
        )

    def _write_rows(self) -> None:
        outputs = self._outputs
        tracks = Tracks.concatenate(self._kept, len(self._vocabulary.action_names))
        if outputs.mot is not None:
            with committed(outputs.mot, scratch=outputs.mot.parent) as draft:
                write_mot(draft, SequencePrediction.from_tracks(tracks).rows)
        if outputs.parquet is not None:
            table = tracks_table(
                tracks,
                video=self._source.name,
                unit_id="",
                vocabulary=self._vocabulary,
                min_action_score=MIN_ACTION_SCORE,
            )
            with committed(outputs.parquet, scratch=outputs.parquet.parent) as draft:
                pyarrow.parquet.write_table(table, draft, compression="zstd")


def frame_line(tracks: Tracks, *, frame_index: int, time_s: float, vocabulary: Vocabulary) -> str:
    """Return what is found in a frame as one line of JSON, as the endpoint answers `POST /v1/videos`."""
    records = track_records(tracks, vocabulary)
    return json.dumps({"type": "frame", "frame_index": frame_index, "time_s": time_s, "tracks": records})
