"""What a client asks of an endpoint over HTTP: which model it runs, and the tracks of a video file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from mot_model.structures import Tracks
from mot_platform.errors import EndpointError, InputError, RequestError, SessionLostError
from mot_platform.schema import Vocabulary
from mot_platform.serving.messages import tracks_of

# A silence of the server while it works on a video is its decoding and queueing, not a fault.
_TIMEOUT = httpx.Timeout(connect=10.0, read=120.0, write=60.0, pool=10.0)
_FAULT_OF_THE_REQUEST = frozenset({400, 401, 403, 404, 405, 408, 413, 414, 415, 422})


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an endpoint is, and the token that it wants.

    Raises:
        InputError: if the address is not http or https.
    """

    url: str
    """Such as `https://host:8000`."""
    token: str | None = field(default=None, repr=False)
    """Sent as `Authorization: Bearer`, and never written anywhere."""

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
            good = good and not parts.query and not parts.fragment
        except ValueError:
            good = False
        if not good:
            raise InputError(f"{self.url}: not the address of an endpoint, such as http://127.0.0.1:8000")

    def http(self, path: str) -> str:
        """Return the URL of a route."""
        return self.url.rstrip("/") + path

    def stream(self, session: str, epoch: int | None) -> str:
        """Return the WebSocket URL of a session."""
        query = "" if epoch is None else f"?epoch={epoch}"
        return "ws" + self.http(f"/v1/streams/{quote(session, safe='')}{query}").removeprefix("http")

    @property
    def headers(self) -> dict[str, str]:
        """Headers of every request."""
        return {} if self.token is None else {"Authorization": f"Bearer {self.token}"}


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelDescription:
    """The model that an endpoint runs."""

    uri: str
    digest: str
    input_wh: tuple[int, int]
    """Size of the network's input; a picture that fits it exactly is used as it is."""
    vocabulary: Vocabulary
    code_version: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameAnswer:
    """What an endpoint found in one frame."""

    frame_index: int
    """The frame's number: `seq` in a stream."""
    time_s: float
    tracks: Tracks
    resumed: bool = False
    """The first answer after the session was taken up again."""
    latency_s: float | None = None
    """From sending the frame for the first time to its answer; None in an upload."""


def describe_model(endpoint: Endpoint) -> ModelDescription:
    """Return what the endpoint says of its model.

    Raises:
        RequestError: if nobody answers there, the token is wrong, or it is another kind of server.
        EndpointError: if it is not ready.
    """
    url = endpoint.http("/v1/model")
    try:
        response = httpx.get(url, headers=endpoint.headers, timeout=_TIMEOUT)
    except (httpx.TransportError, httpx.InvalidURL) as error:
        raise RequestError(url, "cannot be reached", reason_of(error)) from error
    check(url, response)
    try:
        told = response.json()
        actions = told["actions"]
        return ModelDescription(
            uri=told["uri"],
            digest=told["digest"],
            input_wh=(int(told["input_wh"][0]), int(told["input_wh"][1])),
            vocabulary=Vocabulary(
                class_names=tuple(told["class_names"]),
                action_ids=tuple(action["action_id"] for action in actions),
                action_names=tuple(action["name"] for action in actions),
            ),
            code_version=told["code_version"],
        )
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise RequestError(url, "is no endpoint of mot-action", "its answer names no model") from error


def label_video(
    url: str, path: str | Path, *, token: str | None = None, model: ModelDescription | None = None
) -> Iterator[FrameAnswer]:
    """Send a video file to an endpoint and yield what it finds, frame by frame, as it is found.

    Args:
        url: Address of the endpoint.
        path: A local file.
        token: Bearer token, where the endpoint wants one.
        model: From `describe_model`, where it is known already.

    Raises:
        InputError: if the file can't be read.
        RequestError: if the video or the request is refused.
        EndpointError: if it breaks off; what was yielded before stands.
    """
    endpoint = Endpoint(url, token)
    vocabulary = (model or describe_model(endpoint)).vocabulary
    num_frames = 0
    for record in _lines(endpoint.http("/v1/videos"), Path(path), endpoint.headers):
        if record.get("type") == "summary":
            _check_summary(url, record, num_frames)
            return
        num_frames += 1
        yield frame_answer(record, vocabulary)
    raise EndpointError(url, "the answer breaks off", f"after {num_frames} frames, without a summary")


def _lines(url: str, path: Path, headers: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Yield the lines that the endpoint answers to a video."""
    headers = {**headers, "Content-Type": "application/octet-stream", "Accept": "application/x-ndjson"}
    try:
        file = path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    begun = False
    try:
        with file, httpx.stream("POST", url, content=file, headers=headers, timeout=_TIMEOUT) as response:
            if response.status_code != HTTPStatus.OK:
                response.read()
            check(url, response)
            for line in response.iter_lines():
                begun = True
                if line:
                    yield json.loads(line)
    except httpx.ConnectError as error:
        raise RequestError(url, "cannot be reached", reason_of(error)) from error
    except httpx.TransportError as error:
        title = "the answer breaks off" if begun else "no answer"
        raise EndpointError(url, title, reason_of(error)) from error
    except ValueError as error:
        raise EndpointError(url, "an answer that is no JSON", reason_of(error)) from error


def _check_summary(url: str, summary: dict[str, Any], num_frames: int) -> None:
    if summary.get("problem"):
        raise EndpointError(url, "the video breaks off", _text(summary["problem"]))
    if summary["frames"] != num_frames:
        raise EndpointError(url, "frames are missing", f"{num_frames} came of {summary['frames']}")


def frame_answer(record: dict[str, Any], vocabulary: Vocabulary, **more: Any) -> FrameAnswer:
    """Return a `frame` line or message in our types.

    Raises:
        EndpointError: if it is of another form: that of another version, or for another model.
    """
    try:
        index, time_s = record["frame_index"], record["time_s"]
        return FrameAnswer(frame_index=index, time_s=time_s, tracks=tracks_of(record, vocabulary), **more)
    except (KeyError, ValueError, TypeError) as error:
        raise EndpointError("an answer of another form", reason_of(error)) from error


def check(url: str, response: httpx.Response) -> None:
    """Raise what a response says is wrong; redirects are not followed, and count as wrong."""
    if response.status_code == HTTPStatus.OK:
        return
    if response.is_redirect:
        target = response.headers.get("Location", "elsewhere")
        raise RequestError(url, "redirects", f"to {target}; give that address", response.status_code)
    raise problem(url, response.status_code, response.content)


def problem(url: str, status: int, body: bytes | str | dict[str, Any] | None) -> EndpointError:
    """Return the error that a status and a problem body (RFC 9457), if it is one, stand for."""
    told: Any = body
    if not isinstance(body, dict):
        try:
            told = json.loads(body or b"null")
        except ValueError:
            told = None
    if not isinstance(told, dict):
        told = {}
    title = _text(told.get("title")) or _phrase(status)
    detail = _text(told.get("detail"))
    if status == HTTPStatus.GONE:
        return SessionLostError(url, title, detail, status)
    kind = RequestError if status in _FAULT_OF_THE_REQUEST else EndpointError
    return kind(url, title, detail, status)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"status {status}"


def _text(told: Any) -> str:
    """Return what a server says as one short line."""
    if isinstance(told, dict):
        told = told.get("detail") or told.get("title")
    return "" if told is None else " ".join(str(told).split())[:500]


def reason_of(error: BaseException) -> str:
    """Return one line that says what `error` is."""
    return _text(error) or type(error).__name__
