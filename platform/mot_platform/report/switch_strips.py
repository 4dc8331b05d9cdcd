"""Pictures of people who have a wrong track, cut out of the frames, with the tracks on and around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from mot_model.structures import Array
from mot_platform.errors import MediaError
from mot_platform.metrics.tracks.wrong_identity import WrongIdentitySpan
from mot_platform.report.marks import UNFOUND_COLOR, Mark, box_mark
from mot_platform.report.pictures import jpeg_uri
from mot_platform.report.score_contents import ScoredSequence
from mot_platform.report.switch_moments import SwitchMoment, SwitchMoments
from mot_platform.video.overlay import track_color
from mot_platform.video.picked_frames import read_picked
from mot_platform.video.scaling import FrameScaler, Orientation

MAX_STRIPS = 6
PICTURE_PX = 400

_SURROUNDINGS = 1.8
"""Side of a picture in heights of the person."""
_MIN_SIDE_PX = 96
"""Of the frame: a person who is smaller is not enlarged further, there is nothing to see."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchPicture:
    """A person in one frame."""

    caption: str
    frame_index: int
    time_s: float | None
    """None where the frame rate is unknown."""
    image: str
    """JPEG as a data URI."""
    marks: tuple[Mark, ...]
    """The person's last, so that it lies on top."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SwitchStrip:
    """The moments of one wrong span, in order."""

    span: WrongIdentitySpan
    pictures: tuple[SwitchPicture, ...]
    problem: str
    """Why there are no pictures; else empty."""
    width_px: int = PICTURE_PX
    """Size of each picture."""
    height_px: int = PICTURE_PX


def switch_strips(
    spans: Sequence[WrongIdentitySpan], sequences: Sequence[ScoredSequence]
) -> tuple[SwitchStrip, ...]:
    """Return the strips of the first `MAX_STRIPS` of `spans` whose sequence has frames.

    Each sequence is opened once. One that can't be read gives strips that say why.
    """
    filmed = {one.truth.info.name: one for one in sequences if one.frames}
    shown = [span for span in spans if span.sequence in filmed][:MAX_STRIPS]
    strips: dict[int, SwitchStrip] = {}
    for name in dict.fromkeys(span.sequence for span in shown):
        places = [place for place, span in enumerate(shown) if span.sequence == name]
        drawn = _strips_of(filmed[name], [shown[place] for place in places])
        strips |= dict(zip(places, drawn, strict=True))
    return tuple(strips[place] for place in sorted(strips) if strips[place].pictures or strips[place].problem)


def _strips_of(sequence: ScoredSequence, spans: Sequence[WrongIdentitySpan]) -> list[SwitchStrip]:
    """Return the strips of `spans`, all of one sequence."""
    finder, info = SwitchMoments(sequence), sequence.truth.info
    moments = [finder.of(span) for span in spans]
    pictures: list[list[SwitchPicture]] = [[] for _ in spans]
    wanted = [moment.frame_index for found in moments for moment in found]
    problem = ""
    try:
        for decoded in read_picked(str(sequence.frames), wanted):
            frame = decoded.frame
            shown_wh = Orientation.of(frame).coded_wh((frame.width, frame.height))
            pixels = FrameScaler((info.width_px, info.height_px) if info.width_px else shown_wh)(frame)
            for place, found in enumerate(moments):
                for moment in found:
                    if moment.frame_index == decoded.frame_index:
                        window = _window(moment.person_xyxy, _side_px(found, pixels), pixels)
                        time_s = moment.frame_index / info.frame_rate_hz if info.frame_rate_hz else None
                        pictures[place].append(_picture(pixels, window, moment, spans[place].own_id, time_s))
    except MediaError as error:
        problem = str(error)
    return [
        SwitchStrip(span=span, pictures=tuple(found), problem="" if found else problem)
        for span, found in zip(spans, pictures, strict=True)
    ]


def _side_px(moments: Sequence[SwitchMoment], pixels: Array) -> int:
    """Return the side of the square to cut out, the same for all moments, so that they compare."""
    longest = max(float((one.person_xyxy[2:] - one.person_xyxy[:2]).max()) for one in moments)
    height, width = pixels.shape[:2]
    return int(min(max(_SURROUNDINGS * longest, _MIN_SIDE_PX), height, width))


def _window(xyxy: Array, side: int, pixels: Array) -> tuple[int, int, int, int]:
    """Return the square `(left, top, right, bottom)` around a box, moved to lie in the frame."""
    center_x, center_y = (xyxy[:2] + xyxy[2:]) / 2
    left = int(np.clip(round(center_x - side / 2), 0, pixels.shape[1] - side))
    top = int(np.clip(round(center_y - side / 2), 0, pixels.shape[0] - side))
    return left, top, left + side, top + side


def _picture(
    pixels: Array,
    window: tuple[int, int, int, int],
    moment: SwitchMoment,
    own_id: int | None,
    time_s: float | None,
) -> SwitchPicture:
    left, top, right, bottom = window
    cut = pixels[top:bottom, left:right]
    shrinks = right - left > PICTURE_PX
    return SwitchPicture(
        caption=moment.caption,
        frame_index=moment.frame_index,
        time_s=time_s,
        image=jpeg_uri(
            cv2.resize(
                cut, (PICTURE_PX, PICTURE_PX), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
            )
        ),
        marks=_marks(moment, np.array([left, top, left, top]), right - left, own_id),
    )


def _marks(moment: SwitchMoment, origin: Array, side: int, own_id: int | None) -> tuple[Mark, ...]:
    """Return the marks of the tracks in the picture, faint, and last that of the person."""
    size_wh = (side, side)
    around = [
        replace(
            box_mark(
                xyxy - origin, size_wh, track_id, "own" if track_id == own_id else "", track_color(track_id)
            ),
            is_faint=True,
        )
        for xyxy, track_id in zip(moment.others.xyxy, moment.others.track_id.tolist(), strict=True)
    ]
    color = UNFOUND_COLOR if moment.track_id is None else track_color(moment.track_id)
    label = "no track" if moment.track_id is None else "own" if moment.track_id == own_id else ""
    person = box_mark(moment.person_xyxy - origin, size_wh, moment.track_id, label, color)
    return (*(mark for mark in around if mark.width and mark.height), person)
