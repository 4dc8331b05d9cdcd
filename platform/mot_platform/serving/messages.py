"""What goes over the wire for one frame, both ways: tracks to JSON and back, without losing a bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from mot_model.structures import Tracks
from mot_platform.schema import Vocabulary

MIN_ACTION_SCORE = 0.05
"""Actions below this score are left out of answers, as `label` does by default."""


def track_records(tracks: Tracks, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Return the rows of one frame as JSON-ready objects, by track id.

    A float32 becomes the float64 of the same value, so reading it back gives the same bits.
    """
    rows = tracks[np.argsort(tracks.track_id)]
    return [
        {
            "track_id": int(rows.track_id[i]),
            "box": rows.xyxy[i].tolist(),
            "score": float(rows.score[i]),
            "class": vocabulary.class_names[rows.class_id[i]],
            "actions": [
                {"name": vocabulary.action_names[column], "score": float(rows.action_score[i, column])}
                for column in np.argsort(-rows.action_score[i], kind="stable")
                if rows.action_score[i, column] >= MIN_ACTION_SCORE
            ],
        }
        for i in range(len(rows))
    ]


def tracks_of(record: Mapping[str, Any], vocabulary: Vocabulary) -> Tracks:
    """Return the tracks of a `frame` message; actions that it leaves out score 0.

    Args:
        record: Holds `frame_index`, `time_s` and `tracks`.
        vocabulary: The words of the model that wrote it.

    Raises:
        ValueError: if a class or action is not in the vocabulary.
        KeyError: if something is missing.
    """
    tracks = record["tracks"]
    num = len(tracks)
    action_score = np.zeros((num, len(vocabulary.action_names)), np.float32)
    for row, track in enumerate(tracks):
        for action in track["actions"]:
            action_score[row, vocabulary.action_names.index(action["name"])] = action["score"]
    return Tracks(
        frame_index=np.full(num, record["frame_index"], np.int32),
        time_s=np.full(num, record["time_s"], np.float64),
        track_id=np.array([track["track_id"] for track in tracks], np.int32),
        class_id=np.array([vocabulary.class_names.index(track["class"]) for track in tracks], np.int16),
        xyxy=np.array([track["box"] for track in tracks], np.float32).reshape(num, 4),
        score=np.array([track["score"] for track in tracks], np.float32),
        action_score=action_score,
    )
