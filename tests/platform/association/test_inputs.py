"""Which files a path stands for."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mot_platform.association.inputs import find_detections
from mot_platform.errors import InputError


def write(path: Path, text: str = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def names(root: Path, **options: str) -> list[str]:
    return [name for file in find_detections(root, **options).files for name in file.sequences]


def test_every_layout_names_its_sequences(tmp_path: Path) -> None:
    det = write(tmp_path / "train" / "A" / "det" / "det.txt")
    write(tmp_path / "train" / "B" / "det" / "yolox.txt")
    write(tmp_path / "train" / "results" / "A.txt")
    found = find_detections(tmp_path / "train")
    assert [(file.name, file.folder) for file in found.files] == [
        ("A", tmp_path / "train" / "A"),
        ("B", tmp_path / "train" / "B"),
    ]
    assert found.ignored == ("results",)
    assert names(tmp_path / "train" / "A") == ["A"]
    assert names(det) == ["A"]
    assert names(tmp_path / "train" / "results") == ["A"]
    assert find_detections(tmp_path / "train" / "results" / "A.txt").files[0].folder is None


def test_parquet_says_its_sequences_itself(tmp_path: Path) -> None:
    pq.write_table(pa.table({"video": ["b", "a/1.mp4", "b"]}), tmp_path / "all.parquet")
    pq.write_table(pa.table({"score": [1.0]}), tmp_path / "one.parquet")
    write(tmp_path / "broken.parquet", "no Parquet")
    assert names(tmp_path) == ["a/1.mp4", "b", "broken", "one"]


def test_several_detections_of_a_sequence_need_a_choice(tmp_path: Path) -> None:
    write(tmp_path / "A" / "det" / "det.txt")
    chosen = write(tmp_path / "A" / "det" / "frcnn.txt")
    with pytest.raises(InputError, match=r"say which: --det-name with det.txt, frcnn.txt"):
        find_detections(tmp_path)
    assert find_detections(tmp_path, det_name="frcnn.txt").files[0].path == chosen
    with pytest.raises(InputError, match=r"A/det/sdp.txt: no detections there"):
        find_detections(tmp_path, det_name="sdp.txt")


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path / "a.txt")
    pq.write_table(pa.table({"video": ["a"]}), tmp_path / "part.parquet")
    with pytest.raises(InputError, match="sequence a is in more than one file"):
        find_detections(tmp_path)


def test_nothing_to_associate_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no detections in it"):
        find_detections(tmp_path)
    with pytest.raises(InputError, match="nowhere: no such file or folder"):
        find_detections(tmp_path / "nowhere")
