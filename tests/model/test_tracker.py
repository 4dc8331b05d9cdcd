from __future__ import annotations

import pickle
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from mot_model import association, kalman, track_rows
from mot_model.structures import Array, Detections, Tracks
from mot_model.tracker import Tracker, TrackerConfig, TrackerState, compile_tracker
from mot_platform.formats.motchallenge import read_mot, read_seqinfo
from mot_platform.metrics.evaluation import evaluate_sequences
from mot_platform.metrics.ground_truth import SequenceTruth

FAR = np.array([[1000.0, 0, 1040, 80]])
PERSON = np.array([[100.0, 100, 140, 200]])
HALF_PERSON = np.array([20.0, 50])


def _detections(
    boxes: Array,
    frame_index: int = 0,
    *,
    time_s: float | None = None,
    score: float | Array = 0.9,
    class_id: int | Array = 0,
    **features: Array | None,
) -> Detections:
    num = len(boxes)
    return Detections(
        frame_index=frame_index,
        time_s=frame_index / 25 if time_s is None else time_s,
        xyxy=np.asarray(boxes, np.float32).reshape(num, 4),
        score=np.broadcast_to(np.asarray(score, np.float32), num).copy(),
        class_id=np.broadcast_to(np.asarray(class_id, np.int64), num).copy(),
        **features,
    )


def _run(frames: list[Detections], config: TrackerConfig | None = None) -> tuple[TrackerState, list[Tracks]]:
    tracker = Tracker(config)
    state = tracker.initial_state()
    outputs = []
    for detections in frames:
        state, tracks, _ = tracker.step(state, detections)
        outputs.append(tracks)
    return state, outputs


def _crowd(num_frames: int, num_people: int = 12, seed: int = 0) -> list[Detections]:
    """Return people on random walks with missed and false detections, embeddings and action features."""
    rng = np.random.default_rng(seed)
    centre = rng.uniform(0, 600, (num_people, 2))
    speed = rng.normal(0, 4, (num_people, 2))
    looks = rng.normal(size=(num_people, 8))
    frames = []
    for i in range(num_frames):
        centre = centre + speed
        seen = rng.random(num_people) > 0.15
        boxes = np.concatenate([centre - HALF_PERSON, centre + HALF_PERSON], axis=1)[seen] + rng.normal(
            0, 1, (seen.sum(), 4)
        )
        look = looks[seen] + rng.normal(0, 0.3, (seen.sum(), 8))
        frames.append(
            _detections(
                boxes,
                i,
                score=rng.uniform(0.2, 1, len(boxes)),
                class_id=np.arange(num_people)[seen] % 2,
                embedding=(look / np.linalg.norm(look, axis=1, keepdims=True)).astype(np.float32),
                action_feature=rng.normal(size=(len(boxes), 3)).astype(np.float32),
                camera_motion=np.array([[1, 0, rng.normal()], [0, 1, 0]], np.float32),
            )
        )
    return frames


def _assert_equal_states(state: TrackerState, other: TrackerState) -> None:
    for field in fields(TrackerState):
        np.testing.assert_array_equal(getattr(state, field.name), getattr(other, field.name), field.name)


def _assert_equal_tracks(tracks: Tracks, other: Tracks) -> None:
    for field in fields(Tracks):
        np.testing.assert_array_equal(getattr(tracks, field.name), getattr(other, field.name), field.name)


def test_track_id_survives_ten_frame_occlusion() -> None:
    frames = [
        _detections(PERSON + np.array([4 * i, 0, 4 * i, 0]) if not 15 <= i < 25 else np.zeros((0, 4)), i)
        for i in range(40)
    ]
    _, outputs = _run(frames)
    assert [len(t) for t in outputs] == [0 if 15 <= i < 25 else 1 for i in range(40)]
    assert {int(n) for t in outputs for n in t.track_id} == {1}


def test_reported_box_is_the_detection_itself() -> None:
    rng = np.random.default_rng(0)
    frames = [_detections(PERSON + rng.normal(0, 2, (1, 4)), i, score=0.8) for i in range(5)]
    _, outputs = _run(frames)
    for detections, tracks in zip(frames, outputs, strict=True):
        np.testing.assert_array_equal(tracks.xyxy, detections.xyxy)
        np.testing.assert_array_equal(tracks.score, detections.score)


def test_first_frame_is_reported_at_once_and_later_births_after_min_hits() -> None:
    frames = [_detections(PERSON if i < 2 else np.concatenate([PERSON, FAR]), i) for i in range(5)]
    _, outputs = _run(frames, TrackerConfig(min_hits=2))
    assert [t.track_id.tolist() for t in outputs] == [[1], [1], [1], [1, 2], [1, 2]]
    _, at_once = _run(frames, TrackerConfig(min_hits=1))
    assert at_once[2].track_id.tolist() == [1, 2]


def test_unconfirmed_track_ends_with_its_first_miss_and_its_id_is_not_reused() -> None:
    frames = [_detections(FAR if i == 1 else PERSON, i) for i in range(4)]
    state, outputs = _run(frames)
    assert [t.track_id.tolist() for t in outputs] == [[1], [], [1], [1]]
    assert state.next_track_id == 3


def test_classes_are_never_matched_to_each_other() -> None:
    _, outputs = _run([_detections(PERSON, i, class_id=i // 5) for i in range(10)], TrackerConfig(min_hits=1))
    assert {int(n) for t in outputs[:5] for n in t.track_id} == {1}
    assert {int(n) for t in outputs[5:] for n in t.track_id} == {2}


@pytest.mark.parametrize("rate_hz", [5, 25, 100])
def test_track_ends_after_seconds_whatever_the_frame_rate(rate_hz: int) -> None:
    gap_s = TrackerConfig().max_gap_s
    for wait_s, survives in ((0.8 * gap_s, True), (1.2 * gap_s, False)):
        frames = [_detections(PERSON, i, time_s=i / rate_hz) for i in range(4)]
        hidden = int(wait_s * rate_hz)
        frames += [_detections(np.zeros((0, 4)), 4 + i, time_s=(4 + i) / rate_hz) for i in range(hidden - 1)]
        state, _ = _run([*frames, _detections(FAR, 99, time_s=3 / rate_hz + wait_s)])
        assert (1 in state.track_id) == survives


def test_gap_in_frames_is_a_gap_in_time() -> None:
    start = [_detections(PERSON + np.array([5 * i, 0, 5 * i, 0]), i) for i in range(10)]
    end = _detections(PERSON + np.array([60, 0, 60, 0]), 15)
    with_empty_frames = [*start, *(_detections(np.zeros((0, 4)), i) for i in range(10, 15)), end]
    (skipped, _), (empty, _) = _run([*start, end]), _run(with_empty_frames)
    assert skipped.track_id.tolist() == empty.track_id.tolist() == [1]
    np.testing.assert_allclose(skipped.motion[:, :2], empty.motion[:, :2], rtol=0.05, atol=1)


@pytest.mark.parametrize("times", [[0, 0, 0, 0], [5, 4, 3, 2], [0, 1e9, 0, 0.04], [-3, -2.96, -2.92, -2.88]])
def test_odd_timestamps_count_as_time_that_goes_on(times: list[float]) -> None:
    state, outputs = _run([_detections(PERSON, i, time_s=t) for i, t in enumerate(times)])
    assert np.isfinite(state.motion).all()
    assert state.clock_s > 0
    assert all(len(set(t.track_id)) == len(t) for t in outputs)
    if max(times) - min(times) < 10:
        assert {int(n) for t in outputs for n in t.track_id} == {1}


def test_what_is_compiled_beforehand_is_all_that_a_stream_needs() -> None:
    compile_tracker()
    functions = (
        association._match_by_position,
        association._match_in_passes,
        track_rows._see,
        kalman._predict,
    )
    before = [len(function.signatures) for function in functions]
    frames = _crowd(6)
    for detections in frames[3:]:  # as a reader of files may give them
        detections.xyxy.flags.writeable = detections.score.flags.writeable = False
        detections.class_id.flags.writeable = False
    _run([*frames[:5], replace(frames[5], xyxy=np.asfortranarray(frames[5].xyxy))])
    assert [len(function.signatures) for function in functions] == before


def test_camera_motion_keeps_ids_through_a_pan() -> None:
    pan = np.array([[1, 0, 60], [0, 1, 0]], np.float32)
    people = np.concatenate([PERSON, PERSON + np.array([60, 0, 60, 0])])

    def frames(camera_motion: Array | None) -> list[Detections]:
        shifts = np.cumsum([0, 0, 0, 60, 60, 60, 0])
        return [
            _detections(
                people + np.array([s, 0, s, 0]), i, camera_motion=camera_motion if i in (3, 4, 5) else None
            )
            for i, s in enumerate(shifts)
        ]

    _, compensated = _run(frames(pan))
    assert [t.track_id.tolist() for t in compensated] == [[1, 2]] * 7
    np.testing.assert_array_equal(np.diff([t.xyxy[0, 0] for t in compensated]), [0, 0, 60, 60, 60, 0])
    _, blind = _run(frames(None))
    assert blind[3].track_id.tolist() != [1, 2] or blind[3].xyxy[0, 0] != compensated[3].xyxy[0, 0]
    garbage = np.full((2, 3), np.nan, np.float32)
    _run(frames(garbage))
    _run(frames(np.zeros((2, 3), np.float32)))


def test_appearance_tells_apart_people_who_swap_places_while_hidden() -> None:
    left, right = PERSON, PERSON + np.array([30, 0, 30, 0])
    looks = np.eye(2, 8, dtype=np.float32)
    frames = [_detections(np.concatenate([left, right]), i, embedding=looks) for i in range(10)]
    frames += [
        _detections(np.zeros((0, 4)), i, embedding=np.zeros((0, 8), np.float32)) for i in range(10, 15)
    ]
    frames += [_detections(np.concatenate([right, left]), i, embedding=looks) for i in range(15, 18)]
    _, outputs = _run(frames)
    assert outputs[-1].track_id.tolist() == [1, 2]
    np.testing.assert_array_equal(outputs[-1].xyxy, np.concatenate([right, left]))


def test_appearance_brings_back_who_left_and_returned_elsewhere() -> None:
    look = np.eye(1, 8, dtype=np.float32)
    nobody = np.zeros((0, 8), np.float32)
    frames = [_detections(PERSON, i, embedding=look) for i in range(10)]
    frames += [_detections(np.zeros((0, 4)), i, embedding=nobody) for i in range(10, 60)]
    same = [_detections(FAR, i, embedding=look) for i in range(60, 63)]
    other = [_detections(FAR, i, embedding=np.eye(8, dtype=np.float32)[3:4]) for i in range(60, 63)]
    assert _run(frames + same)[1][-1].track_id.tolist() == [1]
    assert _run(frames + other)[1][-1].track_id.tolist() == [2]


def test_embedding_is_not_changed_while_another_box_covers_it() -> None:
    looks = np.eye(2, 8, dtype=np.float32)
    apart = _detections(np.concatenate([PERSON, FAR]), 0, embedding=looks)
    covered = _detections(
        np.concatenate([PERSON, PERSON + 3]), 1, embedding=np.eye(8, dtype=np.float32)[[5, 6]]
    )
    state, _ = _run([apart, covered])
    np.testing.assert_allclose(state.embedding[0], looks[0])


def test_embeddings_that_start_late_are_taken_up_and_a_new_length_is_refused() -> None:
    frames = [_detections(PERSON, i) for i in range(3)]
    frames += [_detections(PERSON, i, embedding=np.eye(1, 8, dtype=np.float32)) for i in range(3, 5)]
    state, outputs = _run(frames)
    assert outputs[-1].track_id.tolist() == [1]
    np.testing.assert_allclose(state.embedding, np.eye(1, 8))
    with pytest.raises(ValueError, match="embedding had length 8 and now has 4"):
        Tracker().step(state, _detections(PERSON, 5, embedding=np.eye(1, 4, dtype=np.float32)))


def test_memory_keeps_the_last_features_of_each_track_newest_last() -> None:
    tracker = Tracker(TrackerConfig(memory_frames=4))
    state = tracker.initial_state()
    boxes = np.concatenate([PERSON, FAR])
    for i in range(7):
        present = [0, 1] if i != 4 else [1]  # the first person is missed in frame 4
        feature = np.array([[i, 0.0], [i, 1.0]], np.float32)[present]
        detections = _detections(boxes[present][::-1], i, action_feature=feature[::-1].copy())
        state, tracks, slot = tracker.step(state, detections)
        np.testing.assert_array_equal(state.track_id[slot], tracks.track_id)
        for row, box in zip(slot, tracks.xyxy, strict=True):
            assert state.memory[row, -1].tolist() == [i, float(box[0] > 500)]
    first = int(np.flatnonzero(state.last_xyxy[:, 0] < 500)[0])
    assert state.memory[first].tolist() == [[2, 0], [3, 0], [5, 0], [6, 0]]
    assert state.memory[1 - first].tolist() == [[3, 1], [4, 1], [5, 1], [6, 1]]
    np.testing.assert_allclose(state.memory_time_s[first], np.array([2, 3, 5, 6]) / 25)


def test_memory_of_a_young_track_says_what_is_not_filled() -> None:
    state, _ = _run([_detections(PERSON, i, action_feature=np.ones((1, 2), np.float32)) for i in range(3)])
    assert np.isnan(state.memory_time_s[0, :-3]).all()
    assert not np.isnan(state.memory_time_s[0, -3:]).any()


def test_state_after_any_frame_can_be_pickled_and_goes_on_bit_by_bit() -> None:
    frames = _crowd(40)
    tracker = Tracker()
    state = restored = tracker.initial_state()
    for detections in frames:
        state, tracks, slot = tracker.step(state, detections)
        restored = pickle.loads(pickle.dumps(restored))
        restored, again, slot_again = Tracker().step(restored, detections)
        _assert_equal_states(state, restored)
        _assert_equal_tracks(tracks, again)
        np.testing.assert_array_equal(slot, slot_again)


def test_streams_interleaved_on_one_tracker_equal_streams_apart() -> None:
    streams = [_crowd(40, seed=1), _crowd(40, seed=2)]
    tracker = Tracker()
    states = [tracker.initial_state(), tracker.initial_state()]
    outputs: list[list[Tracks]] = [[], []]
    for pair in zip(*streams, strict=True):
        for k, detections in enumerate(pair):
            states[k], tracks, _ = tracker.step(states[k], detections)
            outputs[k].append(tracks)
    for k, frames in enumerate(streams):
        state, apart = _run(frames)
        _assert_equal_states(states[k], state)
        for tracks, other in zip(outputs[k], apart, strict=True):
            _assert_equal_tracks(tracks, other)


def test_step_changes_neither_state_nor_detections() -> None:
    frames = _crowd(10)
    state, _ = _run(frames[:-1])
    copy, detections = pickle.loads(pickle.dumps(state)), pickle.loads(pickle.dumps(frames[-1]))
    Tracker().step(state, frames[-1])
    _assert_equal_states(state, copy)
    np.testing.assert_array_equal(frames[-1].xyxy, detections.xyxy)


def test_state_stays_flat_over_a_hundred_thousand_ids() -> None:
    tracker = Tracker(TrackerConfig(min_hits=1, max_gap_s=0.19))
    state = tracker.initial_state()
    sizes = []
    for i in range(5000):
        x = np.arange(20) * 100 + (i % 7) * 3000.0
        boxes = np.stack([x, np.zeros(20), x + 40, np.full(20, 80.0)], axis=1)
        state, _, _ = tracker.step(state, _detections(boxes, i))
        sizes.append(len(pickle.dumps(state)) if i % 100 == 50 else len(state) * 1000)
    assert state.next_track_id > 99_000
    assert len(state) <= 20 * 7
    pickled = sizes[150::100]
    assert max(pickled) < 1.1 * min(pickled)


ANY_FLOAT = st.one_of(
    st.floats(width=32, allow_nan=True, allow_infinity=True),
    st.floats(-50, 300, width=32),
    st.sampled_from([0.0, 10.0, 10.0, 50.0, 60.0]),
)


@st.composite
def _any_detections(draw: st.DrawFn) -> Detections:
    num = draw(st.integers(0, 12))
    xyxy = draw(arrays(np.float32, (num, 4), elements=ANY_FLOAT))
    if draw(st.booleans()):  # mostly sound boxes, so that tracks come about
        xyxy[:, 2:] = xyxy[:, :2] + 20
    return Detections(
        frame_index=draw(st.integers(0, 1000)),
        time_s=draw(st.floats(-10, 1000)),
        xyxy=xyxy,
        score=draw(
            arrays(np.float32, num, elements=st.one_of(st.just(0.9), st.floats(0, 1, width=32), ANY_FLOAT))
        ),
        class_id=draw(arrays(np.int64, num, elements=st.integers(-1, 2))),
        embedding=draw(st.none() | arrays(np.float32, (num, 3), elements=ANY_FLOAT)),
        action_feature=draw(st.none() | arrays(np.float32, (num, 2), elements=ANY_FLOAT)),
        camera_motion=draw(st.none() | arrays(np.float32, (2, 3), elements=ANY_FLOAT)),
    )


@settings(max_examples=40, deadline=None)
@given(st.lists(_any_detections(), max_size=8))
def test_any_detections_give_unique_ids_that_are_never_reused(frames: list[Detections]) -> None:
    tracker = Tracker(TrackerConfig(min_hits=1))
    state = tracker.initial_state()
    dropped: set[int] = set()
    for detections in frames:
        before = state
        state, tracks, slot = tracker.step(state, detections)
        ids = tracks.track_id.tolist()
        assert len(set(ids)) == len(ids) <= len(detections)
        assert not dropped & set(ids)
        assert ids == state.track_id[slot].tolist()
        assert state.next_track_id >= max([before.next_track_id, *(n + 1 for n in ids)])
        assert np.isfinite(state.motion).all()
        assert np.isfinite(tracks.xyxy).all()
        dropped |= set(before.track_id.tolist()) - set(state.track_id.tolist())


@pytest.mark.parametrize("num", [0, 1, 5000])
def test_any_number_of_boxes_is_fine(num: int) -> None:
    rng = np.random.default_rng(0)
    corner = rng.uniform(0, 20_000, (num, 2))
    boxes = np.concatenate([corner, corner + 40], axis=1)
    _, outputs = _run([_detections(boxes, i) for i in range(2)])
    assert [len(t) for t in outputs] == [num, num]


def test_duplicate_boxes_get_ids_of_their_own() -> None:
    _, outputs = _run([_detections(np.repeat(PERSON, 3, axis=0), i) for i in range(3)])
    assert [t.track_id.tolist() for t in outputs] == [[1, 2, 3]] * 3


def _half(sequence: Path, start: int) -> tuple[list[Detections], SequenceTruth]:
    """Return the detections and the truth of a MOT17 sequence from frame `start` (1-based) to its end."""
    info = read_seqinfo(sequence / "seqinfo.ini")
    first = start - 1
    det = read_mot(sequence / "det" / "det_yolox_x_ablation.txt")
    rows = read_mot(sequence / "gt" / "gt.txt")
    rows = rows[rows.frame_index >= first]
    truth = SequenceTruth(
        info=replace(info, num_frames=info.num_frames - first),
        rows=replace(rows, frame_index=rows.frame_index - first),
        actions=np.zeros((len(rows), 0), bool),
    )
    frames = []
    for frame_index in range(first, info.num_frames):
        seen = det[det.frame_index == frame_index]
        time_s = (frame_index - first) / info.frame_rate_hz
        frames.append(_detections(seen.xyxy, frame_index - first, time_s=time_s, score=seen.score))
    return frames, truth


@pytest.mark.real_data
def test_identities_on_street_scenes_keep_their_quality(shared_data: Path) -> None:
    folder = shared_data / "mot_text" / "MOT17"
    truths, predictions = [], {}
    for name, start in (("MOT17-09", 264), ("MOT17-13", 377)):
        frames, truth = _half(folder / name, start)
        truths.append(truth)
        predictions[truth.info.name] = Tracks.concatenate(_run(frames)[1])
    report = evaluate_sequences(truths, predictions, benchmark="mot17", with_motmetrics=False)
    figures = report.combined.scalars()
    assert figures["HOTA"] > 0.59  # 0.614 when this was written
    assert figures["IDF1"] > 0.71  # 0.741
