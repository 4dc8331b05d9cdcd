"""The settings of the tracker, checked when built."""

from __future__ import annotations

from dataclasses import dataclass, field

from mot_model.kalman import MotionModel

_SHARES = (
    "min_score",
    "high_score",
    "birth_score",
    "first_min_overlap",
    "second_min_overlap",
    "low_min_overlap",
    "recovery_min_overlap",
    "tentative_min_overlap",
    "embedding_keep",
    "embedding_max_covered",
)
_NOT_NEGATIVE = (
    "first_buffer",
    "second_buffer",
    "height_power",
    "score_power",
    "direction_weight",
    "score_change_weight",
    "appearance_weight",
    "appearance_max_distance",
    "low_gap_s",
    "max_gap_s",
    "reidentify_gap_s",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackerConfig:
    """How tracks are matched, begun and ended. The defaults suit pedestrians.

    An overlap is the IoU of the grown boxes times their height overlap, 0 to 1.

    Raises:
        ValueError: if a number is outside of its range.
    """

    motion: MotionModel = field(default_factory=MotionModel)
    """How boxes move between frames."""
    min_score: float = 0.1
    """Detections below are ignored, 0 to 1."""
    high_score: float = 0.6
    """Detections from here on are matched first and to any track; those below only to what was just seen."""
    birth_score: float = 0.7
    """An unmatched detection from here on begins a track; higher begins fewer false ones."""
    min_hits: int = 2
    """Consecutive frames that a new track needs before it is reported; 1 reports at once. Tracks of the first
    frame are always reported at once."""
    first_buffer: float = 0.1
    """Growth of boxes in the first pass, as a share of width and height on each side."""
    first_min_overlap: float = 0.2
    """Least overlap (times score) in the first pass."""
    second_buffer: float = 0.3
    """Growth of boxes in the second pass, which catches faster motion."""
    second_min_overlap: float = 0.2
    """Least overlap (times score) in the second pass."""
    low_min_overlap: float = 0.6
    """Least overlap, without growth, for detections below `high_score`."""
    low_gap_s: float = 0.05
    """A track takes low detections if it was unseen for at most this long beyond the last step."""
    recovery_min_overlap: float = 0.3
    """Least overlap (times score) of a detection with the box where a track was last seen."""
    tentative_min_overlap: float = 0.3
    """Least overlap (times score) for a track that is not reported yet."""
    height_power: float = 1.0
    """Exponent of the height overlap; 0 leaves it out."""
    score_power: float = 1.0
    """Exponent of the detection's score in the overlap; 0 leaves it out."""
    direction_weight: float = 0.0
    """Cost of a match that turns a track around; a match straight ahead gains as much."""
    score_change_weight: float = 0.1
    """Cost of a match per unit of difference between the detection's score and the track's last one: who is
    half hidden scores low for some frames."""
    appearance_weight: float = 1.0
    """Gain per unit of cosine distance below `appearance_max_distance`, loss above; needs embeddings."""
    appearance_max_distance: float = 0.4
    """Cosine distance that speaks neither for nor against the same object, 0 to 2."""
    embedding_keep: float = 0.9
    """Share of the old embedding in the running mean of a track."""
    embedding_max_covered: float = 0.5
    """A detection of which a larger share is covered by another does not change the embedding."""
    max_gap_s: float = 1.0
    """A track unseen for longer no longer matches by position."""
    reidentify_gap_s: float = 3.0
    """A track with an embedding unseen for longer is dropped; until then its appearance can bring it back."""
    memory_frames: int = 16
    """Action features that a track remembers."""

    def __post_init__(self) -> None:
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"{name} must be in [0, 1], but got {getattr(self, name)}")
        for name in _NOT_NEGATIVE:
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must not be negative, but got {getattr(self, name)}")
        for name in ("min_hits", "memory_frames"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, but got {getattr(self, name)}")
        if not self.min_score <= self.high_score <= self.birth_score:
            raise ValueError(
                "need min_score <= high_score <= birth_score, but got "
                f"{self.min_score}, {self.high_score}, {self.birth_score}"
            )
