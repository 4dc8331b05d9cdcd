"""AVA as it is downloaded: csv files of annotations beside or above folders of videos named by their id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from mot_platform.datasets.readers.ava_actions import AVA_ACTIONS
from mot_platform.datasets.readers.ava_labels import AvaFile, read_ava_labels
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import FoundSource, FoundVideo, VideoLabels
from mot_platform.errors import InputError
from mot_platform.formats.ava import read_action_list, read_ava_images
from mot_platform.video.opening import VIDEO_EXTENSIONS

MEDIA_FOLDERS = ("clips", "videos", "trainval")
"""Below the folder of the data set; videos may also be in it itself. The first that has a video counts."""
_LABELS = re.compile(r"ava_(train|val|test)(?:_v([\d.]+))?\.csv")
_EXCLUDED = re.compile(r"ava_(train|val|test)_excluded_timestamps(?:_v([\d.]+))?\.csv")
_ACTIONS = re.compile(r"ava_action_list(?:_v([\d.]+))?(_for_activitynet_\d+)?\.pbtxt")


@dataclass(frozen=True, kw_only=True, slots=True)
class AvaFiles:
    """The annotations of AVA, of each the newest version."""

    labels: Mapping[str, Path]
    """By split."""
    excluded: Mapping[str, Path]
    """By split."""
    action_list: Path | None


def find_ava_files(folders: Iterable[Path]) -> AvaFiles:
    """Return the annotations in some folders."""
    paths = sorted(path for folder in folders if folder.is_dir() for path in folder.iterdir())
    lists = [
        (_version(match[1]), match[2] is None, path)
        for path in paths
        if (match := _ACTIONS.fullmatch(path.name))
    ]
    return AvaFiles(
        labels=_newest_by_split(paths, _LABELS),
        excluded=_newest_by_split(paths, _EXCLUDED),
        action_list=max(lists, key=lambda found: (found[1], found[0]))[2] if lists else None,
    )


def has_official_name(path: Path) -> bool:
    """Return whether a csv is named like one of AVA's, of which only the newest is read."""
    return bool(_LABELS.fullmatch(path.name)) or "excluded_timestamps" in path.name


def read_ava_corpus(root: Path, log: ProblemLog) -> FoundSource:
    """Return the videos that AVA's annotations name.

    Args:
        root: Folder with the csv files in it or in its `annotations`, and the videos in one of
            `MEDIA_FOLDERS`, named by their id.
        log: What is wrong is noted there.

    Raises:
        InputError: if there are no annotations.
    """
    files = find_ava_files((root, root / "annotations"))
    if not files.labels:
        raise InputError(
            f"{root}: no annotations of AVA in it or its folder annotations: ava_train_v2.2.csv .."
        )
    actions = read_actions(files.action_list, log)
    media = _media_by_id(root)
    videos: dict[str, FoundVideo] = {}
    for split, path in files.labels.items():
        file = AvaFile(
            path=path,
            actions=actions,
            lists_all=files.action_list is not None,
            excluded=read_excluded(files.excluded.get(split), log),
        )
        for name, labels in read_ava_labels(file, log).items():
            if name in videos:
                log.add(
                    "videos in two splits",
                    path,
                    f"{name} is in {videos[name].official_split} already; left out",
                )
                continue
            videos[name] = _video(root, name, labels, split, media)
    ids = {name: number for number, name in actions.items()}
    return FoundSource(videos=list(videos.values()), action_ids=ids)


def read_actions(path: Path | None, log: ProblemLog) -> dict[int, str]:
    """Return the names of the actions in a list; without one, those of AVA."""
    if path is None:
        return AVA_ACTIONS
    try:
        return read_action_list(path)
    except (ValueError, OSError) as error:
        log.add_unreadable(path, error, instead="AVA's own list taken")
        return AVA_ACTIONS


def read_excluded(path: Path | None, log: ProblemLog) -> frozenset[tuple[str, float]]:
    """Return video and time of the images in a csv of excluded timestamps; none without one."""
    if path is None:
        return frozenset()
    try:
        return frozenset(read_ava_images(path))
    except (ValueError, OSError) as error:
        log.add_unreadable(path, error)
        return frozenset()


def _media_by_id(root: Path) -> dict[str, Path]:
    """Return the videos by the id that is their name."""
    media: dict[str, Path] = {}
    for folder in (*(root / name for name in MEDIA_FOLDERS), root):
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.suffix.lower() in VIDEO_EXTENSIONS:
                media.setdefault(path.stem, path)
    return media


def _video(root: Path, name: str, labels: VideoLabels, split: str, media: Mapping[str, Path]) -> FoundVideo:
    return FoundVideo(
        name=name,
        uri=str(media.get(name, root / MEDIA_FOLDERS[0] / name)),
        labels=(labels,),
        official_split=split,
    )


def _newest_by_split(paths: Iterable[Path], pattern: re.Pattern[str]) -> dict[str, Path]:
    found = [
        (match[1], _version(match[2]), path) for path in paths if (match := pattern.fullmatch(path.name))
    ]
    return {split: path for split, _, path in sorted(found)}


def _version(text: str | None) -> tuple[int, ...]:
    return tuple(int(part) for part in (text or "0").strip(".").split("."))
