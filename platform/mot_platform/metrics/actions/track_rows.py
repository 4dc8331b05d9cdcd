"""The actions of our tracks, in the images in which ground truth has them."""

from __future__ import annotations

import numpy as np

from mot_model.structures import Array
from mot_platform.errors import InputError
from mot_platform.formats.action_rows import ActionRows, ticks_time_s
from mot_platform.formats.parquet_actions import TrackActions
from mot_platform.formats.video_names import same_videos
from mot_platform.metrics.actions.equal_keys import pairs_of_equal_keys

_INTERVAL_UNKNOWN_S = 0.1


def rows_by_frame(tracks: TrackActions, truth: ActionRows) -> ActionRows:
    """Return all boxes of tracks in pixels, frames counted from 1 as in files per frame.

    Videos are named as in `truth`, those that it lacks as in the tracks.

    Raises:
        InputError: if two videos have one name.
    """
    row = np.arange(len(tracks.video))
    return _rows(tracks, truth, row, frame=tracks.frame_index + 1, xyxy=tracks.xyxy)


def rows_at_times(tracks: TrackActions, truth: ActionRows) -> ActionRows:
    """Return the boxes of tracks at the times of `truth`, which come from an AVA csv, as shares of the frame.

    Of each time the nearest frame of the video counts, no more than half a frame away; where that frame has
    no track, nothing was predicted. Frames at other times are left out. Videos are named as in `truth`.

    Raises:
        InputError: if the size of a video is not known, or two videos have one name.
    """
    same = same_videos(tracks.videos, truth.videos)
    rows_of_video = _by_video(tracks.video, len(tracks.videos))
    all_ticks = np.concatenate([truth.frame, truth.empty_frame])
    images_of_video = _by_video(np.concatenate([truth.video, truth.empty_video]), len(truth.videos))
    images_by_name = dict(zip(truth.videos, images_of_video, strict=True))
    picked, frames = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for name, rows in zip(tracks.videos, rows_of_video, strict=True):
        if name in same:
            ticks = np.unique(all_ticks[images_by_name[same[name]]])
            place, row = _nearest(ticks_time_s(ticks), tracks.frame_index[rows], tracks.time_s[rows])
            picked.append(rows[row])
            frames.append(ticks[place])
    chosen = np.concatenate(picked)
    xyxy = tracks.xyxy[chosen] / np.tile(_sizes(tracks, tracks.video[chosen]), 2)
    return _rows(tracks, truth, chosen, frame=np.concatenate(frames), xyxy=xyxy)


def _by_video(video: Array, num_videos: int) -> list[Array]:
    """Return the rows of each video."""
    number = np.bincount(video, minlength=num_videos)
    return np.split(np.argsort(video, kind="stable"), np.cumsum(number)[:-1])[:num_videos]


def _sizes(tracks: TrackActions, video: Array) -> Array:
    """Return width and height `(N, 2)` of the videos `video` `(N,)`."""
    names = [tracks.videos[number] for number in np.unique(video)]
    if unknown := [name for name in names if name not in tracks.size_wh]:
        raise InputError(
            f"{tracks.path}: the size of video {unknown[0]} is not known, and AVA boxes are shares of it; "
            "give the folder OUT that `label` wrote, which lists it in OUT/videos"
        )
    sizes = [tracks.size_wh.get(name, (1, 1)) for name in tracks.videos]
    return np.array(sizes, np.float64).reshape(-1, 2)[video]


def _nearest(time_s: Array, frame_index: Array, frame_time_s: Array) -> tuple[Array, Array]:
    """Return which rows of a video are at which of the times `time_s`: places in both."""
    frames, first = np.unique(frame_index, return_index=True)
    known_s = frame_time_s[first]
    if not len(frames) or not len(time_s):
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    interval_s = _INTERVAL_UNKNOWN_S
    if len(frames) > 1:
        interval_s = float(np.median(np.diff(known_s) / np.diff(frames)))
    after = np.clip(np.searchsorted(known_s, time_s), 1, max(1, len(frames) - 1))
    before = after - 1
    after = np.minimum(after, len(frames) - 1)
    nearest = np.where(time_s - known_s[before] <= known_s[after] - time_s, before, after)
    close = np.flatnonzero(np.abs(known_s[nearest] - time_s) <= interval_s / 2 + 1e-6)
    chosen, row = pairs_of_equal_keys(frames[nearest[close]], frame_index)
    return close[chosen], row


def _rows(tracks: TrackActions, truth: ActionRows, row: Array, *, frame: Array, xyxy: Array) -> ActionRows:
    """Return a row for each action of the boxes `row` `(N,)`, at `frame` `(N,)` and `xyxy` `(N, 4)`.

    Its score is that of the action times that of the box: how surely somebody is there and does that.
    """
    place, action_id, score = tracks.exploded(row)
    same = same_videos(tracks.videos, truth.videos)
    return ActionRows(
        videos=tuple(same.get(name, name) for name in tracks.videos),
        video=tracks.video[row][place],
        frame=frame[place],
        person_id=tracks.track_id[row][place],
        xyxy=xyxy[place],
        action_id=action_id,
        score=score * tracks.score[row][place],
        empty_video=np.zeros(0, np.int64),
        empty_frame=np.zeros(0, np.int64),
    )
