"""Drawings show the tracks, at any size, and leave the frame alone."""

from __future__ import annotations

import numpy as np
import pytest

from mot_model.structures import Tracks
from mot_platform.video.overlay import DrawnBox, draw_boxes, draw_tracks, track_color
from mot_platform.video.trails import TrailBuffer


def make_tracks(size_wh: tuple[int, int], action_score: float = 0.9) -> Tracks:
    width, height = size_wh
    boxes = np.array([[0.2, 0.3, 0.4, 0.8], [0.6, 0.4, 0.8, 0.9]]) * [width, height, width, height]
    return Tracks(
        frame_index=np.zeros(2, np.int32),
        time_s=np.zeros(2),
        track_id=np.array([1, 2], np.int32),
        class_id=np.zeros(2, np.int16),
        xyxy=boxes.astype(np.float32),
        score=np.ones(2, np.float32),
        action_score=np.full((2, 1), action_score, np.float32),
    )


SIZES = [(320, 192), (1280, 720), (3840, 2160)]


@pytest.mark.parametrize("size_wh", SIZES)
def test_boxes_have_the_colour_of_their_track(size_wh: tuple[int, int]) -> None:
    width, height = size_wh
    frame = np.full((height, width, 3), 90, np.uint8)
    tracks = make_tracks(size_wh)
    drawn = draw_tracks(frame, tracks)
    assert (frame == 90).all()
    for track_id, (left, top, _, bottom) in zip(tracks.track_id, tracks.xyxy, strict=True):
        edge = drawn[int((top + bottom) / 2), round(float(left))]
        assert np.abs(edge.astype(int) - track_color(int(track_id))).max() < 30


@pytest.mark.parametrize("size_wh", SIZES)
def test_a_likely_action_makes_the_label_longer_and_an_unlikely_one_does_not(
    size_wh: tuple[int, int],
) -> None:
    frame = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)

    def inked(action_score: float) -> int:
        tracks = make_tracks(size_wh, action_score)
        drawn = draw_tracks(frame, tracks, class_names=("person",), action_names=("walk",))
        return int((drawn.sum(axis=2) > 0).sum())

    assert inked(0.9) > inked(0.1)


def test_trails_are_drawn_for_the_tracks_in_the_frame() -> None:
    frame = np.zeros((192, 320, 3), np.uint8)
    trails = TrailBuffer()
    tracks = make_tracks((320, 192))
    trails.update(tracks)
    trails.update(make_tracks((320, 100)))
    with_trails = draw_tracks(frame, tracks, trails=trails)
    assert (with_trails != draw_tracks(frame, tracks)).any()


def test_a_frame_without_tracks_comes_back_as_it_was() -> None:
    frame = np.random.default_rng(0).integers(0, 256, (90, 160, 3)).astype(np.uint8)
    np.testing.assert_array_equal(draw_tracks(frame, Tracks.empty(3), action_names=("a", "b", "c")), frame)


def test_boxes_outside_the_frame_and_tiny_frames_do_no_harm() -> None:
    tracks = make_tracks((4000, 4000))
    assert draw_tracks(np.zeros((12, 16, 3), np.uint8), tracks, action_names=("walk",)).shape == (12, 16, 3)


def test_a_dashed_box_covers_part_of_its_outline_and_nothing_else() -> None:
    canvas = np.zeros((90, 160, 3), np.uint8)
    box = DrawnBox(xyxy=np.array([20, 10, 120, 70]), color=(200, 200, 200), is_dashed=True)
    draw_boxes(canvas, [box])
    inked = canvas.any(axis=2)
    assert 0.3 < inked[10, 20:121].mean() < 0.7
    assert 0.3 < inked[10:71, 120].mean() < 0.7
    inked[[10, 70], 20:121] = inked[10:71, 20] = inked[10:71, 120] = False
    assert not inked.any()


def test_colours_of_neighbouring_ids_differ() -> None:
    colors = np.array([track_color(n) for n in range(1, 90)], int)
    for step in (1, 2, 3, 5, 8, 13, 21, 34):
        assert np.abs(colors[step:] - colors[:-step]).max(axis=1).min() >= 25
