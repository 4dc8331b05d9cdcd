"""CVAT's XML "for video 1.1": tracks of boxes, read with the line of each, keyframes filled in between.

Frames are 0-based. A file that defines entities is refused, as expanding them can fill the memory.
"""

# S shapes as written, R boxes

from __future__ import annotations

import xml.parsers.expat as expat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from mot_model.structures import Array
from mot_platform.formats.row_errors import RowProblem, number_problem

_SIDES = ("xtl", "ytl", "xbr", "ybr")
_MAX_FRAME = 10_000_000
"""Days of video; a frame beyond is a slip, and filling in up to it would fill the memory."""
_MAX_TRACK = 2**53
_OTHER_SHAPES = ("polygon", "polyline", "points", "ellipse", "cuboid", "skeleton", "mask")


@dataclass(frozen=True, kw_only=True, slots=True)
class CvatVideo:
    """The boxes of one video, a row for each frame that an object is in."""

    source: str
    """Name of the video file, else of the task, empty if the file has neither."""
    size_wh: tuple[int, int] | None
    labelled: Array | None
    """int64 `(L,)`: the frames of the task, None if the file does not say."""
    label_names: tuple[str, ...]
    """Labels of the task, then others that are used."""
    line: Array
    """int64 `(R,)`: line of the box, or of the keyframe before it."""
    frame_index: Array
    """int64 `(R,)`."""
    track: Array
    """int64 `(R,)`, the id of the track."""
    label: Array
    """int64 `(R,)`, position in `label_names`."""
    xyxy: Array
    """float64 `(R, 4)`, pixels."""
    occluded: Array
    """bool `(R,)`."""
    attributes: tuple[Mapping[str, str], ...]
    """Of each row."""
    problems: tuple[RowProblem, ...]


@dataclass(slots=True)
class _Shape:
    """A box as written, also one that only says that the object has left."""

    line: int
    frame: int
    track: int
    label: str
    xyxy: tuple[float, ...]
    outside: bool
    occluded: bool
    attributes: dict[str, str]


@dataclass(slots=True)
class _Track:
    number: int
    label: str
    attributes: dict[str, str] = field(default_factory=dict)


def read_cvat(path: Path) -> CvatVideo:
    """Return the boxes of a file; between two keyframes they move linearly, and end where `outside` is 1.

    Raises:
        ValueError: with file and line, if it is no such file or not well-formed, or defines entities.
        OSError: if it can't be read.

    Source: https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/
    """
    reader = _Reader(path)
    reader.read()
    return _filled(reader)


class _Reader:
    """Collects what the elements of a file say, as they go by."""

    def __init__(self, path: Path) -> None:
        self.shapes: list[_Shape] = []
        self.problems: list[RowProblem] = []
        self.task: dict[str, str] = {}
        self.label_names: list[str] = []
        self._path = path
        self._open: list[str] = []
        self._text = ""
        self._attribute = ""
        self._track: _Track | None = None
        self._shape: _Shape | None = None
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._refuse

    def read(self) -> None:
        """Read the file."""
        try:
            self._parser.Parse(self._path.read_bytes(), True)
        except expat.ExpatError as error:
            raise ValueError(f"{self._path}:{error.lineno}: {expat.ErrorString(error.code)}") from error

    @property
    def _line(self) -> int:
        return self._parser.CurrentLineNumber

    def _refuse(self, *_: object) -> None:
        raise ValueError(f"{self._path}:{self._line}: it declares a document type, which CVAT never does")

    def _characters(self, text: str) -> None:
        self._text += text

    def _start(self, name: str, values: dict[str, str]) -> None:
        if not self._open and name != "annotations":
            raise ValueError(f"{self._path}:{self._line}: no annotations of CVAT: it begins with <{name}>")
        if name == "image" and len(self._open) == 1:
            raise ValueError(f'{self._path}:{self._line}: "CVAT for images"; export "CVAT for video 1.1"')
        self._open.append(name)
        self._text = ""
        if name == "track":
            self._begin_track(values)
        elif name == "box" and self._track is not None:
            self._begin_box(values, self._track)
        elif name == "attribute":
            self._attribute = values.get("name", "")
        elif name in _OTHER_SHAPES and self._track is not None:
            self.problems.append(RowProblem(self._line, f"a {name} is no box; left out"))

    def _end(self, name: str) -> None:
        self._open.pop()
        text, self._text = self._text.strip(), ""
        if name == "track":
            self._track = None
        elif name == "box" and self._shape is not None:
            self.shapes.append(self._shape)
            self._shape = None
        elif name == "attribute" and "meta" not in self._open:
            owner = self._shape or self._track
            if owner is not None:
                owner.attributes[self._attribute] = text
        elif self._open[:2] == ["annotations", "meta"]:
            self._note_task(name, text)

    def _note_task(self, name: str, text: str) -> None:
        """Keep what the head of the file says of the task."""
        if name == "name" and self._open[-1] == "label":
            self.label_names.append(text)
        elif name == "task" and self._open[-1] == "tasks":
            self.task["tasks"] = str(int(self.task.get("tasks", 0)) + 1)
            if int(self.task["tasks"]) > 1:
                raise ValueError(
                    f"{self._path}:{self._line}: several tasks in one file; export each on its own"
                )
        elif len(self._open) <= 5 and self._open[-1] in ("task", "job", "original_size", "meta"):
            self.task.setdefault(name, text)

    def _begin_track(self, values: dict[str, str]) -> None:
        number = values.get("id", "")
        if not number.isdecimal() or int(number) > _MAX_TRACK:
            raise ValueError(f"{self._path}:{self._line}: a track has the id {number!r}, not a whole number")
        self._track = _Track(int(number), values.get("label", ""))

    def _begin_box(self, values: dict[str, str], track: _Track) -> None:
        needed = ("frame", *_SIDES)
        if missing := next((name for name in needed if name not in values), None):
            self.problems.append(RowProblem(self._line, f"a box has no {missing}; left out"))
            return
        wrong = next(filter(None, (number_problem(values[name], name) for name in needed)), None)
        if wrong or not values["frame"].isdecimal() or int(values["frame"]) > _MAX_FRAME:
            self.problems.append(
                RowProblem(self._line, f"{wrong or 'frame is ' + values['frame']}; left out")
            )
            return
        self._shape = _Shape(
            line=self._line,
            frame=int(values["frame"]),
            track=track.number,
            label=track.label,
            xyxy=tuple(float(values[name]) for name in _SIDES),
            outside=values.get("outside") == "1",
            occluded=values.get("occluded") == "1",
            attributes=dict(track.attributes),
        )


def _filled(reader: _Reader) -> CvatVideo:
    """Return the boxes with those between keyframes."""
    shapes = sorted(reader.shapes, key=lambda shape: (shape.track, shape.frame))
    track = np.array([shape.track for shape in shapes], np.int64)
    frame = np.array([shape.frame for shape in shapes], np.int64)
    xyxy = np.array([shape.xyxy for shape in shapes], np.float64).reshape(-1, 4)
    outside = np.array([shape.outside for shape in shapes], bool)
    goes_on = np.append(track[1:] == track[:-1], False)[: len(shapes)]
    length = np.where(goes_on, np.append(frame[1:], 0)[: len(shapes)] - frame, 1)
    length = np.where(outside, 0, np.maximum(length, 1))
    of_shape = np.repeat(np.arange(len(shapes)), length)
    step = np.arange(len(of_shape)) - np.repeat(np.cumsum(length) - length, length)
    follower = np.minimum(of_shape + goes_on[of_shape], len(shapes) - 1) if len(shapes) else of_shape
    share = (step / length[of_shape])[:, None]
    names = tuple(dict.fromkeys([*reader.label_names, *(shape.label for shape in shapes)]))
    labels = np.array([names.index(shape.label) for shape in shapes], np.int64)
    video = CvatVideo(
        source=reader.task.get("source") or reader.task.get("name", ""),
        size_wh=_size_wh(reader.task),
        labelled=_frames(reader.task),
        label_names=names,
        line=np.array([shape.line for shape in shapes], np.int64)[of_shape],
        frame_index=frame[of_shape] + step,
        track=track[of_shape],
        label=labels[of_shape],
        xyxy=xyxy[of_shape] * (1 - share) + xyxy[follower] * share,
        occluded=np.array([shape.occluded for shape in shapes], bool)[of_shape],
        attributes=tuple(shapes[place].attributes for place in of_shape.tolist()),
        problems=tuple(reader.problems),
    )
    return _of_task(video)


def _of_task(video: CvatVideo) -> CvatVideo:
    """Return the video without boxes between the frames that the task skips."""
    if video.labelled is None:
        return video
    keep = np.isin(video.frame_index, video.labelled)
    columns = ("line", "frame_index", "track", "label", "xyxy", "occluded")
    kept = {name: getattr(video, name)[keep] for name in columns}
    attributes = tuple(entry for entry, stays in zip(video.attributes, keep.tolist(), strict=True) if stays)
    return replace(video, **kept, attributes=attributes)


def _size_wh(task: Mapping[str, str]) -> tuple[int, int] | None:
    width, height = task.get("width", ""), task.get("height", "")
    return (int(width), int(height)) if width.isdecimal() and height.isdecimal() else None


def _frames(task: Mapping[str, str]) -> Array | None:
    """Return the frames of the task, None if it does not say."""
    start, stop = task.get("start_frame", ""), task.get("stop_frame", "")
    step = task.get("frame_filter", "").removeprefix("step=") or "1"
    if not (start.isdecimal() and stop.isdecimal() and step.isdecimal() and int(step) > 0):
        return None
    if int(stop) > _MAX_FRAME:
        return None
    return np.arange(int(start), int(stop) + 1, int(step))
