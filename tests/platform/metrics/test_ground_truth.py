"""How the ground truth of a corpus is read and joined with its actions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mot_platform.errors import InputError
from mot_platform.formats.motchallenge import SequenceInfo, write_seqinfo
from mot_platform.metrics.ground_truth import SequenceTruth, find_ground_truth, read_ground_truth


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Return a corpus of two videos at 12.5 Hz: ids 5 and 3 in frames 1 and 3 of `a`, nobody in `b`."""
    for name, boxes in (("b", ""), ("a", "3,3,0,0,9,9,1,1,0.5\n1,5,0,0,9,9,1,1,1\n1,3,0,0,9,9,1,1,1\n")):
        (tmp_path / name / "gt").mkdir(parents=True)
        (tmp_path / name / "gt" / "gt.txt").write_text(boxes)
        info = SequenceInfo(name=name, frame_rate_hz=12.5, num_frames=4, width_px=64, height_px=48)
        write_seqinfo(tmp_path / name / "seqinfo.ini", info)
    (tmp_path / "ava_action_list.pbtxt").write_text(
        'item { name: "walk" id: 12 }\nitem { name: "sit" id: 11 }\n'
    )
    (tmp_path / "ava.csv").write_text("a,0.1600,0,0,1,1,11,3\na,0.0000,0,0,1,1,12,5\na,0.1600,0,0,1,1,12,3\n")
    return tmp_path


def test_actions_are_joined_by_frame_and_id(corpus: Path) -> None:
    first, second = read_ground_truth(corpus)
    assert (first.info.name, first.action_ids) == ("a", (11, 12))
    assert first.actions.tolist() == [[True, True], [False, True], [False, False]]
    assert first.rows.visibility.tolist() == [0.5, 1, 1]
    assert (second.info.name, second.actions.shape) == ("b", (0, 2))


def test_without_action_file_there_are_no_actions(corpus: Path) -> None:
    (corpus / "ava.csv").unlink()
    assert read_ground_truth(corpus)[0].actions.shape == (3, 0)


def test_one_sequence_is_read_by_its_own_folder(corpus: Path) -> None:
    assert [truth.info.name for truth in read_ground_truth(corpus / "a")] == ["a"]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("a,0.2400,0,0,1,1,12,3", "person 3 has an action in frame 4 .* but no box", id="no box"),
        pytest.param("b,0.0000,0,0,1,1,12,3", "video b: person 3", id="nobody in the video"),
        pytest.param("a,0.0000,0,0,1,1,99,3", "action 99 is not in ava_action_list.pbtxt", id="no action"),
        pytest.param("c,0.0000,0,0,1,1,12,3", "video c and all others in it are no sequence", id="no video"),
    ],
)
def test_label_without_counterpart_is_refused(corpus: Path, line: str, problem: str) -> None:
    (corpus / "ava.csv").write_text(line + "\n")
    with pytest.raises(ValueError, match=problem):
        read_ground_truth(corpus)


def test_repeated_id_is_named_by_file_and_line(corpus: Path) -> None:
    (corpus / "a" / "gt" / "gt.txt").write_text("1,1,0,0,9,9,1,1,1\n1,1,5,5,9,9,1,1,1\n")
    with pytest.raises(ValueError, match=r"gt.txt:2: id 1 is already in frame 1"):
        read_ground_truth(corpus)


def test_folder_without_ground_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no ground truth in it"):
        read_ground_truth(tmp_path)


@pytest.mark.parametrize(
    ("place", "text"),
    [
        pytest.param("seqmaps/train.txt", "name\nb\n\n", id="TrackEval"),
        pytest.param("train_seqmap.txt", "b\n", id="DanceTrack, without a heading"),
    ],
)
def test_list_beside_the_folder_says_which_sequences_are_meant(
    corpus: Path, tmp_path_factory: pytest.TempPathFactory, place: str, text: str
) -> None:
    root = tmp_path_factory.mktemp("benchmark")
    corpus.rename(root / "train")
    assert [file.name for file in find_ground_truth(root / "train")] == ["a", "b"]
    (root / place).parent.mkdir(exist_ok=True)
    (root / place).write_text(text)
    assert [file.name for file in find_ground_truth(root / "train")] == ["b"]
    (root / place).write_text("name\nb\nc\n")
    with pytest.raises(InputError, match="no ground truth for c in"):
        find_ground_truth(root / "train")


def test_folder_too_high_up_is_told_where_ground_truth_is(corpus: Path) -> None:
    (corpus / "train").mkdir()
    for name in ("a", "b"):
        (corpus / name).rename(corpus / "train" / name)
    with pytest.raises(InputError, match="there is in its folders train: give one of them"):
        find_ground_truth(corpus)


def test_file_is_named_by_the_folder_of_its_sequence_or_by_itself(corpus: Path) -> None:
    (corpus / "mine.txt").write_text("")
    files = [corpus / "a" / "gt" / "gt.txt", corpus / "mine.txt"]
    found = [find_ground_truth(file)[0] for file in files]
    assert [(file.name, file.info is not None) for file in found] == [("a", True), ("mine", False)]


def test_corpus_needs_to_know_its_sequences(corpus: Path) -> None:
    (corpus / "b" / "seqinfo.ini").unlink()
    with pytest.raises(InputError, match=r"b: no seqinfo.ini in it"):
        read_ground_truth(corpus)


def test_actions_of_another_shape_are_refused(corpus: Path) -> None:
    truth = read_ground_truth(corpus)[0]
    with pytest.raises(ValueError, match="a: actions of shape"):
        SequenceTruth(info=truth.info, rows=truth.rows, actions=np.zeros((3, 1), bool), action_ids=(1, 2))
