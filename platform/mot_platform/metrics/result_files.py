"""Finds the results of a tracker, one of each sequence, in the layouts that people have."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from mot_model.structures import Array
from mot_platform.errors import InputError
from mot_platform.formats.motchallenge import MotRows
from mot_platform.formats.row_errors import TextPath
from mot_platform.metrics.sequence_prediction import SequencePrediction

if TYPE_CHECKING:
    from mot_platform.formats.parquet_actions import TrackActions


@dataclass(frozen=True, kw_only=True, slots=True)
class ResultFile:
    """Where the tracks of one sequence are."""

    name: str
    """The sequence as the result calls it."""
    path: Path
    member: str | None = None
    """In a zip, its path there."""
    prediction: SequencePrediction | None = field(default=None, repr=False)
    """The tracks themselves, of Parquet, which is read as a whole."""

    @property
    def text(self) -> TextPath:
        """What to read."""
        return self.path if self.member is None else zipfile.Path(self.path, self.member)


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundResults:
    """All results of a tracker."""

    files: list[ResultFile]
    """By name."""
    failed: dict[str, str] = field(default_factory=dict)
    """Videos that could not be labelled, and why."""
    action_names: dict[int, str] = field(default_factory=dict)
    """The actions that the results know, by id, sorted; their scores are in this order."""


def find_results(pred: Path) -> FoundResults:
    """Return the results in `pred`.

    Args:
        pred: A result file, a folder of `SEQUENCE.txt` or, as TrackEval has it, of `data/SEQUENCE.txt`, a
            folder with one such folder in it, or a zip with `SEQUENCE.txt` anywhere in it, as one hands in at
            motchallenge.net. Or the Parquet of `label` and `track`: a file, a folder of them, or the output
            folder of `label`.

    Raises:
        InputError: if there is no result, those of several trackers, or two of one name, or if Parquet can't
            be read.
    """
    if pred.suffix.lower() == ".zip":
        return FoundResults(files=_zipped(pred))
    if pred.is_file() and pred.suffix != ".parquet":
        return FoundResults(files=[ResultFile(name=pred.stem, path=pred)])
    if files := _text_files(pred):
        return FoundResults(files=[ResultFile(name=file.stem, path=file) for file in files])
    from mot_platform.formats.parquet_actions import is_parquet, read_track_actions  # imports pandas

    if is_parquet(pred):
        return _labelled(pred, read_track_actions(pred))
    trackers = sorted(path for path in pred.glob("*") if path.is_dir() and _text_files(path))
    if len(trackers) > 1:
        names = ", ".join(path.name for path in trackers)
        raise InputError(f"{pred}: results of {len(trackers)} trackers in it, give one of them: {names}")
    if not trackers:
        raise InputError(
            f"{pred}: no results in it; expected files SEQUENCE.txt, a zip of them, or Parquet of label"
        )
    return find_results(trackers[0])


def _text_files(folder: Path) -> list[Path]:
    """Return the text files in the folder of a tracker."""
    return sorted((folder / "data").glob("*.txt")) or sorted(folder.glob("*.txt"))


def _zipped(pred: Path) -> list[ResultFile]:
    """Return the text files in a zip."""
    try:
        with zipfile.ZipFile(pred) as archive:
            members = sorted(member for member in archive.namelist() if member.endswith(".txt"))
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(f"{pred}: not a readable zip: {error}") from error
    members = [member for member in members if not member.startswith("__MACOSX/")]
    if not members:
        raise InputError(f"{pred}: no results in it; expected files SEQUENCE.txt")
    by_name: dict[str, str] = {}
    for member in members:
        name = PurePosixPath(member).stem
        if name in by_name:
            raise InputError(f"{pred}: two results of one name in it, {by_name[name]} and {member}")
        by_name[name] = member
    return [ResultFile(name=name, path=pred, member=member) for name, member in by_name.items()]


def _labelled(pred: Path, tracks: TrackActions) -> FoundResults:
    """Return the tracks of each video in Parquet; those of a video in which nobody was found are empty."""
    names = tracks.action_names()
    rows = {video: np.flatnonzero(tracks.video == number) for number, video in enumerate(tracks.videos)}
    nobody = [video for video, problem in tracks.without_tracks.items() if problem is None]
    rows |= {video: np.zeros(0, np.int64) for video in nobody}
    return FoundResults(
        files=[
            ResultFile(name=video, path=pred, prediction=_prediction(tracks, rows[video], tuple(names)))
            for video in sorted(rows)
        ],
        failed={video: problem for video, problem in tracks.without_tracks.items() if problem is not None},
        action_names=names,
    )


def _prediction(tracks: TrackActions, row: Array, action_ids: tuple[int, ...]) -> SequencePrediction:
    """Return the tracks in some of the rows; an action that a box does not list scores 0."""
    action_score = np.zeros((len(row), len(action_ids)), np.float32)
    place, action_id, score = tracks.exploded(row)
    action_score[place, np.searchsorted(action_ids, action_id)] = score
    return SequencePrediction(
        rows=MotRows(
            frame_index=tracks.frame_index[row],
            track_id=tracks.track_id[row],
            xyxy=tracks.xyxy[row],
            score=tracks.score[row],
            class_id=np.ones(len(row), np.int64),
            visibility=np.ones(len(row)),
        ),
        action_score=action_score,
    )
