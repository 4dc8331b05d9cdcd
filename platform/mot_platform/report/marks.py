"""Boxes, ids and actions as marks that a page lays over a picture, sharp and legible at any size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from mot_model.boxes import pairwise_iou
from mot_model.structures import Array, Tracks
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.video.overlay import track_color
from mot_platform.video.trails import TrailBuffer

MIN_VISIBILITY = 0.1
"""Ground-truth boxes below it are not shown, as the evaluation does not ask for them."""

UNFOUND_COLOR = (150, 152, 160)
"""RGB of people whom no track is on."""

_MIN_ACTION_SCORE = 0.3
_MATCH_IOU = 0.5
_BRIGHT = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class Mark:
    """A labelled box on a picture; lengths are percent of the picture."""

    left: float
    top: float
    width: float
    height: float
    track_id: int | None
    """None for a person without a track."""
    label: str
    """What stands beside the id, may be empty."""
    color: str
    """CSS colour of the track."""
    is_bright: bool
    """Whether dark letters are the ones to read on the colour."""
    trail: str
    """Past foot points as an SVG `points` attribute, in percent; empty for none."""
    is_faint: bool = False
    """Whether it is of those that only surround what the picture shows."""


def predicted_marks(
    tracks: Tracks, *, size_wh: tuple[int, int], action_names: Sequence[str], trails: TrailBuffer
) -> tuple[Mark, ...]:
    """Return a mark for each row of a frame, labelled with its best action and that action's score.

    Args:
        tracks: The rows of one frame.
        size_wh: Size in pixels that the boxes refer to.
        action_names: By column of `tracks.action_score`; others than as many are not used.
        trails: Where the tracks have been.
    """
    marks = []
    for row in range(len(tracks)):
        track_id, scores, label = int(tracks.track_id[row]), tracks.action_score[row], ""
        if len(scores) and len(action_names) == len(scores) and scores.max() >= _MIN_ACTION_SCORE:
            label = f"{short_action(action_names[int(scores.argmax())])} {scores.max():.2f}"
        trail = trails.points(track_id) / size_wh * 100
        marks.append(box_mark(tracks.xyxy[row], size_wh, track_id, label, track_color(track_id), trail))
    return _far_first(marks)


def truth_marks(
    truth: SequenceTruth,
    frame_index: int,
    *,
    size_wh: tuple[int, int],
    action_names: Mapping[int, str],
    followers: Mapping[int, int],
) -> tuple[Mark, ...]:
    """Return a mark for each person who can be seen in a frame, labelled with all they do.

    Args:
        truth: Ground truth of the sequence.
        frame_index: The frame.
        size_wh: Size in pixels that the boxes refer to.
        action_names: By action id.
        followers: The track that follows each person; they share its colour, and are grey without one.
    """
    rows = truth.rows
    marks = []
    for row in np.flatnonzero(_visible(truth) & (rows.frame_index == frame_index)):
        person = int(rows.track_id[row])
        actions = [truth.action_ids[column] for column in np.flatnonzero(truth.actions[row])]
        label = ", ".join(short_action(action_names.get(action, str(action))) for action in actions)
        color = track_color(followers[person]) if person in followers else UNFOUND_COLOR
        marks.append(box_mark(rows.xyxy[row], size_wh, person, label, color))
    return _far_first(marks)


def followers_of(truth: SequenceTruth, tracks: Tracks) -> dict[int, int]:
    """Return the track that is on each person for most frames, each track given away once.

    People whom no track overlaps by `_MATCH_IOU` are left out.
    """
    rows, visible = truth.rows, _visible(truth)
    people, tracked = np.unique(rows.track_id), np.unique(tracks.track_id)
    frames_together = np.zeros((len(people), len(tracked)))
    for frame_index in np.unique(rows.frame_index):
        true = np.flatnonzero(visible & (rows.frame_index == frame_index))
        found = np.flatnonzero(tracks.frame_index == frame_index)
        i, j = np.nonzero(pairwise_iou(rows.xyxy[true], tracks.xyxy[found]) >= _MATCH_IOU)
        person = np.searchsorted(people, rows.track_id[true][i])
        frames_together[person, np.searchsorted(tracked, tracks.track_id[found][j])] += 1
    pairs = zip(*linear_sum_assignment(-frames_together), strict=True)
    return {int(people[i]): int(tracked[j]) for i, j in pairs if frames_together[i, j]}


def short_action(name: str) -> str:
    """Return the name of an action without AVA's explanation in brackets.

    Examples:
        >>> short_action("bend/bow (at the waist)")
        'bend/bow'
    """
    return name.split(" (")[0]


def box_mark(
    xyxy: Array,
    size_wh: tuple[int, int],
    track_id: int | None,
    label: str,
    color: tuple[int, int, int],
    trail: Array | None = None,
) -> Mark:
    """Return the mark of a box, cut at the edges of the picture.

    Args:
        xyxy: The box in pixels of the picture.
        size_wh: Size of the picture that the box refers to.
        track_id: What it is marked with, None for nothing.
        label: What stands beside the id.
        color: RGB.
        trail: Past foot points `(P, 2)` in percent.
    """
    shares = np.asarray(xyxy, np.float64) / (*size_wh, *size_wh)
    left, top, right, bottom = (shares.clip(0, 1) * 100).tolist()
    red, green, blue = color
    return Mark(
        left=round(left, 2),
        top=round(top, 2),
        width=round(right - left, 2),
        height=round(bottom - top, 2),
        track_id=track_id,
        label=label,
        color=f"rgb({red} {green} {blue})",
        is_bright=0.299 * red + 0.587 * green + 0.114 * blue > _BRIGHT,
        trail="" if trail is None else " ".join(f"{x:.1f},{y:.1f}" for x, y in trail),
    )


def _visible(truth: SequenceTruth) -> Array:
    visible: Array = (truth.rows.visibility >= MIN_VISIBILITY) & (truth.rows.score != 0)
    return visible


def _far_first(marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """Return the marks so that the nearest (lowest) person comes last and lies on top."""
    return tuple(sorted(marks, key=lambda mark: mark.top + mark.height))
