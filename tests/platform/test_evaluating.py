"""A corpus through engine and metrics."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from mot_platform.corpus import read_corpus
from mot_platform.engines import load_engine
from mot_platform.evaluating import evaluate


def test_every_video_is_tracked_and_scored(tiny_corpus: Path, untrained_weights: Path) -> None:
    done: list[str] = []
    videos = read_corpus(tiny_corpus)
    evaluation = evaluate(load_engine(str(untrained_weights)), videos, video_done=done.append)
    assert done == [video.name for video in videos] == list(evaluation.tracks)
    scores = evaluation.report.scalars()
    assert {"HOTA", "IDF1", "MOTA", "detection_AP50", "action_accuracy", "action_mAP"} <= set(scores)
    assert {"identity/auc_gap_1", "per_frame/action_mAP", "smoothed/action_accuracy"} <= set(scores)
    assert 0 <= scores["HOTA"] <= 1


def test_what_is_not_labelled_is_not_held_against_anyone(tiny_corpus: Path, untrained_weights: Path) -> None:
    engine, video = load_engine(str(untrained_weights)), read_corpus(tiny_corpus)[0]
    sparse = replace(video, frames=range(5, 15), scored_frames=np.array([6, 12]))
    evaluation = evaluate(engine, [sparse])
    tracks = evaluation.tracks[video.name]
    assert set(tracks.frame_index.tolist()) == set(range(5, 15))
    labelled = int(np.isin(tracks.frame_index, [6, 12]).sum())
    clear = evaluation.report.combined.clear
    assert clear.true_positives + clear.false_positives <= labelled
    unknown = evaluate(engine, [replace(sparse, scored_classes=frozenset({"dog"}))])
    assert unknown.report.combined.clear.false_positives == 0
