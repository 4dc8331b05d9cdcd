"""A YAML file that says what the names and times in label files mean here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from mot_platform.config import load_config


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelMap:
    """What the names and times in label files mean here.

    Raises:
        ValueError: if a name is to be ignored that `classes` drops.
    """

    classes: Mapping[str, str | None] | None = None
    """Name here by name in the files, None to leave its boxes out. Names not in it are problems; without it,
    all names stay as they are."""
    actions: Mapping[str, str | None] | None = None
    """The same for actions."""
    ignored: tuple[str, ...] = ()
    """Names in the files whose boxes are neither objects nor background, such as a crowd."""
    complete: tuple[str, ...] | None = None
    """Names here of the classes of which every object is labelled; without it, what the reader knows."""

    time_offset_s: float = 0.0
    """Added to the times of a csv, such as -1 where the first image of a video was called 1 s."""

    def __post_init__(self) -> None:
        for name in self.ignored:
            if self.classes is not None and self.classes.get(name, name) is None:
                raise ValueError(f"ignored: {name} is dropped by classes; leave it out of one of them")


def read_label_map(path: Path | None) -> LabelMap:
    """Return the label map in a YAML file, one that changes nothing without a file.

    Raises:
        InputError: if it can't be read, a key is unknown or a value of the wrong kind; it names each.
    """
    return load_config(path, LabelMap)
