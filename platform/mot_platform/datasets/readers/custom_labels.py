"""Reads the label files of a custom data set, each with what it calls its videos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from mot_platform.datasets.readers.ava_corpus import (
    find_ava_files,
    has_official_name,
    read_actions,
    read_excluded,
)
from mot_platform.datasets.readers.ava_labels import AvaFile, read_ava_labels
from mot_platform.datasets.readers.coco_labels import read_coco_labels
from mot_platform.datasets.readers.custom_media import MediaNames
from mot_platform.datasets.readers.cvat_labels import read_cvat_labels
from mot_platform.datasets.readers.label_files import GT_FILE, LabelFormat, find_label_files
from mot_platform.datasets.readers.mot_labels import MotFile, read_info, read_mot_labels
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import VideoLabels
from mot_platform.datasets.readers.yolo_labels import read_yolo_labels
from mot_platform.video.picked_frames import frames_beside

_YOLO_FOLDER = "labels"


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedLabels:
    """Labels, and the video that their file says they are of."""

    video: str
    file: Path
    kind: LabelFormat
    labels: VideoLabels
    media: Path | None = None
    """Where the pictures are, if the file tells that by its place."""


@dataclass(kw_only=True, slots=True)
class CustomLabels:
    """All labels of a custom data set."""

    found: list[NamedLabels] = field(default_factory=list)
    num_files: int = 0
    action_ids: dict[str, int] = field(default_factory=dict)


class CustomLabelReader:
    """Reads label files of all formats.

    Args:
        place: A folder of label files, or one of them.
        media: What videos there are.
        log: What is wrong is noted there.
    """

    def __init__(self, place: Path, media: MediaNames, log: ProblemLog) -> None:
        self._place = place
        self._base = place.parent if place.is_file() else place
        self._media = media
        self._log = log
        self._action_ids: dict[str, int] = {}

    def read(self) -> CustomLabels:
        """Return the labels of all files."""
        files = find_label_files(self._place)
        found = [
            *(labels for path in files.get("mot", ()) for labels in self._mot(path)),
            *(labels for path in files.get("cvat", ()) for labels in self._cvat(path)),
            *(labels for path in files.get("coco", ()) for labels in self._coco(path)),
            *self._yolo(files.get("yolo", [])),
            *self._ava(files.get("ava", [])),
        ]
        num_files = sum(map(len, files.values()))
        return CustomLabels(found=found, num_files=num_files, action_ids=self._action_ids)

    def _mot(self, path: Path) -> Iterator[NamedLabels]:
        is_sequence = path.name == GT_FILE and path.parent.name == "gt"
        folder = path.parent.parent if is_sequence else path.parent
        info = read_info(folder, self._log) if is_sequence else None
        labels = read_mot_labels(MotFile(gt=path, info=info), self._log)
        place = folder if is_sequence else path.with_suffix("")
        beside = frames_beside(folder) if is_sequence else None
        if labels is not None:
            yield NamedLabels(
                video=self._name(place),
                file=path,
                kind="mot",
                labels=labels,
                media=Path(beside) if beside else None,
            )

    def _cvat(self, path: Path) -> Iterator[NamedLabels]:
        for video, labels in read_cvat_labels(path, self._log).items():
            yield NamedLabels(video=video, file=path, kind="cvat", labels=labels)

    def _coco(self, path: Path) -> Iterator[NamedLabels]:
        for video, labels in read_coco_labels(path, self._media, self._log).items():
            yield NamedLabels(video=video, file=path, kind="coco", labels=labels)

    def _yolo(self, paths: list[Path]) -> Iterator[NamedLabels]:
        folder_of = {parent: self._labels_folder(parent) for parent in {path.parent for path in paths}}
        by_folder: dict[Path, list[Path]] = {}
        for path in paths:
            by_folder.setdefault(folder_of[path.parent], []).append(path)
        for folder, files in by_folder.items():
            names_in = [self._base, self._base.parent, folder.parent]
            for video, labels in read_yolo_labels(
                folder, files, self._media, self._log, names_in=names_in
            ).items():
                yield NamedLabels(video=video, file=folder, kind="yolo", labels=labels)

    def _labels_folder(self, folder: Path) -> Path:
        """Return the folder, at or above the one of YOLO's files, below which their paths name videos."""
        above = [place for place in (folder, *folder.parents) if place.is_relative_to(self._base)]
        return next((place for place in above if place.name == _YOLO_FOLDER), self._base)

    def _ava(self, paths: list[Path]) -> Iterator[NamedLabels]:
        for folder in sorted({path.parent for path in paths}):
            yield from self._ava_of_folder(folder, [path for path in paths if path.parent == folder])

    def _ava_of_folder(self, folder: Path, paths: list[Path]) -> Iterator[NamedLabels]:
        files = find_ava_files([folder])
        newest = set(files.labels.values())
        labelled = [path for path in paths if path in newest or not has_official_name(path)]
        actions = read_actions(files.action_list, self._log)
        if files.action_list is None and labelled:
            what = "no list of actions beside it; their numbers taken for those of AVA"
            self._log.add("actions without names", labelled[0], what)
        self._action_ids.update({name: number for number, name in actions.items()})
        excluded = frozenset().union(*(read_excluded(path, self._log) for path in files.excluded.values()))
        for path in labelled:
            file = AvaFile(
                path=path, actions=actions, lists_all=files.action_list is not None, excluded=excluded
            )
            for video, labels in read_ava_labels(file, self._log).items():
                yield NamedLabels(video=video, file=path, kind="ava", labels=labels)

    def _name(self, place: Path) -> str:
        """Return the name of a sequence or of a file without ending, below the folder of labels."""
        name = place.relative_to(self._base).as_posix() if place.is_relative_to(self._base) else place.name
        return place.resolve().name if name == "." else name
