"""For how long a person is followed by the wrong track: the time behind the count of identity switches.

IDSW counts moments, so a swap that is mended after two frames weighs as much as one that lasts a minute. Here
the one-to-one assignment of whole tracks behind IDF1 says which track is a person's own. A span is a stretch
of frames in which CLEAR matches the person to others; it ends with the next match to the person's own track,
and frames in which the person is not found at all neither end nor prolong it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from mot_model.structures import Array
from mot_platform.metrics.tracks.clear_identity import ClearMatches, IdentityMatches
from mot_platform.metrics.tracks.sequence_data import AlignedSequence


@dataclass(frozen=True, kw_only=True, slots=True)
class WrongIdentitySpan:
    """A stretch of time in which a person is found, but not by the person's own track."""

    sequence: str
    truth_id: int
    """The person, as in the ground truth."""
    own_id: int | None
    """The track that Identity gives the person, None if there is none."""
    predicted_ids: tuple[int, ...]
    """The tracks on the person meanwhile, in order of appearance."""
    first_frame: int
    """First frame with a wrong track, from 0."""
    last_frame: int
    """Last frame with a wrong track."""
    num_boxes: int
    """Frames of these in which the person is found."""
    seconds: float
    """From the beginning of the first to the end of the last frame; NaN if the frame rate is not known."""

    @property
    def num_frames(self) -> int:
        """Length from the first to the last frame, both included."""
        return self.last_frame - self.first_frame + 1

    def to_dict(self) -> dict[str, object]:
        """Return the fields for JSON, None where undefined."""
        named = {field.name: getattr(self, field.name) for field in fields(self)}
        return named | {"seconds": None if math.isnan(self.seconds) else self.seconds}


@dataclass(frozen=True, kw_only=True, slots=True)
class WrongIdentity:
    """The wrong spans of one sequence, or of several."""

    spans: tuple[WrongIdentitySpan, ...]
    """The longest first."""
    num_matched: int
    """Boxes of people that are found, as CLEAR counts them."""

    @property
    def num_wrong(self) -> int:
        """Boxes of people that are found by a wrong track."""
        return sum(span.num_boxes for span in self.spans)

    @property
    def wrong_share(self) -> float:
        """Wrong over found boxes; 0 if none is found."""
        return self.num_wrong / max(1, self.num_matched)

    @property
    def mean_s(self) -> float:
        """Mean length of a span in seconds; 0 without one, NaN if a frame rate is not known."""
        return float(np.mean(self._seconds))

    @property
    def median_s(self) -> float:
        """Median length."""
        return float(np.median(self._seconds))

    @property
    def max_s(self) -> float:
        """Length of the longest span."""
        return max(self._seconds)

    @property
    def _seconds(self) -> list[float]:
        return [span.seconds for span in self.spans] or [0.0]

    def to_dict(self) -> dict[str, object]:
        """Return figures and spans for JSON, None where undefined."""
        lengths = {name: getattr(self, name) for name in ("mean_s", "median_s", "max_s")}
        figures = {name: None if math.isnan(value) else value for name, value in lengths.items()}
        counts = {"num_spans": len(self.spans), "num_wrong": self.num_wrong, "num_matched": self.num_matched}
        spans = [span.to_dict() for span in self.spans]
        return {**counts, "wrong_share": self.wrong_share, **figures, "spans": spans}


def wrong_identity(
    sequence: AlignedSequence, found: ClearMatches, owned: IdentityMatches, *, frame_rate_hz: float
) -> WrongIdentity:
    """Return the wrong spans of one sequence.

    Args:
        sequence: Both sides.
        found: Who is found by which box.
        owned: Whose track is whose.
        frame_rate_hz: To tell seconds, 0 if it is not known.
    """
    person, track = sequence.tracks_of(found.pair)
    frame_index = sequence.frames_of(found.pair)
    order = np.lexsort((frame_index, person))
    person, track, frame_index = person[order], track[order], frame_index[order]
    wrong = track != owned.own_track[person]
    edge = np.flatnonzero((np.diff(wrong.astype(np.int8)) != 0) | (np.diff(person) != 0)) + 1
    runs = (run for run in np.split(np.arange(len(wrong)), edge) if len(run) and wrong[run[0]])
    spans = [
        _span(sequence, person[run[0]], owned, track[run], frame_index[run], frame_rate_hz) for run in runs
    ]
    return WrongIdentity(spans=_longest_first(spans), num_matched=len(wrong))


def _span(
    sequence: AlignedSequence,
    person: int,
    owned: IdentityMatches,
    track: Array,
    frame_index: Array,
    frame_rate_hz: float,
) -> WrongIdentitySpan:
    """Return the span in which a person is followed by the wrong `track` in each frame of `frame_index`."""
    own = owned.own_track[person]
    first, last = int(frame_index[0]), int(frame_index[-1])
    return WrongIdentitySpan(
        sequence=sequence.name,
        truth_id=int(sequence.truth.track_id[person]),
        own_id=int(sequence.predicted.track_id[own]) if own >= 0 else None,
        predicted_ids=tuple(dict.fromkeys(sequence.predicted.track_id[track].tolist())),
        first_frame=first,
        last_frame=last,
        num_boxes=len(frame_index),
        seconds=(last - first + 1) / frame_rate_hz if frame_rate_hz > 0 else math.nan,
    )


def _longest_first(spans: Sequence[WrongIdentitySpan]) -> tuple[WrongIdentitySpan, ...]:
    return tuple(sorted(spans, key=lambda span: (-span.num_frames, span.sequence, span.truth_id)))


def combine_wrong_identity(parts: Sequence[WrongIdentity]) -> WrongIdentity:
    """Return the spans of several sequences as of one."""
    return WrongIdentity(
        spans=_longest_first([span for part in parts for span in part.spans]),
        num_matched=sum(part.num_matched for part in parts),
    )
