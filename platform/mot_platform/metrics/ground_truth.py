"""Ground truth of a corpus on disk: MOTChallenge boxes and ids of each sequence, with AVA actions if any."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mot_model.structures import Array
from mot_platform.formats.ava import AvaRows, read_action_list, read_ava
from mot_platform.formats.motchallenge import MotRows, SequenceInfo, read_mot, read_seqinfo

ACTIONS_FILE = "ava.csv"
ACTION_LIST_FILE = "ava_action_list.pbtxt"


@dataclass(frozen=True, kw_only=True, slots=True)
class SequenceTruth:
    """Everything known of one sequence.

    Raises:
        ValueError: if `actions` does not have a row per box and a column per action.
    """

    info: SequenceInfo
    rows: MotRows
    """R boxes with ids."""
    actions: Array
    """bool `(R, A)`; a row without any is not labelled with actions."""
    action_ids: tuple[int, ...] = ()
    """The action of each of the A columns."""

    def __post_init__(self) -> None:
        if self.actions.shape != (len(self.rows), len(self.action_ids)):
            raise ValueError(
                f"{self.info.name}: actions of shape {self.actions.shape} for {len(self.rows)} boxes and "
                f"{len(self.action_ids)} actions"
            )


def _action_columns(
    where: str, rows: MotRows, labels: tuple[Array, Array, Array], action_ids: tuple[int, ...]
) -> Array:
    """Return the actions `(R, A)` of `rows`, joined by frame and id.

    Raises:
        ValueError: if a label has no box or its action is not in the list.
    """
    frame_index, person_id, action_id = labels
    columns = np.array(action_ids, np.int64)
    unknown = np.setdiff1d(action_id, columns)
    if len(unknown):
        raise ValueError(f"{where}: action {unknown[0]} is not in {ACTION_LIST_FILE}")
    low = min(rows.track_id.min(initial=0), person_id.min(initial=0))
    span = max(rows.track_id.max(initial=0), person_id.max(initial=0)) - low + 1
    box_key = rows.frame_index * span + rows.track_id - low
    label_key = frame_index * span + person_id - low
    order = np.argsort(box_key)
    place = np.minimum(np.searchsorted(box_key[order], label_key), len(rows) - 1)
    orphan = np.flatnonzero(box_key[order][place] != label_key) if len(rows) else np.arange(len(label_key))
    if len(orphan):
        label = orphan[0]
        raise ValueError(
            f"{where}: person {person_id[label]} has an action in frame {frame_index[label] + 1} of gt.txt, "
            "but no box"
        )
    actions = np.zeros((len(rows), len(columns)), bool)
    actions[order[place], np.searchsorted(columns, action_id)] = True
    return actions


def _labels_of(ava: AvaRows, video: Array, info: SequenceInfo) -> tuple[Array, Array, Array]:
    """Return frame, person and action of the rows of `ava` that are of the sequence `info`."""
    mine = video == info.name
    frame_index = np.rint(ava.time_s[mine] * info.frame_rate_hz).astype(np.int64)
    return frame_index, ava.person_id[mine], ava.action_id[mine]


def read_ground_truth(corpus: Path | str) -> list[SequenceTruth]:
    """Return the ground truth of every sequence below `corpus`, by name.

    A sequence is a folder with `seqinfo.ini` and `gt/gt.txt`; `corpus` may itself be one. Actions come from
    `ava.csv` beside the sequences, which needs person ids, and their names from `ava_action_list.pbtxt`. The
    csv may list videos that are not there.

    Raises:
        ValueError: if there is no sequence, a file is malformed, an id repeats in a frame, or an action
            belongs to no box.
        FileNotFoundError: if `ava.csv` is there without its action list.
    """
    corpus = Path(corpus)
    folders = [corpus, *sorted(path for path in corpus.glob("*") if path.is_dir())]
    folders = [folder for folder in folders if (folder / "gt" / "gt.txt").is_file()]
    if not folders:
        raise ValueError(f"{corpus}: no ground truth in it; expected folders with seqinfo.ini and gt/gt.txt")
    ava: AvaRows | None = None
    action_ids: tuple[int, ...] = ()
    if (corpus / ACTIONS_FILE).is_file():
        ava = read_ava(corpus / ACTIONS_FILE)
        action_ids = tuple(sorted(read_action_list(corpus / ACTION_LIST_FILE)))
    video = np.array(ava.video if ava else [], np.str_)
    infos = [read_seqinfo(folder / "seqinfo.ini") for folder in folders]
    names = {info.name for info in infos}
    if len(video) and names.isdisjoint(video.tolist()):
        raise ValueError(
            f"{corpus / ACTIONS_FILE}: video {video[0]} and all others in it are no sequence of {corpus}"
        )
    truths = []
    for folder, info in zip(folders, infos, strict=True):
        rows = read_mot(folder / "gt" / "gt.txt", unique_ids=True)
        actions = np.zeros((len(rows), 0), bool)
        if ava is not None:
            where = f"{corpus / ACTIONS_FILE}, video {info.name}"
            actions = _action_columns(where, rows, _labels_of(ava, video, info), action_ids)
        truths.append(SequenceTruth(info=info, rows=rows, actions=actions, action_ids=action_ids))
    return truths
