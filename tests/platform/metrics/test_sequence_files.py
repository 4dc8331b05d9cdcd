"""Which result is scored against which ground truth, and how both are read."""

from __future__ import annotations

import pickle
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mot_platform.errors import InputError
from mot_platform.metrics.sequence_files import pair_files, read_sequence
from mot_platform.schema import TRACKS_SCHEMA, videos_table

TRUTH = "1,1,0,0,10,10,1,1,1\n2,1,0,0,10,10,1,1,1\n"
RESULT = "1,7,0,0,10,10,1,-1,-1,-1\n"


def _layout(root: Path, truths: str, results: str) -> tuple[Path, Path]:
    """Return folders of ground truth and of results with sequences of the given names."""
    for name in truths.split():
        (root / "gt" / name / "gt").mkdir(parents=True)
        (root / "gt" / name / "gt" / "gt.txt").write_text(TRUTH)
    (root / "results").mkdir()
    for name in results.split():
        (root / "results" / f"{name}.txt").write_text(RESULT)
    return root / "gt", root / "results"


@pytest.mark.parametrize(
    ("truths", "results", "pairs"),
    [
        pytest.param("a b", "b a", "a:a b:b", id="the same"),
        pytest.param("M-02", "M-02-DPM M-02-SDP", "M-02-DPM:M-02 M-02-SDP:M-02", id="results by detector"),
        pytest.param("M-02-DPM M-02-SDP", "M-02", "M-02:M-02-DPM", id="truth by detector"),
        pytest.param("M-02-DPM M-02-SDP", "M-02-SDP", "M-02-SDP:M-02-SDP", id="one detector of two"),
        pytest.param("M-02-DPM", "M-02-DPM M-02-SDP", "M-02-DPM:M-02-DPM", id="one detector in the truth"),
        pytest.param("M-02-DPM M-02-SDP", "M-02-FRCNN", "M-02-FRCNN:M-02-DPM", id="another detector"),
    ],
)
def test_results_are_paired_by_name(tmp_path: Path, truths: str, results: str, pairs: str) -> None:
    found = pair_files(*_layout(tmp_path, truths, results))
    assert " ".join(f"{pair.name}:{pair.truth.name}" for pair in found.sequences) == pairs


def test_pair_of_files_may_have_any_names(tmp_path: Path) -> None:
    gt, results = _layout(tmp_path, "a", "mine")
    assert pair_files(gt / "a" / "gt" / "gt.txt", results / "mine.txt").sequences[0].name == "a"


def test_other_results_are_told_and_missing_ones_an_error(tmp_path: Path) -> None:
    gt, results = _layout(tmp_path, "a b", "a b c")
    assert pair_files(gt, results).ignored == ("c.txt",)
    (results / "b.txt").unlink()
    with pytest.raises(InputError, match="no result for 1 of 2 sequences: b"):
        pair_files(gt, results)
    with pytest.raises(InputError, match="nowhere: no such file or folder"):
        pair_files(tmp_path / "nowhere", results)


def test_folders_of_trackeval_are_understood(tmp_path: Path) -> None:
    gt = tmp_path / "gt" / "mot_challenge" / "MOT17-train"
    data = tmp_path / "trackers" / "mot_challenge" / "MOT17-train" / "mine" / "data"
    data.mkdir(parents=True)
    for name in ("MOT17-02-SDP", "MOT17-04-SDP"):
        (gt / name / "gt").mkdir(parents=True)
        (gt / name / "gt" / "gt.txt").write_text(TRUTH)
        (data / f"{name}.txt").write_text(RESULT)
    (gt.parent / "seqmaps").mkdir()
    (gt.parent / "seqmaps" / "MOT17-train.txt").write_text("name\nMOT17-04-SDP\n")
    for pred in (data.parent.parent, data.parent, data):
        files = pair_files(gt, pred)
        assert [pair.name for pair in files.sequences] == ["MOT17-04-SDP"]
        assert files.ignored == ("MOT17-02-SDP.txt",)


def test_files_of_a_sequence_travel_to_another_process(tmp_path: Path) -> None:
    files = pair_files(*_layout(tmp_path, "a", "a")).sequences[0]
    truth, prediction = read_sequence(pickle.loads(pickle.dumps(files)))
    assert (truth.info.name, truth.info.num_frames) == ("a", 2)
    assert (len(truth.rows), prediction.rows.track_id.tolist()) == (2, [7])


@pytest.mark.parametrize("side", ["gt/a/gt/gt.txt", "results/a.txt"])
def test_frame_beyond_the_sequence_is_named_by_file_and_line(tmp_path: Path, side: str) -> None:
    gt, results = _layout(tmp_path, "a", "a")
    (gt / "a" / "seqinfo.ini").write_text(
        "[Sequence]\nname=a\nframeRate=25\nseqLength=2\nimWidth=64\nimHeight=48\n"
    )
    (tmp_path / side).write_text("\n1,1,0,0,9,9,1,1,1\n3,1,0,0,9,9,1,1,1\n")
    with pytest.raises(ValueError, match=r".txt:3: frame 3, but the sequence has frames 1 to 2"):
        read_sequence(pair_files(gt, results).sequences[0])


def test_other_classes_are_refused_by_the_benchmarks_of_pedestrians_only(tmp_path: Path) -> None:
    gt, results = _layout(tmp_path, "a", "a")
    (results / "a.txt").write_text("1,1,0,0,9,9,1,1\n1,2,0,0,9,9,1,3\n")
    files = pair_files(gt, results).sequences[0]
    assert len(read_sequence(files)[1].rows) == 2
    with pytest.raises(ValueError, match=r"a.txt:2: class 3, but mot17 scores only pedestrians, class 1"):
        read_sequence(files, benchmark="mot17")


def test_videos_of_parquet_are_paired_by_their_stems(tmp_path: Path) -> None:
    gt, _ = _layout(tmp_path, "a b-02", "")
    (tmp_path / "tracks").mkdir()
    (tmp_path / "videos").mkdir()
    pq.write_table(pa.Table.from_pylist([], schema=TRACKS_SCHEMA), tmp_path / "tracks" / "u.parquet")
    rows = [{"video": f"in/{name}.mp4", "status": "done"} for name in ("a", "b-02-SDP", "c")]
    pq.write_table(videos_table(rows), tmp_path / "videos" / "u.parquet")
    files = pair_files(gt, tmp_path)
    assert [(pair.name, pair.result.name) for pair in files.sequences] == [
        ("a", "in/a.mp4"),
        ("b-02-SDP", "in/b-02-SDP.mp4"),
    ]
    assert files.ignored == ("in/c.mp4",)
    rows[1]["video"] = "in/b-02.mp4"
    rows[1] |= {"status": "dead", "error_stage": "decode", "error": "it is torn"}
    pq.write_table(videos_table(rows), tmp_path / "videos" / "u.parquet")
    with pytest.raises(InputError, match=r"in/b-02.mp4 could not be labelled \(decode: it is torn\)"):
        pair_files(gt, tmp_path)
