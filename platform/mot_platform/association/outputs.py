"""Where the tracks of a sequence go, and how: a file is complete, or not there."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pyarrow.parquet as pq

from mot_model.structures import Tracks
from mot_platform.commit import committed
from mot_platform.errors import InputError
from mot_platform.formats.detections import is_parquet
from mot_platform.formats.motchallenge import write_mot
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.schema import Vocabulary, tracks_table

_NO_WORDS = Vocabulary(class_names=(), action_ids=(), action_names=())


def result_path(out: Path, sequence: str, suffix: str) -> Path:
    """Return the file of the tracks of `sequence`, which may be a posix path below a folder.

    Raises:
        InputError: if the name leads out of `out`.
    """
    name = PurePosixPath(sequence)
    if not name.name or name.is_absolute() or ".." in name.parts or "\0" in sequence:
        raise InputError(f"sequence {sequence!r} can't be the name of a file below {out}")
    return out / name.parent / f"{name.name}{suffix}"


def write_tracks(target: Path, name: str, tracks: Tracks) -> None:
    """Write the tracks of the sequence `name`, all or nothing: Parquet if `target` is named so, else text."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with committed(target, scratch=target.parent) as draft:
        if is_parquet(target):
            table = tracks_table(tracks, video=name, unit_id="", vocabulary=_NO_WORDS, min_action_score=0.0)
            pq.write_table(table, draft, compression="zstd")
        else:
            write_mot(draft, SequencePrediction.from_tracks(tracks).rows)
