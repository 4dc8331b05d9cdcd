"""The videos and folders of images below a folder, and which of them a label file means."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath

from mot_platform.datasets.readers.video_labels import MAX_FRAMES
from mot_platform.video.opening import VIDEO_EXTENSIONS
from mot_platform.video.sources import IMAGE_SUFFIXES, images_in

_IMAGE_FOLDER = "img1"
_NUMBER = re.compile(r"(\d+)$")
_NUMBERED = re.compile(r"(.+?)[_-](?:frame_?)?(\d+)$")


def find_media(root: Path) -> dict[str, Path]:
    """Return videos and folders of images below `root` by name, which is the path without ending.

    A video or `img1` in a folder of a sequence goes by the name of that folder: `SEQ/SEQ.mp4`, `SEQ/img1`.
    """
    files = [path for path in sorted(root.rglob("*")) if not _is_hidden(path.relative_to(root))]
    videos = [path for path in files if path.suffix.lower() in VIDEO_EXTENSIONS and path.is_file()]
    with_videos = {path.parent for path in videos}
    folders = {path.parent for path in files if path.suffix.lower() in IMAGE_SUFFIXES} - with_videos
    if videos or len(folders) > 1:
        folders.discard(root)  # a picture beside folders of videos, such as a picture sheet, is none
    short = {path: _name(path.relative_to(root), root) for path in [*videos, *sorted(folders)]}
    twice = {name for name, count in Counter(short.values()).items() if count > 1}
    return {
        path.relative_to(root).as_posix() if name in twice else name: path for path, name in short.items()
    }


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _name(path: Path, root: Path) -> str:
    """Return the name of a video or folder of images."""
    bare = PurePosixPath(path.as_posix())
    if bare.suffix.lower() in VIDEO_EXTENSIONS:
        bare = bare.with_suffix("")
    if bare.name in (bare.parent.name, _IMAGE_FOLDER):
        bare = bare.parent
    return root.name if str(bare) == "." else str(bare)


class MediaNames:
    """Finds the media that a label file means by a name.

    Args:
        media: See `find_media`.
    """

    def __init__(self, media: Mapping[str, Path]) -> None:
        self.media = media
        self._by_last_part: dict[str, list[str]] = {}
        for name in media:
            self._by_last_part.setdefault(PurePosixPath(name).name, []).append(name)
        self._images: dict[str, dict[str, int]] = {}

    def match(self, name: str) -> str | None:
        """Return the name of the media that `name` means, None if it means none or might mean several.

        It is taken as it is, without ending, without the folders before it, or as the folder of `img1`.
        """
        bare = PurePosixPath(without_ending(name))
        if bare.name == _IMAGE_FOLDER:
            bare = bare.parent
        if str(bare) in self.media:
            return str(bare)
        same = self._by_last_part.get(bare.name, [])
        return same[0] if len(same) == 1 else None

    def frame_of_image(self, name: str, file_name: str) -> int | None:
        """Return the frame that an image of a folder is, None if there is no such image."""
        if name not in self._images:
            folder = self.media.get(name)
            images = images_in(folder) if folder is not None and folder.is_dir() else []
            self._images[name] = {image.stem: place for place, image in enumerate(images)}
        return self._images[name].get(PurePosixPath(file_name).stem)

    def split_number(self, name: str) -> tuple[str, int] | None:
        """Return the video and the number of a file of a frame: `VIDEO/12`, `VIDEO/frame_12`, `VIDEO_12`.

        None if it has no number, or one that no frame has.
        """
        path = PurePosixPath(name)
        folder, numbered = str(path.parent), _NUMBERED.match(path.name)
        joined = str(path.parent / numbered[1]) if numbered else ""
        number = _NUMBER.search(path.name)
        if number is None or int(number[1]) >= MAX_FRAMES:
            return None
        if joined and self.match(joined):
            return joined, int(number[1])
        if folder != "." and (self.match(folder) or not joined or path.name.startswith("frame")):
            return folder, int(number[1])
        return (joined, int(number[1])) if joined else None


def without_ending(name: str) -> str:
    """Return a name without the ending of a video file."""
    path = PurePosixPath(name)
    return str(path.with_suffix("")) if path.suffix.lower() in VIDEO_EXTENSIONS else name


def first_number(numbers: Iterable[int]) -> int:
    """Return where frames are counted from: 0 if there is a frame 0, or else 1."""
    return min([1, *numbers])
