"""The exceptions that this project raises on purpose.

    MotActionError
    +-- InputError                  bad usage or input: a command exits with 2
    +-- EndpointError               an endpoint that fails, refuses or does not answer
        +-- RequestError            what was asked of it is at fault (also an InputError)
        +-- SessionLostError        a stream whose state is gone
    +-- MediaError                  a video, stream or image that cannot be used
        +-- MediaOpenError          cannot be opened or read: missing, permission, network
        +-- NotAVideoError          opened, but there is no video in it
        +-- VideoDecodeError        a video that stops decoding at some frame

Wrong arguments of a Python call raise `ValueError` instead. Every exception here survives pickling, because
they travel between processes.
"""

from __future__ import annotations

from typing import Literal

Stage = Literal["open", "probe", "decode"]


class MotActionError(Exception):
    """Any error that the project raises on purpose."""


class InputError(MotActionError):
    """Bad usage or input that the user can put right; the message says what, where and what to do."""


class MediaError(MotActionError):
    """A video, stream or image that cannot be used.

    Attributes:
        uri: what was read.
        reason: the cause in one line, in the words of the library that found it.
        stage: where it went wrong: "open", "probe" or "decode".
        retriable: whether trying again later can help: true for I/O, permission and network errors, false
            where the content itself is at fault.
    """

    def __init__(self, uri: str, reason: str, stage: Stage = "open", retriable: bool = False) -> None:
        super().__init__(uri, reason, stage, retriable)
        self.uri = uri
        self.reason = reason
        self.stage: Stage = stage
        self.retriable = retriable

    def __str__(self) -> str:
        return f"{self.uri}: {self.stage} failed: {self.reason}"


class MediaOpenError(MediaError):
    """The file or stream cannot be opened or read."""


class NotAVideoError(MediaError):
    """The file opens, or is readable, but holds no video that can be decoded."""


class VideoDecodeError(MediaError):
    """Decoding stopped before the end of the video.

    Attributes:
        frame_index: 0-based index of the first frame that could not be had; all before it were delivered.
    """

    def __init__(self, uri: str, frame_index: int, reason: str, retriable: bool = False) -> None:
        super().__init__(uri, reason, "decode", retriable)
        self.args = (uri, frame_index, reason, retriable)
        self.frame_index = frame_index

    def __str__(self) -> str:
        return f"{self.uri}: decode failed at frame {self.frame_index}: {self.reason}"


class EndpointError(MotActionError):
    """An endpoint that fails, refuses or does not answer.

    Attributes:
        url: what was asked.
        title: the kind of problem, in a few words.
        detail: what exactly, and what to do.
        status: the HTTP status that says the same, None where nobody answered.
    """

    def __init__(self, url: str, title: str, detail: str = "", status: int | None = None) -> None:
        super().__init__(url, title, detail, status)
        self.url = url
        self.title = title
        self.detail = detail
        self.status = status

    def __str__(self) -> str:
        return ": ".join(part for part in (self.url, self.title, self.detail) if part)


class RequestError(EndpointError, InputError):
    """The address, the token, the name, the size or the content is at fault; asking again is in vain."""


class SessionLostError(EndpointError):
    """The state of a stream is gone; its ids cannot go on."""
