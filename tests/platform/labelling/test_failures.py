import errno

import pytest

from mot_platform.errors import MediaOpenError, VideoDecodeError
from mot_platform.labelling.failures import is_transient, stage_error


@pytest.mark.parametrize(
    ("error", "transient", "retriable"),
    [
        pytest.param(OSError(errno.EIO, "disk"), True, True, id="input output error"),
        pytest.param(MemoryError(), True, True, id="memory"),
        pytest.param(TimeoutError("slow"), True, True, id="timeout"),
        pytest.param(PermissionError("no"), False, True, id="permission"),
        pytest.param(ValueError("nonsense"), False, False, id="content"),
        pytest.param(MediaOpenError("u", "network", retriable=True), False, True, id="media says retriable"),
        pytest.param(VideoDecodeError("u", 3, "bad data"), False, False, id="media says not"),
    ],
)
def test_machine_faults_are_told_from_content_faults(error, transient, retriable):
    found = stage_error(error, "decode")
    assert (found.transient, found.failure.retriable) == (transient, retriable)


def test_wrapper_is_judged_by_its_cause():
    wrapper = MediaOpenError("u", "connection reset", retriable=True)
    wrapper.__cause__ = ConnectionResetError("reset")
    assert is_transient(wrapper)


def test_failure_is_one_line_with_the_stage_that_the_media_error_knows():
    failure = stage_error(VideoDecodeError("/x/a.mp4", 3, "bad\n data"), "open", done="3 of 9, then ").failure
    assert failure.stage == "decode"
    assert failure.error_type == "VideoDecodeError"
    assert failure.message == "3 of 9, then decode failed at frame 3: bad data"
    assert stage_error(ValueError(), "track").failure.message == "ValueError"
    assert len(stage_error(ValueError("x" * 10_000), "track").failure.message) == 2000
