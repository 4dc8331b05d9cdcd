"""Every frame gets its index and time, whatever the packets say."""

from __future__ import annotations

from fractions import Fraction

import pytest

from mot_platform.video.timeline import CountedTimeline, KeyedTimeline

TICK = Fraction(1, 25)


def counted(*, in_decode_order: bool = False) -> CountedTimeline:
    return CountedTimeline(period_s=0.04, time_base=TICK, in_decode_order=in_decode_order)


def test_a_swallowed_packet_keeps_its_index() -> None:
    timeline = KeyedTimeline(10, 0)
    for pts in (0, 3, 1, 2):
        timeline.sent(pts)
    assert [timeline.place(pts) for pts in (0, 2, 3)] == [(10, 0), (12, 2), (13, 3)]


def test_frames_shown_before_the_first_belong_elsewhere() -> None:
    timeline = KeyedTimeline(10, 100)
    for pts in (100, 98, 99, 101):
        timeline.sent(pts)
    assert [timeline.place(pts) for pts in (98, 99, 100, 101)] == [None, None, (10, 100), (11, 101)]


@pytest.mark.parametrize("pts", [None, 7])
def test_a_timestamp_that_no_packet_has_is_an_error(pts: int | None) -> None:
    timeline = KeyedTimeline(0, None)
    timeline.sent(0)
    with pytest.raises(ValueError, match="no packet has"):
        timeline.place(pts)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param([5, 6, 9], [5, 6, 9], id="as the container has them"),
        pytest.param([None, None, None], [0, 1, 2], id="missing"),
        pytest.param([0, 1, 1, 3], [0, 1, 2, 3], id="twice"),
        pytest.param([8, 9, 0, 1, 2], [8, 9, 10, 11, 12], id="jumps back"),
        pytest.param([0, 1, 900, 901], [0, 1, 900, 901], id="jumps ahead"),
    ],
)
def test_counted_times_always_increase(given: list[int | None], expected: list[int]) -> None:
    timeline = counted()
    assert [timeline.place(pts) for pts in given] == list(enumerate(expected))


def test_timestamps_in_decoding_order_are_handed_out_ascending() -> None:
    timeline = counted(in_decode_order=True)
    for pts in (2, 4, 6):
        timeline.sent(pts)
    assert [timeline.place(pts)[1] for pts in (2, 6, 4)] == [2, 4, 6]


def test_what_is_left_out_is_counted_but_not_lost() -> None:
    timeline = KeyedTimeline(10, 0)
    timeline.sent(0)
    for pts in (1, 2):
        timeline.left_out(pts)
    for pts in (3, 4, 5):
        timeline.sent(pts)
    assert [timeline.place(pts) for pts in (0, 3)] == [(10, 0), (13, 3)]
    assert timeline.num_lost == 0
    assert timeline.place(5) == (15, 5)
    assert timeline.num_lost == 1


def test_frames_that_are_counted_cannot_be_left_out() -> None:
    with pytest.raises(RuntimeError, match="left out"):
        counted().left_out(3)
