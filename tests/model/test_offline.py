"""What hindsight does to tracks."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from mot_model.offline import OfflineConfig, fill_gaps, link_tracks, with_hindsight
from mot_model.structures import Array, Tracks

HZ = 10


def track(
    track_id: int, frames: list[int], *, left_px: float, speed_px: float = 0.0, **options: float
) -> Tracks:
    """Return a person of 100 px who is at `left_px` in frame 0 and walks `speed_px` a frame."""
    frame_index = np.array(frames, np.int32)
    left = left_px + speed_px * frame_index
    top, height = options.get("top_px", 50.0), options.get("height_px", 100.0)
    num = len(frames)
    xyxy = np.stack([left, np.full(num, top), left + 40, np.full(num, top + height)], axis=1)
    return Tracks(
        frame_index=frame_index,
        time_s=frame_index / HZ,
        track_id=np.full(num, track_id, np.int32),
        class_id=np.full(num, options.get("class_id", 1), np.int16),
        xyxy=xyxy.astype(np.float32),
        score=np.full(num, 0.5, np.float32),
        action_score=np.zeros((num, 1), np.float32),
    )


def joined(*parts: Tracks) -> Tracks:
    rows = Tracks.concatenate(list(parts), 1)
    return rows[np.lexsort((rows.track_id, rows.frame_index))]


def ids(tracks: Tracks) -> list[int]:
    return np.unique(tracks.track_id).tolist()


def same(one: Tracks, other: Tracks) -> bool:
    columns = [field.name for field in fields(Tracks)]
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in columns)


def test_a_track_that_goes_on_where_another_ended_is_made_one_with_it() -> None:
    pieces = joined(
        track(4, list(range(10)), left_px=100),
        track(7, list(range(20, 30)), left_px=104),
        track(9, list(range(50, 60)), left_px=102),
        track(8, list(range(60)), left_px=600),
    )
    linked = link_tracks(pieces, OfflineConfig())
    assert ids(linked) == [4, 8]
    assert len(linked) == len(pieces)
    np.testing.assert_array_equal(linked.frame_index, np.sort(pieces.frame_index))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"left_px": 130}, id="elsewhere"),
        pytest.param({"height_px": 140.0}, id="another size"),
        pytest.param({"class_id": 2}, id="another class"),
        pytest.param({"frames": list(range(70, 80))}, id="much later"),
        pytest.param({"frames": list(range(8, 20))}, id="at the same time"),
        pytest.param({"speed_px": 15.0, "left_px": -200.0}, id="passing through"),
    ],
)
def test_another_object_is_not_linked(change: dict[str, Any]) -> None:
    later = {"frames": list(range(20, 30)), "left_px": 100.0} | change
    pieces = joined(track(1, list(range(10)), left_px=100), track(2, **later))
    assert ids(link_tracks(pieces, OfflineConfig())) == [1, 2]


def test_who_walks_is_expected_farther_on() -> None:
    def pieces(speed_px: float) -> Tracks:
        return joined(
            track(1, list(range(10)), left_px=100, speed_px=speed_px),
            track(2, list(range(13, 25)), left_px=100, speed_px=speed_px),
        )

    assert ids(link_tracks(pieces(10), OfflineConfig())) == [1]  # 40 px on: what its speed says
    standing = joined(track(1, list(range(10)), left_px=100), track(2, list(range(13, 25)), left_px=140))
    assert ids(link_tracks(standing, OfflineConfig())) == [1, 2]


def test_of_two_that_could_go_on_the_cheapest_links_in_all_are_taken() -> None:
    pieces = joined(
        track(1, list(range(10)), left_px=100),
        track(2, list(range(10)), left_px=110),
        track(3, list(range(15, 25)), left_px=108),
        track(4, list(range(15, 25)), left_px=118),
    )
    linked = link_tracks(pieces, OfflineConfig())
    pairs = {(int(linked.track_id[k]), round(float(linked.xyxy[k, 0]))) for k in range(len(linked))}
    assert pairs == {(1, 100), (1, 108), (2, 110), (2, 118)}


def test_short_gaps_are_filled_on_a_straight_line_and_long_ones_left() -> None:
    rows = joined(
        track(1, [0, 4, 20], left_px=10, speed_px=2),
        track(2, [1, 2], left_px=300),
        track(3, [3], left_px=500),
    )
    filled = fill_gaps(rows, OfflineConfig())
    one = filled[filled.track_id == 1]
    np.testing.assert_array_equal(one.frame_index, [0, 1, 2, 3, 4, 20])
    np.testing.assert_allclose(one.xyxy[:, 0], 10 + 2 * one.frame_index)
    np.testing.assert_allclose(one.time_s, one.frame_index / HZ)
    assert len(filled) == len(rows) + 3
    keys: Array = filled.frame_index * 10 + filled.track_id
    assert (np.diff(keys) > 0).all()  # sorted by frame and id, each once


def test_nothing_to_do_changes_nothing() -> None:
    whole = joined(track(1, list(range(9)), left_px=10), track(2, list(range(9)), left_px=300))
    assert same(with_hindsight(whole), whole)
    assert len(with_hindsight(Tracks.empty(1))) == 0
    pieces = joined(track(1, [0, 1, 4], left_px=10), track(2, [9, 10], left_px=10))
    assert same(with_hindsight(pieces, OfflineConfig(link_gap_s=0, fill_gap_s=0)), pieces)


def test_random_rows_keep_their_boxes_and_no_id_comes_twice_in_a_frame() -> None:
    random = np.random.default_rng(5)
    parts = []
    for number in range(300):
        begin = int(random.integers(0, 400))
        frames = sorted(set(random.integers(begin, begin + 30, 12).tolist()))
        left, speed = float(random.uniform(0, 300)), float(random.normal(0, 3))
        parts.append(track(number + 1, frames, left_px=left, speed_px=speed))
    rows = joined(*parts)
    result = with_hindsight(rows)
    assert len(ids(result)) < len(ids(rows))
    keys = result.frame_index.astype(np.int64) * 1000 + result.track_id
    assert len(np.unique(keys)) == len(result)
    boxes = {tuple(box) for box in np.column_stack([result.frame_index, result.xyxy]).tolist()}
    assert {tuple(box) for box in np.column_stack([rows.frame_index, rows.xyxy]).tolist()} <= boxes
    shuffled = rows[random.permutation(len(rows))]
    assert same(with_hindsight(shuffled), result)


@pytest.mark.parametrize("wrong", [{"link_gap_s": -1}, {"glide_s": 0}, {"fill_gap_s": float("nan")}])
def test_impossible_settings_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        OfflineConfig(**wrong)
