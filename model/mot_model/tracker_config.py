"""The settings of the tracker, checked when built."""

from __future__ import annotations

from dataclasses import dataclass, field

from mot_model.kalman import MotionModel

_SHARES = (
    "min_score",
    "high_score",
    "birth_score",
    "main_min_overlap",
    "low_min_overlap",
    "recovery_min_overlap",
    "embedding_keep",
    "embedding_max_covered",
)
_NOT_NEGATIVE = (
    "main_buffer",
    "low_buffer",
    "height_power",
    "direction_weight",
    "score_change_weight",
    "size_change_weight",
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
    high_score: float = 0.64
    """Detections from here on are matched first and to any track; those below only to what was just seen."""
    birth_score: float = 0.47
    """An unmatched detection from here on begins a track, which a high one has to confirm."""
    min_hits: int = 2
    """Consecutive frames that a new track needs before it is reported; 1 reports at once. Tracks of the first
    frame are always reported at once."""
    main_buffer: float = 0.17
    """Growth of boxes on each side in the pass of reported tracks and that of new ones, as a share."""
    main_min_overlap: float = 0.18
    """Least overlap in the main pass and that for new tracks."""
    low_buffer: float = 0.18
    """Growth of boxes in the pass for detections below `high_score`."""
    low_min_overlap: float = 0.54
    """Least overlap for detections below `high_score`."""
    low_gap_s: float = 0.38
    """A track takes low detections if it was unseen for at most this long beyond the last step."""
    recovery_min_overlap: float = 0.17
    """Least overlap of a detection with the box where a track was last seen."""
    height_power: float = 1.8
    """Exponent of the height overlap; 0 leaves it out."""
    direction_weight: float = 0.0
    """Cost of a match that turns a track around; a match straight ahead gains as much."""
    score_change_weight: float = 0.0
    """Cost of a match per unit of difference between the detection's score and the track's last one: who is
    half hidden scores low for some frames."""
    size_change_weight: float = 0.22
    """Cost of a match per unit of change of the height, on a log scale."""
    appearance_weight: float = 1.0
    """Gain per unit of cosine distance below `appearance_max_distance`, loss above; needs embeddings."""
    appearance_max_distance: float = 0.4
    """Cosine distance that speaks neither for nor against the same object, 0 to 2."""
    across_classes: bool = False
    """Whether a track may go on with a detection of another class, for detectors that waver."""
    camera_from_boxes: bool = True
    """Where no camera motion is supplied, take what all tracks do at once for the camera's doing."""
    embedding_keep: float = 0.9
    """Share of the old embedding in the running mean of a track."""
    embedding_max_covered: float = 0.5
    """A detection of which a larger share is covered by another does not change the embedding."""
    max_gap_s: float = 1.5
    """A track unseen for longer before the last step no longer matches by position."""
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
        if not self.min_score <= min(self.high_score, self.birth_score):
            raise ValueError(
                "need min_score <= high_score and birth_score, but got "
                f"{self.min_score}, {self.high_score}, {self.birth_score}"
            )
