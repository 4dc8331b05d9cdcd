"""AVA csv as the labels of its videos: rows of one box and several actions become one box.

Times are seconds on the clock of the video, and a label belongs to the frame nearest to its time.
"""

# N rows of a file, R boxes, A actions

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from mot_model.structures import Array
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import Places, VideoLabels
from mot_platform.formats.action_rows import ticks_time_s, time_ticks
from mot_platform.formats.ava import AvaRows, SiftedAva, sift_ava

PERSON = "person"


@dataclass(frozen=True, kw_only=True, slots=True)
class AvaFile:
    """A csv of labels."""

    path: Path
    actions: Mapping[int, str]
    """Name of each action."""
    lists_all: bool
    """Whether all of them are labelled, also those that the file has none of."""
    excluded: frozenset[tuple[str, float]] = frozenset()
    """Video and time of images whose labels are not to be relied on."""


def read_ava_labels(file: AvaFile, log: ProblemLog) -> dict[str, VideoLabels]:
    """Return the labels in a csv by video; rows that can't be used are noted and left out.

    Images that the file does not mention are not labelled: nothing says that they have nobody in them.
    """
    try:
        sifted = sift_ava(file.path)
    except (ValueError, OSError) as error:
        log.add_unreadable(file.path, error)
        return {}
    for problem in sifted.problems:
        log.add("rows that can't be read", f"{file.path}:{problem.line}", f"{problem.what}; left out")
    rows = _known_actions(_without_excluded(sifted, file, log), file, log)
    return _by_video(file, rows)


def _selected(sifted: SiftedAva, keep: Array) -> SiftedAva:
    """Return the rows that a mask selects."""
    rows = sifted.rows
    kept = AvaRows(
        video=[name for name, kept in zip(rows.video, keep.tolist(), strict=True) if kept],
        time_s=rows.time_s[keep],
        xyxy=rows.xyxy[keep],
        action_id=rows.action_id[keep],
        person_id=rows.person_id[keep],
        score=rows.score[keep],
        empty_images=rows.empty_images,
    )
    return replace(sifted, rows=kept, line=sifted.line[keep])


def _without_excluded(sifted: SiftedAva, file: AvaFile, log: ProblemLog) -> SiftedAva:
    """Return the rows of images that are not excluded."""
    if not file.excluded:
        return sifted
    rows = sifted.rows
    times = rows.time_s.tolist()
    keep = np.array([image not in file.excluded for image in zip(rows.video, times, strict=True)], bool)
    if not keep.all():
        where = f"{file.path}:{sifted.line[~keep][0]}"
        log.add("excluded timestamps", where, f"{(~keep).sum()} rows are of excluded timestamps; left out")
    kept = _selected(sifted, keep)
    images = tuple(image for image in rows.empty_images if image not in file.excluded)
    return replace(kept, rows=replace(kept.rows, empty_images=images))


def _known_actions(sifted: SiftedAva, file: AvaFile, log: ProblemLog) -> SiftedAva:
    """Return the rows whose action has a name."""
    known = np.isin(sifted.rows.action_id, list(file.actions))
    log.add_rows(
        "actions that are not in the list",
        Places.in_file(file.path, sifted.line),
        ~known,
        lambda row: f"action {sifted.rows.action_id[row]} is not in the list of actions; left out",
    )
    return sifted if known.all() else _selected(sifted, known)


def _by_video(file: AvaFile, sifted: SiftedAva) -> dict[str, VideoLabels]:
    """Return the rows of each video, those of one box merged."""
    rows = sifted.rows
    names = sorted({*rows.video, *(video for video, _ in rows.empty_images)})
    number = {name: place for place, name in enumerate(names)}
    video = np.array([number[name] for name in rows.video], np.int64)
    boxes, first, box_of_row = _distinct_boxes(video, rows)
    used = np.array(sorted(file.actions), np.int64) if file.lists_all else np.unique(rows.action_id)
    action = np.zeros((len(first), len(used)), bool)
    action[box_of_row, np.searchsorted(used, rows.action_id)] = True
    starts = np.searchsorted(boxes, np.arange(len(names) + 1))
    empty: dict[str, list[float]] = {name: [] for name in names}
    for name, time_s in rows.empty_images:
        empty[name].append(time_s)
    labels = {}
    for place, name in enumerate(names):
        part = slice(starts[place], starts[place + 1])
        labels[name] = _labels(
            file,
            sifted,
            first[part],
            action[part],
            tuple(file.actions[n] for n in used.tolist()),
            empty[name],
        )
    return labels


def _distinct_boxes(video: Array, rows: AvaRows) -> tuple[Array, Array, Array]:
    """Return the video and the first row of each distinct box, by video, and the box of each row."""
    ticks = time_ticks(rows.time_s)
    keys = np.column_stack([rows.xyxy[:, ::-1], rows.person_id, ticks, video])
    order = np.lexsort(keys.T)
    is_new = np.ones(len(order), bool)
    is_new[1:] = (np.diff(keys[order], axis=0) != 0).any(1)
    box_of_row = np.empty(len(order), np.int64)
    box_of_row[order] = np.cumsum(is_new) - 1
    first = order[is_new]
    return video[first], first, box_of_row


def _labels(
    file: AvaFile,
    sifted: SiftedAva,
    first: Array,
    action: Array,
    action_names: tuple[str, ...],
    empty_times_s: list[float],
) -> VideoLabels:
    """Return the labels of one video, of which `first` are the rows with its boxes."""
    rows, num_boxes = sifted.rows, len(first)
    ticks = time_ticks(rows.time_s[first])
    return VideoLabels(
        places=Places.in_file(file.path, sifted.line[first]),
        by_time=True,
        position=ticks_time_s(ticks),
        labelled=ticks_time_s(np.union1d(ticks, time_ticks(np.array(empty_times_s, np.float64)))),
        track_id=rows.person_id[first],
        class_id=np.zeros(num_boxes, np.int64),
        class_names=(PERSON,),
        xyxy=rows.xyxy[first],
        normalised=True,
        visibility=np.ones(num_boxes, np.float32),
        ignored=np.zeros(num_boxes, bool),
        action=action,
        has_action=np.ones(num_boxes, bool),
        action_names=action_names,
    )
