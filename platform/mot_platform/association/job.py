"""Files of detections to files of tracks: every sequence ends as a file, or as an error that says why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from mot_model.offline import with_hindsight
from mot_platform.association.inputs import DetectionFile
from mot_platform.association.outputs import write_tracks
from mot_platform.association.prepared import AssociationRequest, PreparedSequence, prepare_sequence
from mot_platform.association.sequence import OnFrames, associate_sequence
from mot_platform.errors import InputError
from mot_platform.formats.detections import open_detections
from mot_platform.processes import results_as_done


@dataclass(frozen=True, kw_only=True, slots=True)
class SequenceResult:
    """What became of a sequence."""

    sequence: str
    frames: int = 0
    rows: int = 0
    """Boxes with an id."""
    ids: int = 0
    """Different ids."""
    assumed_frame_rate: bool = False
    """Whether nothing said how many frames a second has."""
    num_clipped: int = 0
    """Scores that were not in [0, 1]."""
    error: str | None = None
    """Why there is no result."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AssociationSummary:
    """What became of all sequences."""

    results: tuple[SequenceResult, ...]
    """By name."""
    seconds: float
    """Wall time, reading and writing included."""

    @property
    def failed(self) -> tuple[SequenceResult, ...]:
        """Sequences without a result."""
        return tuple(result for result in self.results if result.error is not None)

    @property
    def num_done(self) -> int:
        """Number of sequences with a result."""
        return len(self.results) - len(self.failed)

    def figures(self) -> dict[str, object]:
        """Return the counts of all sequences, for JSON."""
        frames = sum(result.frames for result in self.results)
        return {
            "sequences": self.num_done,
            "frames": frames,
            "rows": sum(result.rows for result in self.results),
            "ids": sum(result.ids for result in self.results),
            "seconds": round(self.seconds, 3),
            "frames_per_second": round(frames / max(self.seconds, 1e-9), 1),
            "failed": {result.sequence: result.error for result in self.failed},
        }


def associate_files(
    files: Sequence[DetectionFile],
    request: AssociationRequest,
    *,
    workers: int = 1,
    on_result: Callable[[SequenceResult], None] | None = None,
    on_frames: OnFrames | None = None,
) -> AssociationSummary:
    """Associate every sequence in `files` and write its tracks; the same whatever the number of workers.

    Args:
        files: What to associate.
        request: How.
        workers: Processes; 1 works in this one.
        on_result: Called when a sequence is done or has failed.
        on_frames: Called with the number of frames done since the last call; only with one worker.

    Raises:
        OSError: if a result can't be written.
        MotActionError: if a worker process is killed.
    """
    begun_s = time.perf_counter()
    request.out.mkdir(parents=True, exist_ok=True)
    results = []
    for result in _results(files, request, workers=workers, on_frames=on_frames):
        results.append(result)
        if on_result is not None:
            on_result(result)
    results.sort(key=lambda result: result.sequence)
    return AssociationSummary(results=tuple(results), seconds=time.perf_counter() - begun_s)


def _results(
    files: Sequence[DetectionFile], request: AssociationRequest, *, workers: int, on_frames: OnFrames | None
) -> Iterator[SequenceResult]:
    """Yield the result of each sequence as it is done."""
    if workers <= 1 or len(files) == 1:
        for file in files:
            yield from associate_file(file, request, on_frames=on_frames)
        return
    for done in results_as_done(partial(_associate_whole_file, request=request), files, workers=workers):
        yield from done


def _associate_whole_file(file: DetectionFile, *, request: AssociationRequest) -> list[SequenceResult]:
    return list(associate_file(file, request))


def associate_file(
    file: DetectionFile, request: AssociationRequest, *, on_frames: OnFrames | None = None
) -> Iterator[SequenceResult]:
    """Yield the result of each sequence in `file`; what can't be read is a result with an error."""
    try:
        readers = open_detections(file.path, file.name)
    except InputError as error:
        yield SequenceResult(sequence=file.name, error=str(error))
        return
    for name, read in readers.items():
        try:
            prepared = prepare_sequence(file, name, read, request)
        except (InputError, ValueError, OSError) as error:
            yield SequenceResult(sequence=name, error=" ".join(str(error).split()))
        else:
            yield _associate(prepared, request, on_frames)


def _associate(
    sequence: PreparedSequence, request: AssociationRequest, on_frames: OnFrames | None
) -> SequenceResult:
    """Associate, write, and return the counts."""
    tracks = associate_sequence(
        sequence.rows,
        request.tracker,
        frames=sequence.frames,
        frame_rate_hz=sequence.frame_rate_hz,
        camera_motion=sequence.camera_motion,
        on_frames=on_frames,
    )
    if request.offline is not None:
        tracks = with_hindsight(tracks, request.offline)
    write_tracks(sequence.target, sequence.name, tracks)
    return SequenceResult(
        sequence=sequence.name,
        frames=len(sequence.frames),
        rows=len(tracks),
        ids=len(set(tracks.track_id.tolist())),
        assumed_frame_rate=sequence.assumed_frame_rate,
        num_clipped=sequence.rows.num_clipped,
    )
