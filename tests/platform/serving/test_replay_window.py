"""Which frames are kept and sent again."""

from __future__ import annotations

import pytest

from mot_platform.serving.replay_window import MAX_KEPT_FRAMES, ReplayWindow, StreamFrame


def frame(seq: int) -> StreamFrame:
    return StreamFrame(seq=seq, picture=b"")


def sent(window: ReplayWindow) -> list[int]:
    """Return what goes out now."""
    seqs = []
    while (found := window.next_to_send()) is not None:
        seqs.append(found.seq)
    return seqs


def filled(*seqs: int, size: int = 4) -> ReplayWindow:
    window = ReplayWindow(size=size)
    for seq in seqs:
        window.add(frame(seq), now_s=float(seq))
    return window


def test_numbers_must_rise_and_room_is_bounded() -> None:
    window = filled(0, 5)
    with pytest.raises(ValueError, match="5 after 5"):
        window.add(frame(5), 0.0)
    assert window.has_room
    window.add(frame(6), 0.0)
    window.add(frame(7), 0.0)
    assert not window.has_room
    assert sent(window) == [0, 5, 6, 7]
    assert window.answered(0, -1) == 0.0
    assert window.has_room


def test_what_is_answered_but_not_durable_is_sent_again_and_counts_once() -> None:
    window = filled(0, 1, 2)
    sent(window)
    window.answered(0, 0)
    window.answered(1, 0)
    window.rewind(next_seq=1, size=4)
    assert sent(window) == [1, 2]
    assert window.answered(1, 0) is None
    assert window.answered(2, 0) == 2.0
    assert window.is_idle


def test_what_the_server_has_but_was_never_answered_is_asked_for_again() -> None:
    window = filled(0, 1, 2)
    sent(window)
    window.answered(0, 2)
    window.rewind(next_seq=3, size=4)
    assert sent(window) == [1, 2]


def test_sending_again_keeps_to_the_window() -> None:
    window = ReplayWindow(size=2)
    for seq in range(6):
        window.add(frame(seq), 0.0)
        sent(window)
        window.answered(seq, -1)
    window.rewind(next_seq=0, size=2)
    assert not window.has_room
    assert sent(window) == [0, 1]
    assert window.answered(0, -1) is None
    assert sent(window) == [2]


def test_a_server_that_forgot_what_it_called_durable_is_found_out() -> None:
    window = filled(0, 1)
    sent(window)
    window.answered(0, 0)
    with pytest.raises(LookupError, match="frames 0 to 0"):
        window.rewind(next_seq=0, size=4)


@pytest.mark.parametrize(
    "durable", [pytest.param(True, id="durable"), pytest.param(False, id="never durable")]
)
def test_memory_is_flat(durable: bool) -> None:
    window = ReplayWindow(size=4)
    for seq in range(3000):
        window.add(frame(seq), 0.0)
        sent(window)
        window.answered(seq, seq - 30 if durable else -1)
    assert window.num_kept <= (30 if durable else MAX_KEPT_FRAMES + 4)


def test_a_refused_frame_is_not_waited_for() -> None:
    window = filled(0, 1)
    sent(window)
    window.forget(0)
    assert window.answered(1, 1) == 1.0
    assert window.is_idle
    assert window.num_kept == 0
