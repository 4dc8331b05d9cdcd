"""What a benchmark of trackers asks of each: three calls, of which only the middle one is timed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Protocol

from mot_model.structures import Array, Detections


class StepTracker(Protocol):
    """A tracker in the middle of one stream."""

    def prepare(self, detections: Detections) -> Any:
        """Return the detections of a frame in the form that `update` takes; not timed."""

    def update(self, prepared: Any) -> Any:
        """Return what the tracker itself returns for the next frame; this is what is timed."""

    def read(self, output: Any) -> tuple[Array, Array]:
        """Return the boxes `(K, 4)` and ids `(K,)` in what `update` returned; not timed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contestant:
    """A tracker that takes part, at the defaults of its library."""

    library: str
    """Name by which its library is installed."""
    algorithm: str
    begin: Callable[[bool], StepTracker]
    """Returns a new tracker, told whether to use the camera motion of the detections.

    Raises ImportError if its library is not installed."""
    takes_camera_motion: bool = False
    """Whether camera motion can be handed to it."""

    @property
    def name(self) -> str:
        """Library and algorithm."""
        return f"{self.library} {self.algorithm}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """Who takes part and who can't."""

    contestants: tuple[Contestant, ...]
    absent: dict[str, str]
    """By library that is not installed, or not in a version that is known here, why."""

    @property
    def versions(self) -> dict[str, str]:
        """Version of each library that takes part."""
        return {library: version(library) for library in {each.library: None for each in self.contestants}}


def present(contestants: Sequence[Contestant]) -> Field:
    """Return those of `contestants` that can be begun here, and why the libraries of the others can't."""
    here: list[Contestant] = []
    absent: dict[str, str] = {}
    for contestant in contestants:
        try:
            contestant.begin(False)
        except (ImportError, AttributeError, TypeError) as error:  # not there, or of a version unlike ours
            absent[contestant.library] = " ".join(str(error).split())
        else:
            here.append(contestant)
    return Field(contestants=tuple(here), absent=absent)
