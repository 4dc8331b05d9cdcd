"""The order of clips: a pure function of seed and number, which covers every source epoch by epoch."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest

from mot_platform.training.clip_order import BLOCK_CLIPS, ClipOrder


def places_of(order: ClipOrder, count: int, source: int = 0) -> list[tuple[int, int]]:
    """Return epoch and place of the first `count` clips of a source."""
    found = [order.at(number) for number in range(3 * count)]
    return [(epoch, place) for chosen, epoch, place in found if chosen == source][:count]


def test_every_place_is_due_once_an_epoch_in_a_new_order() -> None:
    order = ClipOrder([np.ones(100)], [1.0], seed=3)
    first, second = (
        [place for epoch, place in places_of(order, 200) if epoch == wanted] for wanted in (0, 1)
    )
    assert sorted(first) == sorted(second) == list(range(100))
    assert first != second


def test_sources_take_turns_by_weight() -> None:
    order = ClipOrder([np.ones(7), np.ones(300), np.ones(20)], [1.0, 2.0, 0.01], seed=0)
    total = 40 * BLOCK_CLIPS
    taken = Counter(order.at(number)[0] for number in range(total))
    for source, weight in enumerate([1.0, 2.0, 0.01]):
        assert taken[source] == pytest.approx(total * weight / 3.01, abs=40)
    assert taken[2] > 0


def test_each_source_keeps_its_own_epochs() -> None:
    order = ClipOrder([np.ones(7), np.ones(300)], [1.0, 2.0], seed=0)
    for source, size in ((0, 7), (1, 300)):
        epochs = places_of(order, 2 * size, source)
        assert [epoch for epoch, _ in epochs] == [0] * size + [1] * size
        assert sorted(place for _, place in epochs) == sorted([*range(size)] * 2)


def test_a_clip_does_not_depend_on_what_was_asked_before() -> None:
    def order() -> ClipOrder:
        return ClipOrder([np.ones(50), np.full(9, 1.7)], [0.3, 0.7], seed=11)

    far = order().at(70_001)
    walked = order()
    assert [walked.at(number) for number in range(70_002)][-1] == far
    assert ClipOrder([np.ones(50), np.full(9, 1.7)], [0.3, 0.7], seed=12).at(70_001) != far


def test_rare_places_come_as_often_as_they_are_due() -> None:
    factors = np.array([1.0, 1.0, 2.5, 4.0, 1.0])
    order = ClipOrder([factors], [1.0], seed=0)
    assert order.clips_of_epoch(0) == 10
    seen = Counter(order.at(number)[2] for number in range(1000))
    assert [seen[place] / 100 for place in range(5)] == pytest.approx(factors * 10 / 9.5, abs=0.1)


def test_neighbours_follow_each_other() -> None:
    order = ClipOrder([np.ones(11)], [1.0], seed=0, neighbours=4)
    places = [order.at(number)[2] for number in range(11)]
    assert sorted(places) == list(range(11))
    assert sum(after == before + 1 for before, after in itertools.pairwise(places)) >= 8
    assert places != list(range(11))


@pytest.mark.parametrize(("repeats", "weights"), [([], []), ([np.ones(0)], [1.0]), ([np.ones(2)], [0.0])])
def test_a_source_without_places_or_weight_is_refused(repeats, weights) -> None:
    with pytest.raises(ValueError, match="needs a place"):
        ClipOrder(repeats, weights, 0)
