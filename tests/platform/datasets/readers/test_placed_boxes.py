"""Behaviour of putting labels on frames."""

from __future__ import annotations

import numpy as np
import pytest

from mot_platform.datasets.readers.media import Media, MediaPlace, look_at
from mot_platform.datasets.readers.placed_boxes import no_labels, place_on_frames

BOX = (8, 8, 24, 24)


@pytest.fixture
def media(write_video):
    """Return a video of 10 frames at 25 Hz that begins at 901 s, as clips of AVA do."""
    return look_at(MediaPlace(name="a", uri=str(write_video("a.mkv", start_s=901.0))))


def test_frames_beyond_the_end_are_counted_once(labels_of, log, write_video) -> None:
    video = look_at(MediaPlace(name="a", uri=str(write_video("a.mp4"))))
    rows = [(frame, 1, *BOX) for frame in range(8, 13)]
    placed = place_on_frames(labels_of(rows, labelled=np.arange(13)), video, log)
    assert placed.rows.boxes.frame_index.tolist() == [8, 9]
    assert placed.labelled_frames.tolist() == list(range(10))
    assert [(problem.where, problem.what) for problem in log.problems()] == [
        (
            "gt.txt:3",
            "in frame 10, counted from 0; the video has 10 frames; "
            "3 boxes in 3 frames beyond its ends left out",
        )
    ]


def test_a_time_belongs_to_the_nearest_frame_on_the_clock_of_the_video(labels_of, log, media) -> None:
    times = [901.0, 901.015, 901.025, 901.36, 901.41]  # the last is 50 ms after the last frame
    placed = place_on_frames(labels_of([(t, 1, *BOX) for t in times], by_time=True), media, log)
    assert placed.rows.boxes.frame_index.tolist() == [0, 0, 1, 9, 9]
    assert not log.problems()


def test_times_beyond_both_ends_are_noted(labels_of, log, media) -> None:
    times = [1.0, 901.2, 902.0]
    placed = place_on_frames(labels_of([(t, 1, *BOX) for t in times], by_time=True), media, log)
    assert placed.rows.boxes.frame_index.tolist() == [5]
    assert [problem.what for problem in log.problems()] == [
        "at 1 s; the video goes from 901.00 to 901.36 s; 2 boxes in 2 frames beyond its ends left out"
    ]


def test_a_video_of_one_frame_takes_times_near_it(labels_of, log, write_video) -> None:
    video = look_at(MediaPlace(name="a", uri=str(write_video("a.mp4", num_frames=1))))
    placed = place_on_frames(labels_of([(0.03, 1, *BOX), (1.0, 1, *BOX)], by_time=True), video, log)
    assert placed.rows.boxes.frame_index.tolist() == [0]


def test_shares_become_pixels_where_the_size_is_known(labels_of, log, media) -> None:
    labels = labels_of([(901.0, 1, 0.25, 0.25, 0.5, 0.5)], by_time=True, normalised=True)
    placed = place_on_frames(labels, media, log)
    assert placed.box_unit == "px"
    assert placed.rows.boxes.xyxy.tolist() == [[32, 16, 64, 32]]


def test_rows_are_sorted_and_keep_their_lines(labels_of, log, media) -> None:
    placed = place_on_frames(labels_of([(5, 1, *BOX), (2, 2, *BOX), (5, 0, *BOX)]), media, log)
    assert placed.rows.boxes.track_id.tolist() == [2, 1, 0]
    assert placed.rows.places.line.tolist() == [2, 1, 3]


def test_a_slip_in_a_frame_number_does_not_fill_the_memory(labels_of, log) -> None:
    rows = [(5, 1, *BOX), (10**15, 1, *BOX)]
    placed = place_on_frames(labels_of(rows), Media(name="a", status="missing"), log)
    assert (len(placed.rows.boxes), len(placed.frame_times_s)) == (1, 6)
    assert [(problem.where, problem.what) for problem in log.problems()] == [
        ("gt.txt:2", "in frame 1000000000000000, counted from 0, of a video of 10000000 at most; left out")
    ]


def test_a_missing_video_ends_where_its_files_say(labels_of, log) -> None:
    placed = place_on_frames(
        labels_of([(5, 1, *BOX), (6, 1, *BOX)], num_frames=6), Media(name="a", status="missing"), log
    )
    assert (placed.rows.boxes.frame_index.tolist(), len(placed.frame_times_s)) == ([5], 6)
    assert [problem.where for problem in log.problems()] == ["gt.txt:2"]


def test_no_labels_still_tell_the_time(media) -> None:
    placed = no_labels(media)
    assert len(placed.labelled_frames) == 0
    assert placed.frame_times_s[0] == pytest.approx(901.0)
