"""A labelled corpus on disk: its videos, and their ground truth in the shape that training reads.

Layout: `ROOT/<video>/<video>.mp4`, `seqinfo.ini` and `gt/gt.txt` for each video, and for actions
`ROOT/ava.csv` with `ROOT/ava_action_list.pbtxt`.
"""

# R rows, A actions

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mot_model.structures import Array
from mot_platform.errors import InputError
from mot_platform.formats.ava import read_action_list
from mot_platform.formats.motchallenge import MotRows
from mot_platform.metrics.ground_truth import ACTION_LIST_FILE, SequenceTruth, read_ground_truth


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledVideo:
    """One video and what is labelled in it."""

    uri: str
    """The video file, or a folder of images."""
    truth: SequenceTruth
    frames: range | None = None
    """Those to track, None for all."""
    scored_frames: Array | None = None
    """int64, of `frames` those that are labelled and so can be scored, None for all."""
    scored_classes: frozenset[str] | None = None
    """Classes of which `truth` has every object, None for all."""
    has_ids: bool = True
    """Whether `truth` says who is who; if not, each box of it is an object of its own."""

    @property
    def name(self) -> str:
        """Name of the sequence."""
        return self.truth.info.name


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameLabels:
    """The labels of a video by frame."""

    rows: MotRows
    """R boxes, sorted by frame; boxes of a score of 0 are neither object nor background."""
    action: Array
    """bool `(R, A)`, the columns in the order asked for."""
    has_action: Array
    """bool `(R,)`: rows whose actions are labelled."""


def read_corpus(root: Path | str) -> list[LabelledVideo]:
    """Return the videos of the corpus at `root`, by name.

    Raises:
        InputError: if there is no labelled video, a video file is missing, or a label file is malformed.
    """
    root = Path(root)
    try:
        truths = read_ground_truth(root)
    except (ValueError, OSError) as error:
        raise InputError(str(error)) from error
    return [LabelledVideo(uri=str(_video_file(root / t.info.name)), truth=t) for t in truths]


def action_names(root: Path | str) -> dict[int, str]:
    """Return the actions that the corpus at `root` knows, by AVA id; none if it labels no actions."""
    path = Path(root) / ACTION_LIST_FILE
    try:
        return read_action_list(path) if path.is_file() else {}
    except (ValueError, OSError) as error:
        raise InputError(str(error)) from error


def frame_labels(truth: SequenceTruth, action_ids: Sequence[int]) -> FrameLabels:
    """Return the labels of `truth` by frame, with a column for each of `action_ids`."""
    order = np.argsort(truth.rows.frame_index, kind="stable")
    action = np.zeros((len(order), len(action_ids)), bool)
    for column, action_id in enumerate(action_ids):
        if action_id in truth.action_ids:
            action[:, column] = truth.actions[order, truth.action_ids.index(action_id)]
    has_action = np.any(truth.actions[order], axis=1)
    return FrameLabels(rows=truth.rows[order], action=action, has_action=has_action)


def _video_file(folder: Path) -> Path:
    """Return the video of a sequence: the file named like its folder."""
    found = sorted(path for path in folder.glob(f"{folder.name}.*") if path.is_file())
    if not found:
        raise InputError(f"{folder}: no video beside seqinfo.ini; expected {folder.name}.mp4")
    return found[0]
