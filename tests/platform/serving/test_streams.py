"""One connection: what is taken in, what is dropped, what is said, and how it ends."""

from __future__ import annotations

import asyncio
import json

import pytest
from starlette.websockets import WebSocketDisconnect

from mot_platform.serving.settings import Limits
from mot_platform.serving.streams import FrameInbox, FrameProblem

LIMITS = Limits(window=3, max_frame_bytes=10)


def inbox(**more) -> FrameInbox:
    return FrameInbox(LIMITS, next_seq=5, started_at=0.0, **more)


def taken(box: FrameInbox) -> list[int]:
    return [frame.seq for frame in asyncio.run(box.take())]


def test_frames_are_numbered_by_their_header_or_one_after_the_other() -> None:
    box = inbox()
    box.picture(b"a")
    box.header('{"seq": 9, "time_s": 1.5, "source_wh": [64, 48]}')
    box.picture(b"b")
    box.picture(b"c")
    first, second, third = asyncio.run(box.take())
    assert [first.seq, second.seq, third.seq] == [5, 9, 10]
    assert (second.time_s, second.source_wh) == (1.5, (64, 48))
    assert third.source_wh is None


def test_frames_beyond_the_window_are_dropped_and_counted() -> None:
    box = inbox()
    dropped = [box.picture(b"x") for _ in range(5)]
    assert dropped == [None, None, None, 8, 9]
    assert box.num_dropped == 2
    assert taken(box) == [5, 6, 7]
    assert box.picture(b"x") == 10, "the frames that were taken are still unanswered"


@pytest.mark.parametrize(
    ("header", "detail"),
    [
        pytest.param("no json", "must be a JSON object", id="text"),
        pytest.param("[1]", "must be a JSON object", id="a list"),
        pytest.param("[" * 900, "must be a JSON object", id="deep"),
        pytest.param(json.dumps({"x": "y" * 2000}), "at most 1000", id="long"),
        pytest.param('{"seq": -1}', "seq must be", id="negative"),
        pytest.param('{"seq": 1.5}', "seq must be", id="fraction"),
        pytest.param('{"seq": true}', "seq must be", id="boolean"),
        pytest.param('{"seq": 99999999999}', "seq must be", id="huge"),
        pytest.param('{"time_s": NaN}', "time_s must be", id="NaN"),
        pytest.param('{"time_s": "1"}', "time_s must be", id="text time"),
        pytest.param('{"source_wh": [0, 4]}', "source_wh must be", id="no width"),
        pytest.param('{"source_wh": 4}', "source_wh must be", id="one number"),
    ],
)
def test_a_bad_header_is_a_problem_and_its_picture_is_thrown_away(header, detail) -> None:
    box = inbox()
    with pytest.raises(FrameProblem) as caught:
        box.header(header)
    assert detail in caught.value.problem.detail
    assert (caught.value.seq, caught.value.problem.status) == (5, 422)
    box.picture(b"its picture")
    box.picture(b"next")
    assert taken(box) == [5]


def test_a_large_picture_is_a_problem_with_its_number() -> None:
    box = inbox()
    with pytest.raises(FrameProblem) as caught:
        box.picture(b"x" * 11)
    assert (caught.value.seq, caught.value.problem.status) == (5, 413)
    box.picture(b"y")
    assert taken(box) == [6]


def test_after_the_end_what_waits_is_still_taken() -> None:
    box = inbox()
    box.picture(b"a")
    box.header('{"type": "end"}')
    assert taken(box) == [5]
    assert taken(box) == []


def test_numbers_that_do_not_rise_come_in_different_calls() -> None:
    box = inbox()
    for seq in (7, 7, 8):
        box.header(json.dumps({"seq": seq}))
        box.picture(b"x")
    assert [taken(box), taken(box)] == [[7], [7, 8]]


def stream_of(client, clip, *, session="cam", query="", count=6):
    """Stream frames in this process and return all messages until the socket closes."""
    messages = []
    with client.websocket_connect(f"ws://127.0.0.1/v1/streams/{session}{query}") as socket:
        messages.append(socket.receive_json())
        for frame in clip.frames[messages[0]["next_seq"] :][:count]:
            socket.send_json({"seq": frame.seq, "time_s": frame.time_s, "source_wh": frame.source_wh})
            socket.send_bytes(frame.picture)
            messages.append(socket.receive_json())
        socket.send_json({"type": "end"})
        messages.append(socket.receive_json())
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    return messages, closed.value.code


def test_a_stream_says_hello_answers_and_ends(client, clip, store) -> None:
    (hello, *answers, end), code = stream_of(client, clip)
    assert (hello["type"], hello["epoch"], hello["resumed"], hello["next_seq"]) == ("session", 1, False, 0)
    assert [answer["seq"] for answer in answers] == list(range(6))
    assert [[t["track_id"] for t in a["tracks"]] for a in answers] == [
        tracks.track_id.tolist() for tracks in clip.tracks[:6]
    ]
    assert (end["type"], end["frames"], code) == ("end", 6, 1000)
    assert store.sessions() == []


def test_a_client_that_comes_back_goes_on_with_its_ids(client, clip) -> None:
    with client.websocket_connect("ws://127.0.0.1/v1/streams/cam") as socket:
        socket.receive_json()
        for frame in clip.frames[:4]:
            socket.send_json({"seq": frame.seq, "time_s": frame.time_s, "source_wh": frame.source_wh})
            socket.send_bytes(frame.picture)
            socket.receive_json()
    (hello, *answers, _), _ = stream_of(client, clip, query="?epoch=1")
    assert (hello["epoch"], hello["resumed"], hello["next_seq"]) == (2, True, 4)
    assert [answer["resumed"] for answer in answers] == [True, *[False] * 5]
    assert [[t["track_id"] for t in a["tracks"]] for a in answers] == [
        tracks.track_id.tolist() for tracks in clip.tracks[4:10]
    ]


def test_insisting_on_lost_state_is_refused_not_begun_anew(client, store) -> None:
    with client.websocket_connect("ws://127.0.0.1/v1/streams/cam?epoch=3") as socket:
        problem = socket.receive_json()
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert (problem["status"], problem["kind"], closed.value.code) == (410, "session-lost", 4410)
    assert "seq" not in problem
    assert store.sessions() == []


def test_the_newest_connection_wins(client, clip) -> None:
    with client.websocket_connect("ws://127.0.0.1/v1/streams/cam") as old:
        old.receive_json()
        with client.websocket_connect("ws://127.0.0.1/v1/streams/cam") as new:
            new.receive_json()
            old.send_bytes(clip.frames[0].picture)
            assert old.receive_json()["kind"] == "replaced"
            new.send_bytes(clip.frames[0].picture)
            assert new.receive_json()["type"] == "frame"


def test_a_session_in_which_nothing_was_seen_leaves_nothing(client, store) -> None:
    with client.websocket_connect("ws://127.0.0.1/v1/streams/cam") as socket:
        socket.receive_json()
        socket.send_bytes(b"garbage")
        assert socket.receive_json()["status"] == 415
    for _ in range(100):
        if not store.sessions():
            break
        client.get("/healthz")
    assert store.sessions() == []
