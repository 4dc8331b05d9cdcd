"""Where the data sets are: official addresses and licences.

    MOT17, MOT20:  ROOT/MOT17.zip -> ROOT/MOT17/train/MOT17-02-DPM/...
    AVA:           ROOT/ava_v2.2.zip -> ROOT/annotations/ava_train_v2.2.csv ..., ROOT/videos/<name>.<ending>

None of the publishers publishes checksums. A file without one is checked by its length and by the MD5 that
Amazon S3 states of most files, an archive by the CRC of every member; what was fetched is recorded in the
receipt.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, get_args
from urllib.parse import quote, urlsplit

from mot_platform.errors import InputError

DatasetKind = Literal["mot17", "mot20", "ava"]

_MOT = "https://motchallenge.net/data/"
_CVDF = "https://s3.amazonaws.com/ava-dataset/"
_GOOGLE = "https://research.google.com/ava/download/"


@dataclass(frozen=True, kw_only=True, slots=True)
class RemoteFile:
    """A file of a data set and where to have it."""

    name: str
    """Path below the folder of the data set, with `/`."""
    urls: tuple[str, ...]
    """Tried in turn."""
    mirror_path: str
    """Path below the address of a mirror."""
    checksum: str | None = None
    """`sha256:` or `md5:` and the digest in hex; what differs is refused."""
    unpack_into: str | None = None
    """Folder of an archive's content, below that of the data set; None for what is no archive."""
    flat: bool = False
    """Whether folders within the archive are left out."""
    required: bool = True
    """Whether the data set is useless without it; single videos are not."""
    replaced_by: str | None = None
    """A file that makes this one unneeded, such as the clip that was cut from a movie."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoList:
    """Videos of a data set, named one a line in one of its files."""

    list_name: str
    """`RemoteFile.name` of the list."""
    base_urls: tuple[str, ...]
    """What comes before the name of a video."""
    mirror_folder: str
    folder: str
    """Where videos go, below the folder of the data set."""
    clip_folder: str
    """Where their clips go."""

    def videos(self, text: str) -> list[RemoteFile]:
        """Return the videos that the list names, each once.

        Raises:
            InputError: if a line is not the name of a file.
        """
        lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), 1))
        videos = [self._video(name, number) for number, name in lines if name]
        return list(dict.fromkeys(videos))

    def _video(self, name: str, number: int) -> RemoteFile:
        if "/" in name or "\\" in name or name.startswith(".") or "." not in name or not name.isprintable():
            raise InputError(
                f"{self.list_name}:{number}: not the name of a video: {name[:60]!r}; "
                "remove the list to have it fetched again"
            )
        return RemoteFile(
            name=f"{self.folder}/{name}",
            urls=tuple(base + quote(name) for base in self.base_urls),
            mirror_path=f"{self.mirror_folder}/{quote(name)}",
            required=False,
            replaced_by=f"{self.clip_folder}/{name.rpartition('.')[0]}.mkv",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """What belongs to a data set."""

    title: str
    homepage: str
    licence: str
    files: tuple[RemoteFile, ...]
    video_list: VideoList | None = None

    def mirrored(self, mirror: str) -> Dataset:
        """Return the data set as `mirror` has it: the same files, from there only.

        Raises:
            InputError: if `mirror` is not an http or https address.
        """
        if urlsplit(mirror).scheme not in ("http", "https") or not urlsplit(mirror).hostname:
            raise InputError(f"{mirror}: not the address of a mirror, such as https://host/data/")
        base = mirror.rstrip("/") + "/"
        files = tuple(replace(file, urls=(base + file.mirror_path,)) for file in self.files)
        videos = self.video_list
        if videos is not None:
            videos = replace(videos, base_urls=(f"{base}{videos.mirror_folder}/",))
        return replace(self, files=files, video_list=videos)


def dataset_of(kind: DatasetKind, mirror: str | None = None) -> Dataset:
    """Return the entry of a data set, from `mirror` where one is given.

    Raises:
        InputError: if `mirror` is not an http or https address.
        ValueError: if there is no such data set.
    """
    if kind not in get_args(DatasetKind):
        raise ValueError(f"kind {kind!r} is none of {', '.join(get_args(DatasetKind))}")
    dataset = _DATASETS[kind]
    return dataset if mirror is None else dataset.mirrored(mirror)


def _mot(title: str) -> Dataset:
    name = f"{title}.zip"
    return Dataset(
        title=title,
        homepage=f"{_MOT}{title}/",
        licence="CC BY-NC-SA 3.0: not for commercial use",
        files=(RemoteFile(name=name, urls=(_MOT + name,), mirror_path=name, unpack_into="."),),
    )


def _ava_annotations(version: str) -> RemoteFile:
    name = f"ava_v{version}.zip"
    return RemoteFile(
        name=name,
        urls=(f"{_CVDF}annotations/{name}", f"{_GOOGLE}{name}"),
        mirror_path=f"annotations/{name}",
        unpack_into="annotations",
        flat=True,  # some editions have a folder of their own name, some do not
        required=version == "2.2",
    )


_AVA_LIST = RemoteFile(
    name="annotations/ava_file_names_trainval_v2.1.txt",
    urls=(f"{_CVDF}annotations/ava_file_names_trainval_v2.1.txt",),
    mirror_path="annotations/ava_file_names_trainval_v2.1.txt",
)

_AVA = Dataset(
    title="AVA Actions",
    homepage="https://research.google.com/ava/",
    licence="annotations CC BY 4.0; the movies belong to their makers",
    # Edition 2.2 labels the videos of 2.1, whose list it goes without.
    files=(_ava_annotations("2.2"), _ava_annotations("2.1"), _AVA_LIST),
    video_list=VideoList(
        list_name=_AVA_LIST.name,
        base_urls=(f"{_CVDF}trainval/",),
        mirror_folder="trainval",
        folder="videos",
        clip_folder="clips",
    ),
)

_DATASETS: Mapping[DatasetKind, Dataset] = {
    "mot17": _mot("MOT17"),
    "mot20": _mot("MOT20"),
    "ava": _AVA,
}
