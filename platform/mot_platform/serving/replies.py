"""What a tracker replica answers to the gate, apart from frames."""

from __future__ import annotations

from dataclasses import dataclass

from mot_platform.schema import Vocabulary


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelDescription:
    """What runs here."""

    uri: str
    digest: str
    input_wh: tuple[int, int]
    vocabulary: Vocabulary
    code_version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """A session was taken up."""

    epoch: int
    next_seq: int
    started_at: float
    """Unix time when the session began."""
    known: bool
    """Whether it goes on; False if it begins now."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moved:
    """Another connection holds the session."""

    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NotHere:
    """This replica does not hold the session; open it here first."""
