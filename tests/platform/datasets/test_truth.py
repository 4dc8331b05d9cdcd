from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mot_platform.datasets.index import write_source
from mot_platform.datasets.reading import ReadRequest, read_source
from mot_platform.datasets.source import SplitRange
from mot_platform.datasets.truth import DISTRACTOR_CLASS, labelled_videos, read_labelled
from mot_platform.errors import InputError
from mot_platform.metrics.evaluation import evaluate_sequences
from mot_platform.metrics.ground_truth import read_ground_truth
from mot_platform.metrics.sequence_prediction import SequencePrediction
from mot_platform.schema import Vocabulary

OCCLUDER = 9
PEOPLE = Vocabulary(class_names=("person",), action_ids=(80, 11), action_names=("watch", "sit"))


def test_only_what_is_labelled_in_the_split_is_truth_and_is_scored(labelled_source) -> None:
    (video,) = labelled_videos([labelled_source], "train", PEOPLE)
    assert video.name == "a"
    assert (video.frames, video.truth.info.num_frames) == (range(6), 12)
    np.testing.assert_array_equal(video.scored_frames, [0, 3, 5])
    np.testing.assert_array_equal(video.truth.rows.frame_index, [0, 3])  # the car in frame 0 is left out
    assert labelled_videos([labelled_source], "val", PEOPLE) == []  # nothing there is labelled


def test_what_is_ignored_is_a_distractor_and_nobody_shares_an_identity(labelled_source) -> None:
    video = labelled_source.videos[0]
    people = replace(video.boxes, class_id=np.zeros(3, np.int64), track_id=np.array([-1, -1, 7]))
    source = replace(labelled_source, has_ids=False, videos=(replace(video, boxes=people),))
    (found,) = labelled_videos([source], "train", PEOPLE)
    assert not found.has_ids
    rows = found.truth.rows
    np.testing.assert_array_equal(rows.class_id, [1, DISTRACTOR_CLASS, 1])
    np.testing.assert_array_equal(rows.score, [1, 0, 1])
    assert len(np.unique(rows.track_id)) == 3


def test_actions_match_by_name_and_others_keep_a_number_of_their_own(labelled_source) -> None:
    other = Vocabulary(class_names=("person",), action_ids=(12, 5), action_names=("walk", "sit"))
    truth = labelled_videos([labelled_source], "train", other)[0].truth
    assert truth.action_ids == (5, 13)  # stand would be 12, which is what the model calls walking
    np.testing.assert_array_equal(truth.actions, [[True, True], [False, False]])


def test_parts_of_a_video_and_videos_of_several_sources_have_names_of_their_own(labelled_source) -> None:
    parts = (
        SplitRange(split="val", start_frame=0, stop_frame=2),
        SplitRange(split="val", start_frame=3, stop_frame=9),
    )
    video = replace(labelled_source.videos[0], name="x/a", splits=parts)
    one = replace(labelled_source, videos=(video,))
    assert [v.name for v in labelled_videos([one], "val", PEOPLE)] == ["x_a-0-2", "x_a-3-9"]
    whole = replace(
        labelled_source.videos[0], splits=(SplitRange(split="val", start_frame=0, stop_frame=12),)
    )
    other = replace(labelled_source, name="s", videos=(whole,))
    names = [v.name for v in labelled_videos([one, other], "val", PEOPLE)]
    assert names == ["set-1.x_a-0-2", "set-1.x_a-3-9", "s.a"]


def test_a_source_that_labels_nothing_the_model_knows_is_named(labelled_source) -> None:
    cars = replace(PEOPLE, class_names=("car",))
    with pytest.raises(InputError, match="source set-1 has every object of person, but the model knows car"):
        labelled_videos([labelled_source], "train", cars)


def test_an_index_needs_a_split_that_is_in_it_and_a_folder_needs_none(
    labelled_source, tiny_corpus: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    write_source(index, labelled_source)
    write_source(index, replace(labelled_source, name="other"))
    assert [video.name for video in read_labelled(index, "train", PEOPLE)] == ["other.a", "set-1.a"]
    (only,) = read_labelled(index, "train", PEOPLE, source="other")
    assert only.name == "a"
    with pytest.raises(InputError, match="with --split; it has train, val"):
        read_labelled(index, None, PEOPLE)
    with pytest.raises(InputError, match="split 'val'; it has train, val"):
        read_labelled(index, "val", PEOPLE)
    with pytest.raises(InputError, match="no source 'mot17' in it; it has other, set-1"):
        read_labelled(index, "train", PEOPLE, source="mot17")
    with pytest.raises(InputError, match="--split and --source need an index"):
        read_labelled(tiny_corpus, "train", PEOPLE)
    assert len(read_labelled(tiny_corpus, None, PEOPLE)) == 3


def test_a_benchmark_scores_an_index_as_it_scores_gt_txt(shared_data: Path) -> None:
    root = shared_data / "mot" / "MOT17-09-first"
    source, _ = read_source(ReadRequest(kind="mot17", root=root, split="all:val"))
    (video,) = labelled_videos([source], "val", PEOPLE)
    (truth,) = read_ground_truth(root)
    for benchmark, rows in (
        ("mot17", truth.rows[::3]),  # boxes of distractors and occluders too
        (
            "plain",
            truth.rows[truth.rows.class_id != OCCLUDER][::3],
        ),  # gt.txt forgives them, an index has none
    ):
        moved = replace(rows, xyxy=rows.xyxy + 4, score=np.ones(len(rows)))
        predicted = SequencePrediction.from_rows(moved)
        scores = [
            evaluate_sequences([one], {one.info.name: predicted}, benchmark=benchmark, with_motmetrics=False)
            for one in (truth, video.truth)
        ]
        assert scores[0].scalars() == scores[1].scalars()
        assert scores[0].combined.clear.true_positives > 800
