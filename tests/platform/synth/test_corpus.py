import json
from pathlib import Path

import av
import numpy as np
import pytest

from mot_platform.formats.ava import read_action_list, read_ava
from mot_platform.formats.motchallenge import read_mot, read_seqinfo
from mot_platform.synth.corpus import CorpusConfig, generate_corpus

CONFIG = CorpusConfig(num_videos=2, seconds=0.8, size_wh=(128, 96), seed=5, difficulty="default")


def _contents(root: Path) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("corpus") / "one"
    generate_corpus(root, config=CONFIG)
    return root


def test_number_of_workers_changes_no_byte(corpus: Path, tmp_path: Path) -> None:
    generate_corpus(tmp_path / "two", config=CONFIG, workers=2)
    assert _contents(tmp_path / "two") == _contents(corpus)


def test_texts_agree_with_the_decoded_video(corpus: Path) -> None:
    description = json.loads((corpus / "corpus.json").read_text())
    ava = read_ava(corpus / "ava.csv")
    assert description["classes"] == ["person"]
    assert {entry["id"]: entry["name"] for entry in description["actions"]} == read_action_list(
        corpus / "ava_action_list.pbtxt"
    )
    for video in description["videos"]:
        with av.open(str(corpus / video["path"])) as container:
            num_decoded = sum(1 for _ in container.decode(video=0))
        rows = read_mot(corpus / video["name"] / "gt" / "gt.txt", unique_ids=True)
        info = read_seqinfo(corpus / video["name"] / "seqinfo.ini")
        assert num_decoded == video["num_frames"] == info.num_frames
        assert rows.frame_index.max() < num_decoded
        mine = np.array([name == video["name"] for name in ava.video])
        frames = np.round(ava.time_s[mine] * info.frame_rate_hz).astype(int)
        labelled = set(zip(frames.tolist(), ava.person_id[mine].tolist(), strict=True))
        assert labelled == set(zip(rows.frame_index.tolist(), rows.track_id.tolist(), strict=True))


def test_finished_videos_are_kept_and_missing_ones_made_again(corpus: Path, tmp_path: Path) -> None:
    root = tmp_path / "resumed"
    generate_corpus(root, config=CONFIG)
    for path in sorted((root / "synth-5-0001").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (root / "synth-5-0001").rmdir()
    again = generate_corpus(root, config=CONFIG)
    assert (again.num_written, again.num_kept) == (1, 1)
    assert _contents(root) == _contents(corpus)


def test_other_config_or_foreign_folder_is_refused(corpus: Path, tmp_path: Path) -> None:
    other = CorpusConfig(num_videos=2, seconds=0.8, size_wh=(128, 96), seed=6)
    with pytest.raises(ValueError, match=r"another corpus \(seed differ\)"):
        generate_corpus(corpus, config=other)
    (tmp_path / "holiday.txt").write_text("x")
    with pytest.raises(ValueError, match="no synthetic corpus"):
        generate_corpus(tmp_path, config=other)
    with pytest.raises(ValueError, match="is a file"):
        generate_corpus(tmp_path / "holiday.txt", config=other)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"num_videos": 0}, "num_videos"),
        ({"seconds": 0.0}, "seconds"),
        ({"seconds": float("nan")}, "seconds"),
        ({"size_wh": (161, 96)}, "size_wh"),
        ({"size_wh": (16, 96)}, "size_wh"),
        ({"frame_rate_hz": 0.0}, "frame_rate_hz"),
        ({"difficulty": "brutal"}, "difficulty"),
        ({"seed": -1}, "seed"),
    ],
)
def test_config_out_of_range_is_refused_by_name(changes: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        CorpusConfig(**({"num_videos": 1, "seconds": 1.0} | changes))  # type: ignore[arg-type]
