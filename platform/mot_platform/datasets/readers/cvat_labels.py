"""CVAT's XML as the labels of its video. Frames are 0-based in the file as here.

An attribute named `action` is what an object does, several separated by commas. A box that is said to be
occluded is half visible, for CVAT does not say how much.
"""

# R boxes, A actions

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from mot_model.structures import Array
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import Places, VideoLabels
from mot_platform.formats.cvat import read_cvat

ACTION_ATTRIBUTE = "action"
_NOTHING = ("none", "nothing", "no action")
"""Values that say that an object does none of the actions."""
_NOT_LABELLED = ("", "__undefined__")
_OCCLUDED_VISIBILITY = 0.5


def read_cvat_labels(path: Path, log: ProblemLog) -> dict[str, VideoLabels]:
    """Return the labels in a file by the name of its video, nothing if it can't be read.

    All frames of the task are labelled; if the file does not say which, those up to the last with a box.
    """
    try:
        video = read_cvat(path)
    except (ValueError, OSError) as error:
        log.add_unreadable(path, error)
        return {}
    for problem in video.problems:
        log.add("shapes that can't be used", f"{path}:{problem.line}", problem.what)
    action_names, action, has_action = _actions(video.attributes)
    labelled = video.labelled
    if labelled is None:
        labelled = np.arange(int(video.frame_index.max(initial=-1)) + 1)
    labels = VideoLabels(
        places=Places.in_file(path, video.line),
        by_time=False,
        position=video.frame_index,
        labelled=labelled,
        track_id=video.track,
        class_id=video.label,
        class_names=video.label_names,
        xyxy=video.xyxy,
        visibility=np.where(video.occluded, _OCCLUDED_VISIBILITY, 1).astype(np.float32),
        ignored=np.zeros(len(video.line), bool),
        action=action,
        has_action=has_action,
        action_names=action_names,
        size_wh=video.size_wh,
    )
    return {video.source or path.stem: labels}


def _actions(attributes: Sequence[Mapping[str, str]]) -> tuple[tuple[str, ...], Array, Array]:
    """Return the actions there are, which each box has `(R, A)`, and which boxes are labelled `(R,)`."""
    values = [entry.get(ACTION_ATTRIBUTE, "").strip() for entry in attributes]
    parts = {value: [part.strip() for part in value.split(",")] for value in set(values)}
    every = {part for value, split in parts.items() if value not in _NOT_LABELLED for part in split}
    names = tuple(sorted(name for name in every if name and name.lower() not in _NOTHING))
    action = np.zeros((len(values), len(names)), bool)
    for column, name in enumerate(names):
        action[:, column] = [name in parts[value] for value in values]
    return names, action, np.array([value not in _NOT_LABELLED for value in values], bool)
