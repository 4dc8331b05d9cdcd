"""The moments that tell how a person came by a wrong track, and how that ended."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from mot_model.boxes import pairwise_iou
from mot_model.structures import Array
from mot_platform.formats.motchallenge import MotRows
from mot_platform.metrics.tracks.mot_preprocessing import MATCH_IOU
from mot_platform.metrics.tracks.wrong_identity import WrongIdentitySpan
from mot_platform.report.score_contents import ScoredSequence

MAX_MOMENTS = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchMoment:
    """A person in one frame, and the tracks around."""

    caption: str
    """What the frame shows, such as "before"."""
    frame_index: int
    person_xyxy: Array
    """float64 `(4,)`, where the person is."""
    track_id: int | None
    """The track on the person, None without one."""
    is_followed: bool
    """Whether that is the track that was looked for: a wrong one in the span, their own outside."""
    others: MotRows
    """The other tracks of the frame."""


class SwitchMoments:
    """Finds the moments of the wrong spans of one sequence.

    Args:
        sequence: Its boxes.
    """

    def __init__(self, sequence: ScoredSequence) -> None:
        order = np.argsort(sequence.predicted.frame_index, kind="stable")
        self._predicted = sequence.predicted[order]
        self._truth = sequence.truth.rows

    def of(self, span: WrongIdentitySpan) -> tuple[SwitchMoment, ...]:
        """Return up to `MAX_MOMENTS` in order, each of another frame; none if the span is not in the boxes.

        Before and after are the nearest frames in which the person is found by the track that is their own,
        or else the frames next to the span.
        """
        person = self._truth[self._truth.track_id == span.truth_id]
        person = person[np.argsort(person.frame_index, kind="stable")]
        start, stop = np.searchsorted(person.frame_index, [span.first_frame, span.last_frame + 1]).tolist()
        own = () if span.own_id is None else (span.own_id,)
        wrong = [moment for moment in self._at(person[start:stop], span.predicted_ids) if moment.is_followed]
        if not wrong:
            return ()
        before = _nearest(self._at(person[:start][::-1], own), "before")
        after = _nearest(self._at(person[stop:], own), "after")
        free = MAX_MOMENTS - len(before) - len(after)
        picked = [wrong[place] for place in np.linspace(0, len(wrong) - 1, free).round().astype(int)]
        begin = "switch" if before else "first found"
        captions = {wrong[-1].frame_index: "last wrong frame", wrong[0].frame_index: begin}
        picked = [replace(one, caption=captions.get(one.frame_index, "still wrong")) for one in picked]
        by_frame = {one.frame_index: one for one in (*before, *picked, *after)}
        return tuple(by_frame[frame_index] for frame_index in sorted(by_frame))

    def _at(self, person: MotRows, wanted: tuple[int, ...]) -> Iterator[SwitchMoment]:
        """Yield the moment of each row of a person; one of the tracks `wanted` is looked for first."""
        for row in range(len(person)):
            frame_index = int(person.frame_index[row])
            first, stop = np.searchsorted(
                self._predicted.frame_index, [frame_index, frame_index + 1]
            ).tolist()
            here = self._predicted[first:stop]
            follower = _follower(person.xyxy[row], here, wanted)
            track_id = None if follower is None else int(here.track_id[follower])
            yield SwitchMoment(
                caption="",
                frame_index=frame_index,
                person_xyxy=person.xyxy[row],
                track_id=track_id,
                is_followed=track_id in wanted,
                others=here[np.arange(len(here)) != follower],
            )


def _nearest(moments: Iterator[SwitchMoment], caption: str) -> list[SwitchMoment]:
    """Return the first moment in which the person has the track looked for, else the first of all."""
    first: SwitchMoment | None = None
    for moment in moments:
        first = first or moment
        if moment.is_followed:
            return [replace(moment, caption=caption)]
    return [replace(first, caption=caption)] if first else []


def _follower(xyxy: Array, here: MotRows, wanted: tuple[int, ...]) -> int | None:
    """Return the row of the track on a person: of those that overlap enough one `wanted`, or the closest."""
    iou = pairwise_iou(xyxy[None], here.xyxy)[0]
    rows = np.flatnonzero(iou >= MATCH_IOU)
    if not len(rows):
        return None
    of_wanted = rows[np.isin(here.track_id[rows], wanted)]
    among = of_wanted if len(of_wanted) else rows
    return int(among[np.argmax(iou[among])])
