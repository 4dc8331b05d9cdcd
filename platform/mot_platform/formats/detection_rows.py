"""Detections of one sequence as columns, whatever file they are from."""

# R rows, D embedding

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from mot_model.structures import Array

MAX_FRAME_INDEX = int(np.iinfo(np.int32).max) - 1
MAX_CLASS_ID = int(np.iinfo(np.int16).max)


@dataclass(frozen=True, kw_only=True, slots=True)
class DetectionRows:
    """Detections of one sequence, sorted by frame; within a frame in the order of the file."""

    frame_index: Array
    """int64 `(R,)`, 0-based."""
    xyxy: Array
    """float32 `(R, 4)`, pixels as written."""
    score: Array
    """float32 `(R,)`, range [0, 1]."""
    class_id: Array
    """int64 `(R,)`, 1 where the file has none."""
    time_s: Array | None = None
    """float64 `(R,)`, the same in all rows of a frame and later in later ones; None where unknown."""
    embedding: Array | None = None
    """float32 `(R, D)`, unit norm; None where there is none."""
    num_clipped: int = 0
    """Scores that were not in [0, 1] and are now the nearer end."""

    def __len__(self) -> int:
        return len(self.frame_index)

    def __getitem__(self, keep: Array) -> DetectionRows:
        """Return the rows that the index array `keep` selects, in its order."""
        columns = {field.name: getattr(self, field.name) for field in fields(self)}
        taken = {name: column[keep] for name, column in columns.items() if isinstance(column, np.ndarray)}
        return DetectionRows(**columns | taken)

    @property
    def num_frames(self) -> int:
        """Frames up to the last one with a detection."""
        return int(self.frame_index[-1]) + 1 if len(self) else 0


def sorted_rows(
    *,
    frame_index: Array,
    xyxy: Array,
    score: Array,
    class_id: Array,
    time_s: Array | None = None,
    embedding: Array | None = None,
) -> DetectionRows:
    """Return columns in the order of their frames, with scores in [0, 1] and boxes within float32."""
    limit = float(np.finfo(np.float32).max)
    clipped = score.clip(0, 1)
    rows = DetectionRows(
        frame_index=frame_index,
        xyxy=xyxy.clip(-limit, limit).astype(np.float32),
        score=clipped.astype(np.float32),
        class_id=class_id,
        time_s=time_s,
        embedding=embedding,
        num_clipped=int((clipped != score).sum()),
    )
    order = np.argsort(frame_index, kind="stable")
    return rows if (order[1:] > order[:-1]).all() else rows[order]
