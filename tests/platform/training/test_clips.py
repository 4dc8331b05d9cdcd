"""Labels that fit the pixels of their clip."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mot_model.letterbox import Letterbox
from mot_platform.training.clips import Clip, collate, label_clip
from mot_platform.training.training_video import TrainingVideo

BOX = Letterbox((160, 96), (80, 48))


def clip_of(video: TrainingVideo, frames: list[int], *, num_frames: int = 4, **settings: float) -> Clip:
    pixels = np.zeros((num_frames, 48, 80, 3), np.uint8)
    settings = {"min_visibility": 0.0} | settings
    return label_clip(video, np.array(frames, np.int64), pixels, BOX, **settings)


def test_a_track_keeps_its_slot_and_its_labels_their_frame(make_training_video) -> None:
    video = make_training_video(
        rows=[(2, 9), (3, 5), (4, 5), (4, 9)], actions=[(0,), (1,), (), (0, 1)], labelled=[2, 4]
    )
    for frames in ([2, 4], [4, 2]):  # strided, and backwards
        clip = clip_of(video, frames)
        early, late = frames.index(2), frames.index(4)
        assert clip.track_id[0].tolist() == [5, 9]
        assert clip.present[:2].tolist() == [[t == late, True] for t in range(2)]
        assert clip.action[early, 1].tolist() == [1, 0]
        assert clip.action[late, 1].tolist() == [1, 1]
        assert not clip.has_action[late, 0].any()
        assert clip.xyxy[late, 1].tolist() == (video.boxes.xyxy[3] / 2).tolist()
        assert clip.has_boxes[:, 0].tolist() == [True, True, False, False]


def test_frames_beyond_the_video_and_unlabelled_ones_have_no_labels(make_training_video) -> None:
    video = make_training_video(rows=[(6, 1), (7, 1)], labelled=[7])
    clip = clip_of(video, [6, 7])
    assert clip.has_boxes[:, 0].tolist() == [False, True, False, False]
    assert clip.present[:, 0].tolist() == [True, True, False, False]
    nothing = clip_of(video, [])
    assert (nothing.present.shape, nothing.has_boxes.any()) == ((4, 0), False)


def test_boxes_without_identity_share_slots_but_no_id(make_training_video) -> None:
    video = make_training_video(rows=[(0, -1), (0, 3), (0, -1), (1, -1), (1, 3)])
    clip = clip_of(video, [0, 1])
    assert clip.track_id[0].tolist() == [3, -1, -1]
    assert clip.present[:2].tolist() == [[True, True, True], [True, True, False]]
    assert clip.xyxy[0, :, 0].tolist() == [5, 0, 10]


def test_hidden_and_flagged_objects_are_ignored(make_training_video) -> None:
    video = make_training_video(rows=[(0, 1), (0, 2), (0, 3)])
    boxes = replace(
        video.boxes,
        visibility=np.array([0.1, 1, 1], np.float32),
        ignored=np.array([False, True, False]),
    )
    clip = clip_of(replace(video, boxes=boxes), [0], min_visibility=0.15)
    assert clip.ignored[0].tolist() == [True, True, False]


def test_actions_that_the_source_does_not_label_are_unknown(make_training_video) -> None:
    video = make_training_video(rows=[(0, 1)], actions=[(0,)])
    clip = clip_of(replace(video, known_actions=np.array([True, False])), [0])
    assert clip.has_action[0, 0].tolist() == [True, False]


def test_a_batch_is_padded_to_the_most_objects(make_training_video) -> None:
    one = make_training_video(rows=[(0, 4), (0, 8)])
    two = make_training_video(rows=[(0, 4), (0, -1), (0, -1)])
    batch = collate([clip_of(one, [0]), clip_of(two, [0]), clip_of(one, [])])
    assert batch.pixels.shape == (3, 4, 48, 80, 3)
    assert batch.present[:, 0].tolist() == [[True, True, False], [True] * 3, [False] * 3]
    assert batch.track_id[:, 0].tolist() == [[4, 8, -1], [4, -1, -1], [-1, -1, -1]]
