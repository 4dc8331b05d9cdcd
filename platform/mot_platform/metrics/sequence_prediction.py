"""Predicted tracks of one sequence in the shape the metrics read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from mot_model.structures import Array, Tracks
from mot_platform.formats.motchallenge import MotRows


@dataclass(frozen=True, kw_only=True, slots=True)
class SequencePrediction:
    """What was predicted for one sequence."""

    rows: MotRows
    """Tracks, R boxes with ids."""
    action_score: Array
    """float `(R, A)`; A is 0 without actions."""
    other_action_scores: Mapping[str, Array] = field(default_factory=dict)
    """float `(R, A)` each, by the name of another reading of the actions of the same rows."""

    @classmethod
    def from_tracks(cls, tracks: Tracks) -> SequencePrediction:
        """Return the columns of `tracks` in float64."""
        rows = MotRows(
            frame_index=tracks.frame_index.astype(np.int64),
            track_id=tracks.track_id.astype(np.int64),
            xyxy=tracks.xyxy.astype(np.float64),
            score=tracks.score.astype(np.float64),
            class_id=tracks.class_id.astype(np.int64),
            visibility=np.ones(len(tracks)),
        )
        return cls(rows=rows, action_score=tracks.action_score)

    @classmethod
    def from_rows(cls, rows: MotRows) -> SequencePrediction:
        """Return the rows of a result file, without actions."""
        return cls(rows=rows, action_score=np.zeros((len(rows), 0), np.float32))

    def __getitem__(self, keep: Array) -> SequencePrediction:
        """Return the rows that the mask or index array `keep` selects."""
        others = {name: score[keep] for name, score in self.other_action_scores.items()}
        return SequencePrediction(
            rows=self.rows[keep], action_score=self.action_score[keep], other_action_scores=others
        )

    def other_readings(self) -> dict[str, SequencePrediction]:
        """Return the prediction with each of the other readings of its actions in place of its own."""
        return {
            name: replace(self, action_score=score, other_action_scores={})
            for name, score in self.other_action_scores.items()
        }

    def action_columns(self, name: str, action_ids: tuple[int, ...], vocabulary: tuple[int, ...]) -> Array:
        """Return the action scores `(R, len(vocabulary))`, -1 where the model does not know an action.

        Args:
            name: Name of the sequence, for messages.
            action_ids: The action of each of the A columns.
            vocabulary: Sorted ids; every action of `action_ids` is among them.

        Raises:
            ValueError: if the columns are not as many as the ids, or a score is NaN.
        """
        columns = np.full((len(self.rows), len(vocabulary)), -1.0)
        if not len(self.rows) or not vocabulary:
            return columns
        if self.action_score.shape[1] != len(action_ids):
            raise ValueError(
                f"{name}: the prediction has {self.action_score.shape[1]} action scores per box, but "
                f"there are {len(action_ids)} action ids"
            )
        if np.isnan(self.action_score).any():
            raise ValueError(f"{name}: the prediction has an action score that is NaN")
        columns[:, np.searchsorted(vocabulary, action_ids)] = self.action_score
        return columns
