"""The exceptions say what, where and whether to retry, in any process."""

from __future__ import annotations

import pickle

import pytest

from mot_platform.errors import (
    InputError,
    MediaError,
    MediaOpenError,
    MotActionError,
    NotAVideoError,
    RequestError,
    VideoDecodeError,
)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MediaOpenError("a.mp4", "Permission denied", "open", True), "a.mp4: open failed: Permission denied"),
        (NotAVideoError("a.mp4", "no video stream", "probe"), "a.mp4: probe failed: no video stream"),
        (VideoDecodeError("a.mp4", 28, "Invalid data"), "a.mp4: decode failed at frame 28: Invalid data"),
    ],
)
def test_media_errors_keep_their_facts_over_pickling(error: MediaError, message: str) -> None:
    copy = pickle.loads(pickle.dumps(error))
    assert str(copy) == message
    assert type(copy) is type(error)
    assert isinstance(copy, MotActionError)
    assert (copy.uri, copy.stage, copy.retriable, copy.reason) == (
        error.uri,
        error.stage,
        error.retriable,
        error.reason,
    )


def test_a_decode_error_knows_its_frame_and_stage() -> None:
    error = pickle.loads(pickle.dumps(VideoDecodeError("a.mp4", 28, "gone", True)))
    assert (error.frame_index, error.stage, error.retriable) == (28, "decode", True)


def test_a_refused_request_is_bad_input_and_keeps_its_facts_over_pickling() -> None:
    error = pickle.loads(pickle.dumps(RequestError("http://h/v1/model", "A token is needed", "", 401)))
    assert isinstance(error, InputError)
    assert (error.status, str(error)) == (401, "http://h/v1/model: A token is needed")
