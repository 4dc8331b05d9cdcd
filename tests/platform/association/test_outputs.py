"""Files of tracks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from mot_model.structures import Tracks
from mot_platform.association.outputs import result_path, write_tracks
from mot_platform.errors import InputError
from mot_platform.schema import TRACKS_SCHEMA

TRACKS = Tracks(
    frame_index=np.array([0, 4], np.int32),
    time_s=np.array([0.0, 0.4]),
    track_id=np.array([1, 1], np.int32),
    class_id=np.array([1, 1], np.int16),
    xyxy=np.array([[1.5, 2, 11.5, 22], [2.5, 2, 12.5, 22]], np.float32),
    score=np.array([0.5, 0.75], np.float32),
    action_score=np.zeros((2, 0), np.float32),
)


def test_text_is_a_result_of_motchallenge(tmp_path: Path) -> None:
    write_tracks(result_path(tmp_path, "A", ".txt"), "A", TRACKS)
    assert (tmp_path / "A.txt").read_text() == "1,1,1.5,2,10,20,0.5,-1,-1,-1\n5,1,2.5,2,10,20,0.75,-1,-1,-1\n"
    assert [path.name for path in tmp_path.iterdir()] == ["A.txt"]


def test_parquet_has_the_columns_of_label_and_no_class_name(tmp_path: Path) -> None:
    write_tracks(result_path(tmp_path, "cam/a.mp4", ".parquet"), "cam/a.mp4", TRACKS)
    table = pq.read_table(tmp_path / "cam" / "a.mp4.parquet")
    assert table.schema.equals(TRACKS_SCHEMA)
    assert table["video"].to_pylist() == ["cam/a.mp4"] * 2
    assert table["time_s"].to_pylist() == [0.0, 0.4]
    assert table["class_name"].null_count == 2


@pytest.mark.parametrize("name", ["", "..", "../a", "/etc/a", "a/../../b", "a\0b"])
def test_a_name_that_leads_out_of_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="can't be the name of a file"):
        result_path(tmp_path, name, ".txt")
