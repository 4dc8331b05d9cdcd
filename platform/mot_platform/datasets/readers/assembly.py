"""Makes one video of a source from what a reader found, what its media is, and what names mean."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mot_platform.datasets.readers.action_join import with_actions_of
from mot_platform.datasets.readers.box_checks import sound_boxes
from mot_platform.datasets.readers.media import Media
from mot_platform.datasets.readers.placed_boxes import PlacedLabels, no_labels, place_on_frames
from mot_platform.datasets.readers.problem_log import ProblemLog
from mot_platform.datasets.readers.video_labels import FoundVideo, VideoLabels
from mot_platform.datasets.source import SourceVideo


def source_video(
    found: FoundVideo, media: Media, labels: tuple[VideoLabels, ...], log: ProblemLog
) -> SourceVideo:
    """Return the video with its sound labels, without splits; all that is wrong is noted.

    Args:
        found: What the reader found.
        media: What its media is.
        labels: Those of `found`, in the names of the source.
        log: What is wrong is noted there.
    """
    placed = _placed(labels, media, log) if labels else no_labels(media)
    _note_media(found, media, labels, log)
    size_wh = _size_wh(placed, media, labels)
    return SourceVideo(
        name=found.name,
        uri=found.uri,
        status=media.status,
        error=media.error,
        size_bytes=media.size_bytes,
        facts=media.facts,
        frame_times_s=placed.frame_times_s,
        labelled_frames=placed.labelled_frames,
        boxes=sound_boxes(placed.rows, size_wh, placed.frame_times_s, log).boxes,
        box_unit=placed.box_unit,
    )


def _placed(labels: tuple[VideoLabels, ...], media: Media, log: ProblemLog) -> PlacedLabels:
    """Return the boxes of the first labels on the frames of the video, with the actions of the others."""
    first = place_on_frames(labels[0], media, log)
    rows = first.rows
    for more in labels[1:]:
        if media.facts is None and more.by_time and labels[0].frame_rate_hz:
            more = _by_frame(more, labels[0].frame_rate_hz)
        rows = with_actions_of(rows, place_on_frames(more, media, log).rows, log)
    return replace(first, rows=rows)


def _by_frame(labels: VideoLabels, frame_rate_hz: float) -> VideoLabels:
    """Return labels by time on the frames of a rate that does not vary."""
    return replace(
        labels,
        by_time=False,
        position=np.rint(labels.position * frame_rate_hz).astype(np.int64),
        labelled=np.rint(labels.labelled * frame_rate_hz).astype(np.int64),
    )


def _size_wh(placed: PlacedLabels, media: Media, labels: tuple[VideoLabels, ...]) -> tuple[int, int] | None:
    """Return the size of the image in the unit of the boxes, None if nobody says."""
    if placed.box_unit == "frame":
        return 1, 1
    if media.facts is not None:
        return media.facts.size_wh
    return labels[0].size_wh if labels else None


def _note_media(found: FoundVideo, media: Media, labels: tuple[VideoLabels, ...], log: ProblemLog) -> None:
    """Note media that is not there, is not what its labels say, or has no labels."""
    if media.status == "dead":
        log.add("media that can't be used", found.uri, media.error)
    if media.complaint:
        log.add("images missing", found.uri, media.complaint)
    if media.facts is None:
        return
    for said in labels[:1]:
        if said.size_wh not in (None, media.facts.size_wh):
            log.add(
                "another size",
                found.uri,
                f"it is {_by(media.facts.size_wh)}, its labels are for {_by(said.size_wh)}; "
                "boxes taken as they are",
            )
        if said.num_frames not in (None, media.facts.num_frames) and not media.complaint:
            log.add(
                "another length",
                found.uri,
                f"it has {media.facts.num_frames} frames, by its labels it should have {said.num_frames}",
            )


def _by(size_wh: tuple[int, int] | None) -> str:
    return " x ".join(map(str, size_wh or ()))
