"""COCO json of videos: CocoVID, MOT and TAO files with `images`, and YouTube-VIS files with whole tracks.

What can't be used is left out and told, entry by entry.
"""

# R boxes, I images

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mot_model.structures import Array
from mot_platform.errors import InputError
from mot_platform.formats.coco import BOX, WHOLE, FieldKind, entry_problem, read_json

ENTRIES = "annotations"
_TRACK_FIELDS = ("instance_id", "track_id")
_FRAME_FIELDS = ("frame_id", "frame_index")
_TEXT = FieldKind("a text", lambda value: isinstance(value, str))
_LIST = FieldKind("a list", lambda value: isinstance(value, list))


@dataclass(frozen=True, kw_only=True, slots=True)
class CocoImage:
    """An image that was looked at."""

    video: str
    """Name of its video, or the folder of its file; empty if the file has neither."""
    number: int | None
    """Its frame as the file counts them, from 0 or 1; None if only its file name says."""
    file_name: str
    size_wh: tuple[int, int] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CocoVideos:
    """The boxes of all videos of a file."""

    images: tuple[CocoImage, ...]
    class_names: tuple[str, ...]
    entry: Array
    """int64 `(R,)`: number of the annotation, from 0."""
    image: Array
    """int64 `(R,)`, position in `images`."""
    class_id: Array
    """int64 `(R,)`, position in `class_names`."""
    track_id: Array
    """int64 `(R,)`, -1 without identity."""
    xywh: Array
    """float64 `(R, 4)`, pixels."""
    crowd: Array
    """bool `(R,)`."""
    problems: tuple[tuple[str, str], ...]
    """Entry, such as `annotations[3]`, and what is wrong with it."""


def is_coco(data: Any) -> bool:
    """Return whether a json document looks like ground truth of COCO."""
    return (
        isinstance(data, dict)
        and {ENTRIES, "categories"} <= set(data)
        and bool({"images", "videos"} & set(data))
    )


def read_coco_videos(path: Path) -> CocoVideos:
    """Return the boxes of a file.

    Raises:
        InputError: if it can't be read or is no ground truth of COCO.

    Source: https://cocodataset.org/#format-data, https://youtube-vos.org/dataset/vis/
    """
    data = read_json(path)
    if not is_coco(data):
        raise InputError(
            f"{path}: not ground truth of COCO: no object with images, categories and annotations"
        )
    if "images" not in data:
        data = _images_of_tracks(data)
    reader = _Reader()
    videos = {entry["id"]: entry for entry in reader.sound(data, "videos", {"id": WHOLE})}
    categories = reader.sound(data, "categories", {"id": WHOLE, "name": _TEXT})
    images = reader.sound(data, "images", {"id": WHOLE})
    place_of_image = {entry["id"]: place for place, entry in enumerate(images)}
    place_of_class = {entry["id"]: place for place, entry in enumerate(categories)}
    rows = reader.rows(data, place_of_image, place_of_class)
    return CocoVideos(
        images=tuple(_image(entry, videos) for entry in images),
        class_names=tuple(entry["name"] for entry in categories),
        entry=np.array([row["entry"] for row in rows], np.int64),
        image=np.array([place_of_image[row["image_id"]] for row in rows], np.int64),
        class_id=np.array([place_of_class[row["category_id"]] for row in rows], np.int64),
        track_id=np.array([_track_id(row) for row in rows], np.int64),
        xywh=np.array([row["bbox"] for row in rows], np.float64).reshape(-1, 4),
        crowd=np.array([bool(row.get("iscrowd")) for row in rows], bool),
        problems=tuple(reader.problems),
    )


class _Reader:
    """Takes the sound entries of lists and collects what is wrong with the others."""

    def __init__(self) -> None:
        self.problems: list[tuple[str, str]] = []

    def sound(
        self, data: Mapping[str, Any], place: str, needed: dict[str, FieldKind]
    ) -> list[dict[str, Any]]:
        """Return the entries of a list that have all fields they need."""
        entries = data.get(place, [])
        if not isinstance(entries, list):
            raise InputError(f"{place} is no list")
        return [
            entry
            for number, entry in enumerate(entries)
            if not self._wrong(f"{place}[{number}]", entry, needed)
        ]

    def rows(
        self, data: Mapping[str, Any], images: Mapping[int, int], classes: Mapping[int, int]
    ) -> list[dict[str, Any]]:
        """Return the annotations of known images and classes, each with its number."""
        rows = []
        needed = {"image_id": WHOLE, "category_id": WHOLE, "bbox": BOX}
        for number, entry in enumerate(data[ENTRIES]):
            number = entry.get("entry", number) if isinstance(entry, dict) else number
            place = f"{ENTRIES}[{number}]"
            if self._wrong(place, entry, needed):
                continue
            known = {"image_id": images, "category_id": classes}
            lost = next((name for name, there in known.items() if entry[name] not in there), None)
            if lost:
                self.problems.append((place, f"{lost} {entry[lost]} is not in the file; left out"))
            else:
                rows.append({**entry, "entry": number})
        return rows

    def _wrong(self, place: str, entry: Any, needed: dict[str, FieldKind]) -> bool:
        for name, kind in needed.items():
            if problem := entry_problem(entry, name, kind):
                self.problems.append((place, f"{problem.removeprefix(':').strip()}; left out"))
                return True
        return False


def _image(entry: Mapping[str, Any], videos: Mapping[int, Mapping[str, Any]]) -> CocoImage:
    """Return what an entry says of its image."""
    file_name = str(entry.get("file_name", ""))
    video = videos.get(entry.get("video_id", -1), {})
    number = next((entry[name] for name in _FRAME_FIELDS if WHOLE.sound(entry.get(name))), None)
    sides = [entry.get(name, video.get(name)) for name in ("width", "height")]
    name = str(video.get("name") or video.get("file_name") or entry.get("video") or "")
    return CocoImage(
        video=name or (file_name.rpartition("/")[0] if "/" in file_name else ""),
        number=number,
        file_name=file_name,
        size_wh=(sides[0], sides[1]) if all(WHOLE.sound(side) for side in sides) else None,
    )


def _track_id(row: Mapping[str, Any]) -> int:
    return next((row[name] for name in _TRACK_FIELDS if WHOLE.sound(row.get(name))), -1)


def _images_of_tracks(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a YouTube-VIS file, whose annotations are tracks with a box or None for each frame, by image."""
    images: list[dict[str, Any]] = []
    annotations: list[Any] = []
    first: dict[int, int] = {}
    for video in data["videos"] if isinstance(data["videos"], list) else []:
        if entry_problem(video, "id", WHOLE) or entry_problem(video, "file_names", _LIST):
            continue
        first[video["id"]] = len(images)
        for number, file_name in enumerate(video["file_names"]):
            images.append(
                {"id": len(images), "video_id": video["id"], "frame_id": number, "file_name": file_name}
            )
    for number, track in enumerate(data[ENTRIES] if isinstance(data[ENTRIES], list) else []):
        if entry_problem(track, "bboxes", _LIST) or track.get("video_id") not in first:
            annotations.append(track)
            continue
        for step, box in enumerate(track["bboxes"]):
            if box is not None:
                image_id = first[track["video_id"]] + step
                kept = {name: track.get(name) for name in ("category_id", "iscrowd")}
                annotations.append(
                    {**kept, "image_id": image_id, "bbox": box, "track_id": track.get("id"), "entry": number}
                )
    return {**data, "images": images, ENTRIES: annotations}
