"""What went wrong with an input, as a record: at which stage, which error, and whether retrying can help."""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Literal

from mot_platform.errors import MediaError

Stage = Literal["open", "probe", "decode", "perceive", "track"]

_TRANSIENT_ERRNOS = frozenset(
    {
        errno.EAGAIN,
        errno.EBUSY,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENETDOWN,
        errno.ENETUNREACH,
        errno.ENOMEM,
        errno.ESTALE,
        errno.ETIMEDOUT,
    }
)

MAX_MESSAGE_CHARACTERS = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """Why an input has no tracks: the error columns of a dead-letter row."""

    stage: Stage
    """Where it happened."""
    error_type: str
    """Class of the error."""
    message: str
    """Its text."""
    retriable: bool
    """Whether the same bytes may do better later: true for faults of the machine, false for the file's."""
    attempts: int = 1
    """Times that it was tried."""


class StageError(Exception):
    """Carries the `Failure` out of a stage, and whether an attempt at once may do better."""

    def __init__(self, failure: Failure, *, transient: bool = False) -> None:
        super().__init__(failure.message)
        self.failure = failure
        self.transient = transient


def is_transient(error: BaseException) -> bool:
    """Return whether `error` is the machine's fault and may be gone in a moment.

    A wrapper is judged by what it wraps.
    """
    if isinstance(error, MemoryError | ConnectionError | TimeoutError):
        return True
    if isinstance(error, OSError) and error.errno in _TRANSIENT_ERRNOS:
        return True
    return error.__cause__ is not None and is_transient(error.__cause__)


def stage_error(error: Exception, stage: Stage, *, done: str = "", attempts: int = 1) -> StageError:
    """Return `error`, raised at `stage`, as a `StageError` with one line of text.

    Args:
        error: What was raised; a `MediaError` knows its stage and whether retrying can help better than we.
        stage: Where, as far as the caller knows.
        done: What had been achieved before, put in front of the text.
        attempts: Times that it was tried.
    """
    transient = is_transient(error)
    text, retriable = str(error), transient or isinstance(error, PermissionError | FileNotFoundError)
    if isinstance(error, MediaError):
        text, retriable = text.removeprefix(f"{error.uri}: "), error.retriable
        stage = error.stage
    text = " ".join(f"{done}{text}".split()) or type(error).__name__
    failure = Failure(
        stage=stage,
        error_type=type(error).__name__,
        message=text.encode("utf-8", "backslashreplace").decode()[:MAX_MESSAGE_CHARACTERS],
        retriable=retriable,
        attempts=attempts,
    )
    return StageError(failure, transient=transient)
