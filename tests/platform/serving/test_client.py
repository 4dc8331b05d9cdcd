"""The client against a server that keeps to the contract until its script says otherwise.

What a sound server cannot be made to do at a chosen message is tried here; the sound one answers
test_querying.py.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

from mot_platform.errors import EndpointError, RequestError, SessionLostError
from mot_platform.serving.client import StreamClient, StreamFrame

MODEL = {
    "uri": "runs/first",
    "digest": "9f",
    "input_wh": [160, 96],
    "class_names": ["person"],
    "actions": [{"action_id": 11, "name": "sit"}],
    "code_version": "1",
}


@dataclass
class Session:
    """What one session has seen."""

    applied: list[int] = field(default_factory=list)
    """Every frame that was computed, those computed twice included."""
    state: list[int] = field(default_factory=list)
    """The frames that the state consists of, as a tracker counts them."""
    durable: list[int] = field(default_factory=list)
    epoch: int = 0
    requests: list[str] = field(default_factory=list)
    tokens: list[str | None] = field(default_factory=list)


Act = Callable[[ServerConnection, Session, int], None]
"""What happens when the frame of that number comes; raising ends the connection, if SkipError its answer."""


class SkipError(Exception):
    """The frame gets no answer."""


def cut(connection: ServerConnection, session: Session, seq: int) -> None:
    """Break the connection without a word, as a killed gate does."""
    connection.close_socket()
    raise ConnectionAbortedError


def close_with(code: int) -> Act:
    def act(connection: ServerConnection, session: Session, seq: int) -> None:
        connection.close(code)
        raise ConnectionAbortedError

    return act


def lose_memory(connection: ServerConnection, session: Session, seq: int) -> None:
    """Die: what is not durable is gone."""
    session.state = list(session.durable)
    cut(connection, session, seq)


def lose_everything(connection: ServerConnection, session: Session, seq: int) -> None:
    session.state, session.durable = [], []
    cut(connection, session, seq)


class FaultyServer:
    """Serves one session; `script` says what happens at which frame, or at the "end", once each."""

    def __init__(
        self,
        script: dict[int | str, Act],
        *,
        snapshot_every: int = 5,
        greet: Callable[[Session, int | None], dict] = lambda session, epoch: {},
    ) -> None:
        self.session = Session()
        self.script = dict(script)
        self.snapshot_every = snapshot_every
        self.greet = greet

    def route(self, connection: ServerConnection, request: Request) -> Response | None:
        self.session.requests.append(request.path)
        self.session.tokens.append(request.headers.get("Authorization"))
        if request.path != "/v1/model":
            return None
        body = json.dumps(MODEL).encode()
        return Response(200, "OK", Headers({"Content-Length": str(len(body))}), body)

    def stream(self, connection: ServerConnection) -> None:
        session = self.session
        query = parse_qs(urlsplit(connection.request.path).query)
        session.epoch += 1
        next_seq = session.state[-1] + 1 if session.state else 0
        greeting = {"type": "session", "session": "s", "epoch": session.epoch, "resumed": bool(session.state)}
        greeting |= {"next_seq": next_seq, "window": 4, "model_digest": "9f"}
        greeting |= self.greet(session, int(query["epoch"][0]) if "epoch" in query else None)
        try:
            connection.send(json.dumps(greeting))
            if greeting["type"] == "problem":
                connection.close(4000 + greeting["status"])
            else:
                self.answer(connection)
        except (ConnectionClosed, OSError):
            pass

    def answer(self, connection: ServerConnection) -> None:
        resumed = bool(self.session.state)
        while True:
            header = json.loads(connection.recv())
            act = self.script.pop(header.get("seq", "end"), lambda *_: None)
            if header.get("type") == "end":
                act(connection, self.session, -1)
                connection.send(json.dumps({"type": "end", "epoch": 1, "frames": 0, "dropped": 0}))
                connection.close()
                return
            assert connection.recv() == b"picture"
            try:
                act(connection, self.session, header["seq"])
            except SkipError:
                continue
            connection.send(json.dumps(self.apply(header["seq"], header["time_s"]) | {"resumed": resumed}))
            resumed = False

    def apply(self, seq: int, time_s: float) -> dict:
        session = self.session
        if seq not in session.state:
            assert not session.state or seq > session.state[-1], "frames out of order"
            session.state.append(seq)
            session.applied.append(seq)
            if len(session.state) % self.snapshot_every == 0:
                session.durable = list(session.state)
        # The id tells how many frames the state has seen: right only if none was lost or doubled.
        track = {"track_id": session.state.index(seq) + 1, "box": [0, 0, 1, 1], "score": 1.0}
        return {
            "type": "frame",
            "seq": seq,
            "epoch": session.epoch,
            "durable_seq": session.durable[-1] if session.durable else -1,
            "dropped": 0,
            "frame_index": seq,
            "time_s": time_s,
            "tracks": [track | {"class": "person", "actions": []}],
        }


@contextmanager
def serving(server: FaultyServer) -> Iterator[str]:
    """Serve on a free port of this machine; yield the address."""
    with serve(server.stream, "127.0.0.1", 0, process_request=server.route, compression=None) as sockets:
        thread = threading.Thread(target=sockets.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{sockets.socket.getsockname()[1]}"
        finally:
            sockets.shutdown()
            thread.join()


NUM_FRAMES = 23


def frames(num: int = NUM_FRAMES) -> Iterator[StreamFrame]:
    for seq in range(num):
        yield StreamFrame(seq=seq, picture=b"picture", time_s=seq / 10, source_wh=(320, 192))


@pytest.mark.parametrize(
    "script",
    [
        pytest.param({}, id="nothing happens"),
        pytest.param({7: cut}, id="cut"),
        pytest.param({0: cut}, id="cut at the first frame"),
        pytest.param({7: close_with(1012)}, id="restart"),
        pytest.param({12: lose_memory, 13: cut, 22: lose_memory}, id="memory lost, again and again"),
        pytest.param({6: lose_memory}, id="memory lost just after a snapshot"),
    ],
)
def test_every_frame_is_answered_once_in_order_by_the_state_of_an_uninterrupted_run(script: dict) -> None:
    server = FaultyServer(script)
    with serving(server) as url, StreamClient(url, session="s") as stream:
        answers = list(stream.track(frames()))
    assert [answer.frame_index for answer in answers] == list(range(NUM_FRAMES))
    assert [int(answer.tracks.track_id[0]) for answer in answers] == list(range(1, NUM_FRAMES + 1))
    assert stream.reconnects == len(script)
    # Fewer marks than breaks where nothing was answered between two of them.
    assert bool(script) <= sum(answer.resumed for answer in answers) <= len(script)


def test_more_frames_than_the_window_are_sent_again_without_standing_still() -> None:
    server = FaultyServer({20: lose_memory}, snapshot_every=12)
    with serving(server) as url, StreamClient(url, session="s", window=3) as stream:
        assert len(list(stream.track(frames()))) == NUM_FRAMES
    assert len(server.session.applied) == NUM_FRAMES + 20 - 12


def test_a_session_lost_before_anything_was_durable_is_given_all_of_it_again() -> None:
    server = FaultyServer({15: lose_everything}, snapshot_every=100)
    with serving(server) as url, StreamClient(url, session="s") as stream:
        answers = list(stream.track(frames()))
    assert [int(answer.tracks.track_id[0]) for answer in answers] == list(range(1, NUM_FRAMES + 1))


def test_state_that_is_gone_is_said_never_replaced() -> None:
    lost = {"type": "problem", "status": 410, "title": "The state is lost", "detail": "s: gone"}
    server = FaultyServer({15: lose_memory}, greet=lambda session, epoch: lost if epoch else {})
    with serving(server) as url, StreamClient(url, session="s") as stream:
        answers = []
        with pytest.raises(SessionLostError, match="The state is lost: s: gone"):
            answers.extend(stream.track(frames()))
    assert any("epoch=1" in request for request in server.session.requests)


def test_a_server_that_begins_anew_without_a_word_is_found_out() -> None:
    with (
        serving(FaultyServer({15: lose_everything})) as url,
        StreamClient(url, session="s") as stream,
        pytest.raises(SessionLostError, match="begun anew"),
    ):
        list(stream.track(frames()))


def test_one_that_never_answers_is_given_up() -> None:
    server = FaultyServer({3: lambda connection, session, seq: time.sleep(1)})
    with (
        serving(server) as url,
        StreamClient(url, session="s", patience_s=0.5) as stream,
        pytest.raises(EndpointError, match=r"given up after 0\.5 s: no answer"),
    ):
        list(stream.track(frames()))


def test_a_server_that_does_not_come_back_is_given_up() -> None:
    busy = {"type": "problem", "status": 503, "title": "Not available now", "detail": "starting"}
    server = FaultyServer({5: cut}, greet=lambda session, epoch: busy if session.epoch > 1 else {})
    with (
        serving(server) as url,
        StreamClient(url, session="s", patience_s=0.5) as stream,
        pytest.raises(EndpointError, match=r"given up after 0\.5 s: .*starting"),
    ):
        list(stream.track(frames()))
    assert server.session.epoch > 2


def test_a_problem_of_one_frame_is_raised_and_the_stream_can_go_on() -> None:
    def refuse(connection: ServerConnection, session: Session, seq: int) -> None:
        told = {"type": "problem", "status": 415, "title": "Not decodable", "detail": "7 bytes", "seq": seq}
        connection.send(json.dumps(told))
        raise SkipError

    with serving(FaultyServer({1: refuse})) as url, StreamClient(url, session="s") as stream:
        for frame in frames(3):
            stream.send(frame)
        first = stream.receive()
        with pytest.raises(RequestError, match="frame 1: Not decodable: 7 bytes"):
            stream.receive()
        third = stream.receive()
        assert [answer and answer.frame_index for answer in (first, third)] == [0, 2]
        assert stream.receive() is None
        stream.end()


def test_the_end_may_break_too() -> None:
    with serving(FaultyServer({"end": cut})) as url, StreamClient(url, session="s") as stream:
        assert len(list(stream.track(frames(3)))) == 3
    assert stream.reconnects == 1


def test_another_client_that_takes_the_session_is_not_fought() -> None:
    with (
        serving(FaultyServer({5: close_with(4409)})) as url,
        StreamClient(url, session="s") as stream,
        pytest.raises(EndpointError) as caught,
    ):
        list(stream.track(frames()))
    assert (caught.value.status, stream.reconnects) == (409, 0)


def test_what_breaks_the_source_comes_through() -> None:
    def broken() -> Iterator[StreamFrame]:
        yield from frames(2)
        raise OSError("the camera fell")

    with (
        serving(FaultyServer({})) as url,
        StreamClient(url, session="s") as stream,
        pytest.raises(OSError, match="the camera fell"),
    ):
        list(stream.track(broken()))


def test_answers_come_while_the_source_waits() -> None:
    wait = threading.Event()

    def slow() -> Iterator[StreamFrame]:
        yield from frames(1)
        assert wait.wait(10)

    with serving(FaultyServer({})) as url, StreamClient(url, session="s") as stream:
        answers = stream.track(slow())
        assert next(answers).frame_index == 0
        wait.set()
        assert list(answers) == []


def test_the_token_is_sent_and_never_written(caplog: pytest.LogCaptureFixture) -> None:
    token = "very-secret-token"
    caplog.set_level(logging.DEBUG)
    server = FaultyServer({2: cut})
    with serving(server) as url, StreamClient(url, session="s", token=token) as stream:
        assert len(list(stream.track(frames(5)))) == 5
    assert server.session.tokens == [f"Bearer {token}"] * 3
    assert caplog.records
    client = [record for record in caplog.records if not record.name.startswith("websockets.server")]
    assert token not in "".join(record.getMessage() for record in client)
