"""The choice of videos to show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from mot_model.structures import Tracks
from mot_platform.metrics.evaluation import evaluate_sequences
from mot_platform.report.contents import ReportContents
from mot_platform.report.videos import sample_clip, shown_videos


def named(contents: ReportContents, shares: dict[str, float]) -> ReportContents:
    """Return contents with a sequence of each name, of which the share of boxes is found."""
    (truth,) = contents.truths
    truths = tuple(replace(truth, info=replace(truth.info, name=name)) for name in shares)
    tracks = {
        name: contents.tracks["a"][: round(share * len(contents.tracks["a"]))]
        for name, share in shares.items()
    }
    evaluation = evaluate_sequences(truths, tracks, action_ids=contents.action_ids, with_motmetrics=False)
    uris = dict.fromkeys(shares, contents.video_uris["a"])
    return replace(contents, truths=truths, tracks=tracks, evaluation=evaluation, video_uris=uris)


def test_best_middle_and_worst_are_shown(contents: ReportContents) -> None:
    shares = {"bad": 0.2, "good": 0.9, "fair": 0.6, "perfect": 1.0, "poor": 0.4}
    shown = shown_videos(named(contents, shares))
    assert [video.name for video in shown] == ["perfect", "fair", "bad"]
    assert [video.rank for video in shown] == ["best HOTA", "middle HOTA", "worst HOTA"]


def test_videos_without_a_file_or_tracks_are_passed_over(contents: ReportContents) -> None:
    assert shown_videos(replace(contents, video_uris={})) == ()
    assert shown_videos(replace(contents, tracks={})) == ()
    assert sample_clip(replace(contents, video_uris={})) is None


def test_a_video_that_cannot_be_read_says_why(contents: ReportContents, tmp_path: Path) -> None:
    gone = replace(contents, video_uris={"a": str(tmp_path / "gone.mp4")})
    (video,) = shown_videos(gone)
    assert video.strip is None
    assert "gone.mp4" in video.problem
    assert sample_clip(gone) is None


def test_pictures_need_no_scores(contents: ReportContents) -> None:
    (video,) = shown_videos(replace(contents, evaluation=None, tracks={"a": Tracks.empty(2)}))
    assert (video.rank, video.hota) == ("", None)
    assert video.strip is not None
