"""Actions as one text file per frame, in a folder or a zip: what evaluators of JHMDB and UCF101-24 exchange.

A file is named `<video>_<frame>.txt`, the frame in five digits and from 1. A line of ground truth is
`class x1 y1 x2 y2`, one of detections `class score x1 y1 x2 y2`; boxes are in pixels and contain the pixel of
their lower right corner. A class is a number or a name.
"""

from __future__ import annotations

import math
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from mot_platform.errors import InputError
from mot_platform.formats.action_rows import ActionRows
from mot_platform.formats.row_errors import ZIP_FAULTS

CLASS_NAMES: Mapping[str, tuple[str, ...]] = {
    "jhmdb": (
        *(
            "brush_hair",
            "catch",
            "clap",
            "climb_stairs",
            "golf",
            "jump",
            "kick_ball",
            "pick",
            "pour",
            "pullup",
        ),
        *("push", "run", "shoot_ball", "shoot_bow", "shoot_gun", "sit", "stand", "swing_baseball", "throw"),
        *("walk", "wave"),
    ),
    "ucf101-24": (
        *("Basketball", "BasketballDunk", "Biking", "CliffDiving", "CricketBowling", "Diving", "Fencing"),
        *(
            "FloorGymnastics",
            "GolfSwing",
            "HorseRiding",
            "IceDancing",
            "LongJump",
            "PoleVault",
            "RopeClimbing",
        ),
        *("SalsaSpin", "SkateBoarding", "Skiing", "Skijet", "SoccerJuggling", "Surfing", "TennisSwing"),
        *("TrampolineJumping", "VolleyballSpiking", "WalkingWithDog"),
    ),
}
"""The classes of each benchmark in the order of their numbers, from 1."""

_FILE_NAME = re.compile(r"(?P<video>.+)_(?P<frame>\d{5,9})\.txt")
_MAX_PX = 1_000_000
_MAX_CLASS = 32767
_NEVER_OPENED = (".pkl", ".pickle", ".mat", ".npy", ".npz")
_MAX_FILE_BYTES = 1 << 20
_MAX_TOTAL_BYTES = 1 << 30
"""Of text, unpacked; all of UCF101-24 has 0.1 GiB with a hundred detections in every frame."""


def read_frame_files(path: Path, *, scored: bool, class_ids: Mapping[str, int]) -> ActionRows:
    """Return the boxes of all text files below the folder, or in the zip, `path`.

    The lower right corners are moved by a pixel, so that boxes end where they end and areas need no special
    rule. Files without a line are images with nobody in them.

    Args:
        path: A folder, looked through with all below it, or a zip.
        scored: Whether lines have a score, as detections do.
        class_ids: The number of each class that may be named.

    Raises:
        InputError: with file and line, if a line is malformed; if there is no such file, or too much text.
    """
    columns = _Columns(scored=scored, class_ids=class_ids)
    for place, name, text in _texts(path):
        if (match := _FILE_NAME.fullmatch(name)) is None:
            raise InputError(f"{place}: not named <video>_<frame in five digits>.txt; move it elsewhere")
        columns.add(place, match["video"], int(match["frame"]), text)
    if not columns.videos:
        raise InputError(f"{path}: no text files in it; expected <video>_<frame in five digits>.txt")
    return columns.rows()


@dataclass(kw_only=True, slots=True)
class _Columns:
    """What has been read so far."""

    scored: bool
    class_ids: Mapping[str, int]
    videos: dict[str, int] = field(default_factory=dict)
    seen: set[tuple[int, int]] = field(default_factory=set)
    empty: list[tuple[int, int]] = field(default_factory=list)
    keys: list[tuple[int, int, int]] = field(default_factory=list)
    """Video, frame and class of each box."""
    numbers: list[list[float]] = field(default_factory=list)
    """Score and corners of each box."""

    def add(self, place: str, video_name: str, frame: int, text: str) -> None:
        """Take the lines of one file."""
        video = self.videos.setdefault(video_name, len(self.videos))
        if (video, frame) in self.seen:
            raise InputError(f"{place}: frame {frame} of {video_name} is there twice")
        self.seen.add((video, frame))
        lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), start=1)]
        lines = [(number, words) for number, words in lines if words]
        if not lines:
            self.empty.append((video, frame))
        for number, words in lines:
            try:
                action_id, numbers = self._parsed(words)
            except ValueError as error:
                raise InputError(f"{place}:{number}: {error}") from None
            self.keys.append((video, frame, action_id))
            self.numbers.append(numbers)

    def _parsed(self, words: list[str]) -> tuple[int, list[float]]:
        """Return the class of a line, and its score and corners."""
        names = (
            ("class", "score", "x1", "y1", "x2", "y2") if self.scored else ("class", "x1", "y1", "x2", "y2")
        )
        if len(words) != len(names):
            raise ValueError(f"{len(words)} words; expected {' '.join(names)}")
        if any("_" in word for word in words[1:]):
            raise ValueError(f"a number has an underscore: {' '.join(words)}")
        numbers = [float(word) for word in words[1:]]
        if not all(map(math.isfinite, numbers)):
            raise ValueError("a number is not finite")
        if max(map(abs, numbers[-4:])) > _MAX_PX:
            raise ValueError(f"a box reaches beyond {_MAX_PX} px")
        if not self.scored:
            numbers = [1.0, *numbers]
            if numbers[3] < numbers[1] or numbers[4] < numbers[2]:
                raise ValueError("x2 or y2 lies before x1 or y1; a box is left, top, right, bottom")
        return self._class_id(words[0]), numbers

    def _class_id(self, word: str) -> int:
        if word in self.class_ids:
            return self.class_ids[word]
        if word.isascii() and word.isdigit() and len(word) < 6 and int(word) <= _MAX_CLASS:
            return int(word)
        raise ValueError(f"class {word!r} is not known; give a list of actions that has it")

    def rows(self) -> ActionRows:
        """Return all of it."""
        keys = np.array(self.keys, np.int64).reshape(-1, 3)
        numbers = np.array(self.numbers, np.float64).reshape(-1, 5)
        empty = np.array(self.empty, np.int64).reshape(-1, 2)
        return ActionRows(
            videos=tuple(self.videos),
            video=keys[:, 0],
            frame=keys[:, 1],
            person_id=np.full(len(keys), -1),
            xyxy=numbers[:, 1:] + [0, 0, 1, 1],
            action_id=keys[:, 2],
            score=numbers[:, 0],
            empty_video=empty[:, 0],
            empty_frame=empty[:, 1],
        )


def _texts(path: Path) -> Iterator[tuple[str, str, str]]:
    """Yield what to call each text file in a message, its name and its text, sorted by name."""
    if path.suffix.lower() in _NEVER_OPENED:
        raise InputError(
            f"{path}: pickles and .mat files are not opened, for that can run code; give the same boxes "
            "as one text file per frame, in a folder or a zip (YOWO's groundtruths_ucf.zip)"
        )
    if path.is_dir():
        for file in sorted(path.rglob("*.txt"), key=lambda file: file.name):
            yield str(file), file.name, _decoded(str(file), file.read_bytes())
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            yield from _texts_of_zip(path, archive)
    else:
        raise InputError(f"{path}: neither a folder nor a zip of text files, one per frame")


def _texts_of_zip(path: Path, archive: zipfile.ZipFile) -> Iterator[tuple[str, str, str]]:
    """Yield as `_texts` does; nothing is unpacked beyond the sizes that the archive states."""
    members = [
        member
        for member in archive.infolist()
        if member.filename.endswith(".txt") and "__MACOSX" not in member.filename.split("/")
    ]
    if sum(member.file_size for member in members) > _MAX_TOTAL_BYTES:
        raise InputError(f"{path}: more than {_MAX_TOTAL_BYTES >> 30} GiB of text; unpack it into a folder")
    for member in sorted(members, key=lambda member: member.filename.rpartition("/")[2]):
        place = f"{path}/{member.filename}"
        if member.file_size > _MAX_FILE_BYTES:
            raise InputError(f"{place}: {member.file_size >> 20} MiB is no text file of one frame")
        try:
            content = archive.read(member)
        except (*ZIP_FAULTS, OSError) as error:
            raise InputError(f"{place}: cannot be unpacked: {error}") from error
        yield place, member.filename.rpartition("/")[2], _decoded(place, content)


def _decoded(place: str, content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{place}: not text: {error}") from error
