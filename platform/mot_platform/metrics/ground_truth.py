"""Ground truth on disk: MOTChallenge boxes and ids of each sequence, with AVA actions if any."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mot_model.structures import Array
from mot_platform.errors import InputError
from mot_platform.formats.ava import read_action_list, read_ava
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


@dataclass(frozen=True, kw_only=True, slots=True)
class ActionLabels:
    """Who does what in one sequence; L labels, one for each action of a box."""

    where: str
    """File and video, for messages."""
    time_s: Array
    """float64 `(L,)`."""
    person_id: Array
    """int64 `(L,)`."""
    action_id: Array
    """int64 `(L,)`."""
    known_ids: tuple[int, ...]
    """The actions in the list, sorted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TruthFile:
    """Where the ground truth of a sequence is."""

    name: str
    """The folder of the sequence, or a file on its own, by name."""
    boxes: Path
    """`gt.txt`."""
    info: Path | None = None
    """`seqinfo.ini`, None without one."""
    labels: ActionLabels | None = None


def find_ground_truth(gt: Path) -> list[TruthFile]:
    """Return the sequences of which there is ground truth, by name.

    Args:
        gt: A `gt.txt`, or a folder with `gt/gt.txt` in it, or a folder of such folders. A list of sequences
            beside the latter, `seqmaps/FOLDER.txt` as TrackEval has it or `FOLDER_seqmap.txt` as DanceTrack,
            says which of them are meant. Actions are in `ava.csv` in the folder, which needs person ids, and
            their names in `ava_action_list.pbtxt`. The csv may list videos that are not there.

    Raises:
        InputError: if there is no sequence, or a listed one has no ground truth.
        ValueError: with file and line, if the actions are malformed or none of their videos is there.
        FileNotFoundError: if `ava.csv` is there without its action list.
    """
    if gt.is_file():
        folder = gt.resolve().parent
        if folder.name != "gt":
            return [TruthFile(name=gt.stem, boxes=gt)]
        return [_truth_file(folder.parent)]
    folders = [gt, *sorted(path for path in gt.glob("*") if path.is_dir())]
    files = [_truth_file(folder) for folder in folders if (folder / "gt" / "gt.txt").is_file()]
    if not files:
        deeper = sorted({path.parents[2].name for path in gt.glob("*/*/gt/gt.txt")})
        hint = f"; there is in its folders {', '.join(deeper[:5])}: give one of them" if deeper else ""
        raise InputError(f"{gt}: no ground truth in it; expected gt/gt.txt or SEQUENCE/gt/gt.txt{hint}")
    if (gt / ACTIONS_FILE).is_file():
        files = _with_labels(gt, files)
    return _listed(gt, files)


def _truth_file(folder: Path) -> TruthFile:
    """Return the files in the folder of a sequence."""
    info = folder / "seqinfo.ini"
    return TruthFile(
        name=folder.resolve().name,
        boxes=folder / "gt" / "gt.txt",
        info=info if info.is_file() else None,
    )


def _listed(gt: Path, files: list[TruthFile]) -> list[TruthFile]:
    """Return those of the sequences that a list beside their folder names, or all without a list."""
    place, name = gt.resolve().parent, gt.resolve().name
    lists = [
        path for path in (place / "seqmaps" / f"{name}.txt", place / f"{name}_seqmap.txt") if path.is_file()
    ]
    if not lists:
        return files
    names = [line.split(",")[0].strip() for line in lists[0].read_text(encoding="utf-8-sig").splitlines()]
    wanted = {name for name in names[names[:1] == ["name"] :] if name}
    if missing := sorted(wanted - {file.name for file in files}):
        raise InputError(f"{lists[0]}: no ground truth for {', '.join(missing[:5])} in {gt}")
    return [file for file in files if file.name in wanted]


def _with_labels(gt: Path, files: list[TruthFile]) -> list[TruthFile]:
    """Return the sequences, each with its rows of the csv of actions."""
    known = tuple(sorted(read_action_list(gt / ACTION_LIST_FILE)))
    path = gt / ACTIONS_FILE
    ava = read_ava(path)
    video = np.array(ava.video, np.str_)
    if len(video) and {file.name for file in files}.isdisjoint(ava.video):
        raise ValueError(f"{path}: video {video[0]} and all others in it are no sequence of {gt}")
    order = np.argsort(video, kind="stable")

    def labels(name: str) -> ActionLabels:
        first, stop = (np.searchsorted(video, name, side=side, sorter=order) for side in ("left", "right"))
        mine = order[first:stop]
        return ActionLabels(
            where=f"{path}, video {name}",
            time_s=ava.time_s[mine],
            person_id=ava.person_id[mine],
            action_id=ava.action_id[mine],
            known_ids=known,
        )

    return [replace(file, labels=labels(file.name)) for file in files]


def read_truth(file: TruthFile) -> SequenceTruth:
    """Return the ground truth of a sequence; one without `seqinfo.ini` is as long as its last row says.

    Raises:
        ValueError: if a file is malformed, an id repeats in a frame, an action belongs to no box, or there
            are actions but no frame rate.
    """
    rows = read_mot(file.boxes, unique_ids=True)
    last = int(rows.frame_index.max(initial=-1))
    info = SequenceInfo(name=file.name, frame_rate_hz=0.0, num_frames=last + 1, width_px=0, height_px=0)
    if file.info is not None:
        info = replace(read_seqinfo(file.info), name=file.name)
    if file.labels is None:
        return SequenceTruth(info=info, rows=rows, actions=np.zeros((len(rows), 0), bool))
    if file.info is None:
        raise ValueError(f"{file.boxes.parent.parent}: no seqinfo.ini; actions need the frame rate in it")
    actions = _action_columns(file.labels, rows, info.frame_rate_hz)
    return SequenceTruth(info=info, rows=rows, actions=actions, action_ids=file.labels.known_ids)


def read_ground_truth(corpus: Path | str) -> list[SequenceTruth]:
    """Return the ground truth of every sequence of a corpus, by name, see `find_ground_truth`.

    Raises:
        InputError: if there is no sequence, or one has no `seqinfo.ini`.
        ValueError: if a file is malformed, an id repeats in a frame, or an action belongs to no box.
        FileNotFoundError: if `ava.csv` is there without its action list.
    """
    files = find_ground_truth(Path(corpus))
    if incomplete := [file for file in files if file.info is None]:
        raise InputError(f"{incomplete[0].boxes.parent.parent}: no seqinfo.ini in it")
    return [read_truth(file) for file in files]


def _action_columns(labels: ActionLabels, rows: MotRows, frame_rate_hz: float) -> Array:
    """Return the actions `(R, A)` of `rows`, joined by frame and id.

    Raises:
        ValueError: if a label has no box or its action is not in the list.
    """
    frame_index = np.rint(labels.time_s * frame_rate_hz).astype(np.int64)
    person_id, action_id = labels.person_id, labels.action_id
    columns = np.array(labels.known_ids, np.int64)
    unknown = np.setdiff1d(action_id, columns)
    if len(unknown):
        raise ValueError(f"{labels.where}: action {unknown[0]} is not in {ACTION_LIST_FILE}")
    row = boxes_of_labels(rows.frame_index, rows.track_id, frame_index, person_id)
    orphan = np.flatnonzero(row < 0)
    if len(orphan):
        label = orphan[0]
        raise ValueError(
            f"{labels.where}: person {person_id[label]} has an action in frame {frame_index[label] + 1} "
            "of gt.txt, but no box"
        )
    actions = np.zeros((len(rows), len(columns)), bool)
    actions[row, np.searchsorted(columns, action_id)] = True
    return actions


def boxes_of_labels(box_frame: Array, box_id: Array, label_frame: Array, label_id: Array) -> Array:
    """Return for each label the position of the box of its frame and id, -1 if there is none.

    All int64; an id is in a frame only once.
    """
    if not len(box_id) or not len(label_id):
        return np.full(len(label_id), -1, np.int64)
    low = min(box_id.min(), label_id.min())
    span = max(box_id.max(), label_id.max()) - low + 1
    box_key = box_frame * span + box_id - low
    label_key = label_frame * span + label_id - low
    order = np.argsort(box_key)
    place = np.minimum(np.searchsorted(box_key[order], label_key), len(order) - 1)
    found: Array = np.where(box_key[order][place] == label_key, order[place], -1)
    return found
