"""A corpus through engine and metrics."""

from __future__ import annotations

from pathlib import Path

from mot_platform.corpus import read_corpus
from mot_platform.evaluating import evaluate
from mot_platform.weights import load_engine


def test_every_video_is_tracked_and_scored(tiny_corpus: Path, untrained_weights: Path) -> None:
    done: list[str] = []
    videos = read_corpus(tiny_corpus)
    evaluation = evaluate(load_engine(str(untrained_weights)), videos, video_done=done.append)
    assert done == [video.name for video in videos] == list(evaluation.tracks)
    scores = evaluation.report.scalars()
    assert {"HOTA", "IDF1", "MOTA", "detection_AP50", "action_accuracy", "action_mAP"} <= set(scores)
    assert 0 <= scores["HOTA"] <= 1
