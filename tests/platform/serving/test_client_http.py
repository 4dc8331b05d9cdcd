"""Model and videos over HTTP, and what goes wrong: answers that a sound server cannot be made to give."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from mot_platform.errors import EndpointError, InputError, RequestError, SessionLostError
from mot_platform.schema import Vocabulary
from mot_platform.serving.client_http import Endpoint, ModelDescription, describe_model, label_video, problem

MODEL = ModelDescription(
    uri="runs/first",
    digest="9f",
    input_wh=(160, 96),
    vocabulary=Vocabulary(class_names=("person",), action_ids=(11,), action_names=("sit",)),
    code_version="1",
)
LINE = {"type": "frame", "frame_index": 0, "time_s": 0.0, "tracks": []}
SUMMARY = {"type": "summary", "frames": 1, "problem": None}


@contextmanager
def answering(status: int, body: str, **headers: str) -> Iterator[tuple[str, list[bytes]]]:
    """Yield the address of a server that always answers the same, and the bodies that it is sent."""
    bodies: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            bodies.append(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        do_GET = do_POST = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", bodies
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def video(tmp_path: Path) -> Path:
    (tmp_path / "v.mp4").write_bytes(b"\n\nnot read as lines" * 10_000)
    return tmp_path / "v.mp4"


def test_the_token_is_not_in_what_is_printed() -> None:
    endpoint = Endpoint("https://host:8000/below/", "very-secret")
    assert endpoint.stream("cam-1", 3) == "wss://host:8000/below/v1/streams/cam-1?epoch=3"
    assert endpoint.headers == {"Authorization": "Bearer very-secret"}
    assert "secret" not in repr(endpoint)


@pytest.mark.parametrize(
    "url", ["host:8000", "ftp://host", "http://", "http://host?x=1", "http://[", "http://h:x"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="not the address of an endpoint"):
        Endpoint(url)


@pytest.mark.parametrize(
    ("status", "body", "headers", "said"),
    [
        pytest.param(302, "", {"Location": "http://evil/"}, "redirects: to http://evil/", id="redirect"),
        pytest.param(401, '{"title": "A token is needed"}', {}, "A token is needed", id="token"),
        pytest.param(404, "[1]", {}, "Not Found", id="no problem body"),
        pytest.param(200, "<html>", {}, "no endpoint of mot-action", id="another server"),
        pytest.param(200, '{"uri": "x", "actions": 3}', {}, "no endpoint of mot-action", id="another JSON"),
    ],
)
def test_an_endpoint_that_refuses_is_bad_input(
    status: int, body: str, headers: dict[str, str], said: str
) -> None:
    with answering(status, body, **headers) as (url, _), pytest.raises(RequestError, match=said):
        describe_model(Endpoint(url))


def test_one_that_is_not_ready_is_no_bad_input() -> None:
    with answering(503, '{"title": "Starting"}') as (url, _), pytest.raises(EndpointError) as caught:
        describe_model(Endpoint(url))
    assert not isinstance(caught.value, InputError)


def test_a_file_is_sent_as_it_is(video: Path) -> None:
    with answering(200, json.dumps(LINE) + "\n" + json.dumps(SUMMARY) + "\n") as (url, bodies):
        (answer,) = label_video(url, video, model=MODEL)
    assert (answer.frame_index, len(answer.tracks)) == (0, 0)
    assert bodies == [video.read_bytes()]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        pytest.param([LINE], "breaks off: after 1 frames", id="no summary"),
        pytest.param([LINE, SUMMARY | {"problem": "frame 1: bad"}], "frame 1: bad", id="broken video"),
        pytest.param([LINE, SUMMARY | {"frames": 2}], "1 came of 2", id="a line is missing"),
        pytest.param([LINE, LINE | {"tracks": [{"class": "cat"}]}], "another form", id="another contract"),
    ],
)
def test_a_video_that_breaks_off_gives_its_lines_and_then_says_so(
    video: Path, lines: list[dict], said: str
) -> None:
    with answering(200, "\n".join(map(json.dumps, lines))) as (url, _):
        answers = label_video(url, video, model=MODEL)
        assert next(answers).frame_index == 0
        with pytest.raises(EndpointError, match=said):
            next(answers)


def test_problems_become_errors_that_say_what_can_be_done() -> None:
    told = {"title": "Too large", "detail": "9 bytes,\nthe limit is 8", "status": 413}
    error = problem("http://h", 413, told)
    assert isinstance(error, RequestError)
    assert str(error) == "http://h: Too large: 9 bytes, the limit is 8"
    assert isinstance(problem("http://h", 410, None), SessionLostError)
    assert type(problem("http://h", 429, b"<html>")) is EndpointError
