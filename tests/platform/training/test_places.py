"""Where clips are taken: all that is labelled, nothing beyond the split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mot_platform.datasets.source import SplitRange
from mot_platform.training.places import Place, another_place, draw_frames, find_places, repeat_factors


def test_a_dense_video_has_a_place_for_every_clip_and_a_sparse_one_for_every_label(
    make_training_video,
) -> None:
    dense = make_training_video(ranges=((0, 20), (30, 40)))
    sparse = make_training_video(labelled=(3, 13, 14, 33))
    assert [(p.video, p.anchor) for p in find_places([dense, sparse], 8)] == [
        *((0, anchor) for anchor in (0, 8, 16, 30, 38)),
        *((1, anchor) for anchor in (3, 13, 33)),
    ]


@settings(max_examples=300, deadline=None)
@given(
    start=st.integers(0, 30),
    length=st.integers(1, 60),
    at=st.floats(0, 0.999),
    clip_frames=st.integers(1, 12),
    stride=st.integers(1, 5),
    is_reversed=st.booleans(),
    seed=st.integers(0, 99),
)
def test_a_clip_holds_its_anchor_and_nothing_of_another_split(
    start, length, at, clip_frames, stride, is_reversed, seed
) -> None:
    anchor = start + int(at * length)
    place = Place(0, SplitRange(split="train", start_frame=start, stop_frame=start + length), anchor)
    frames = draw_frames(
        place,
        clip_frames=clip_frames,
        stride=stride,
        is_reversed=is_reversed,
        random=np.random.default_rng(seed),
    )
    assert anchor in frames
    assert start <= frames.min()
    assert frames.max() < start + length
    steps = np.diff(frames[::-1] if is_reversed else frames)
    fits = len(range(start + (anchor - start) % stride, start + length, stride)) >= clip_frames
    assert set(steps.tolist()) <= {stride if fits else 1}
    assert len(frames) == clip_frames or set(frames.tolist()) == set(range(start, start + length))


def test_what_is_labelled_is_seen_with_more_and_with_less_past() -> None:
    place = Place(0, SplitRange(split="train", start_frame=0, stop_frame=100), 50)
    starts = [
        draw_frames(place, clip_frames=4, stride=2, is_reversed=False, random=np.random.default_rng(seed))[0]
        for seed in range(50)
    ]
    assert set(starts) == {44, 46, 48, 50}


def test_a_rare_action_is_due_more_often(make_training_video) -> None:
    rows = [(frame, 1) for frame in range(0, 40, 4)]
    video = make_training_video(rows=rows, actions=[(0, 1), *[(0,)] * 9])
    places = find_places([video], 4)
    factors = repeat_factors(places, [video], clip_frames=4, threshold=0.4)
    assert factors.tolist() == pytest.approx([2.0, *[1.0] * 9])
    assert (repeat_factors(places, [video], clip_frames=4, threshold=0.0) == 1).all()


def test_another_place_is_in_the_same_video_and_is_any_other() -> None:
    whole = SplitRange(split="train", start_frame=0, stop_frame=99)
    places = [Place(video, whole, anchor) for video, count in enumerate((3, 1, 4)) for anchor in range(count)]
    random = np.random.default_rng(0)
    assert {another_place(places, 1, random) for _ in range(40)} == {0, 2}
    assert {another_place(places, 3, random) for _ in range(5)} == {3}
    assert {another_place(places, 7, random) for _ in range(60)} == {4, 5, 6}
