import numpy as np
import pyarrow.parquet as pq
import pytest

from mot_model.structures import Tracks
from mot_platform.schema import (
    SCHEMA_VERSION,
    TRACKS_SCHEMA,
    VIDEOS_SCHEMA,
    Vocabulary,
    tracks_table,
    videos_table,
)

VOCABULARY = Vocabulary(
    class_names=("person", "ball"), action_ids=(11, 12, 14), action_names=("sit", "stand", "walk")
)


def make_tracks(frame_index, track_id, action_score):
    num = len(frame_index)
    return Tracks(
        frame_index=np.array(frame_index, np.int32),
        time_s=np.array(frame_index) / 10,
        track_id=np.array(track_id, np.int32),
        class_id=np.arange(num, dtype=np.int16) % 2,
        xyxy=np.arange(num * 4, dtype=np.float32).reshape(num, 4),
        score=np.full(num, 0.5, np.float32),
        action_score=np.array(action_score, np.float32).reshape(num, 3),
    )


def table_of(tracks, min_action_score=0.1):
    return tracks_table(
        tracks, video="a/b.mp4", unit_id="u", vocabulary=VOCABULARY, min_action_score=min_action_score
    )


def test_rows_are_sorted_and_actions_are_ranked():
    tracks = make_tracks([1, 0, 0], [1, 2, 1], [[0.2, 0.9, 0.2], [0, 0, 0.05], [0.1, 0.0, 0.3]])
    rows = table_of(tracks).to_pylist()
    assert [(row["frame_index"], row["track_id"]) for row in rows] == [(0, 1), (0, 2), (1, 1)]
    assert [[(a["action_id"], a["name"]) for a in row["actions"]] for row in rows] == [
        [(14, "walk"), (11, "sit")],
        [],
        [(12, "stand"), (11, "sit"), (14, "walk")],
    ]
    assert [row["class_name"] for row in rows] == ["person", "ball", "person"]
    assert [rows[0][name] for name in ("x1", "y1", "x2", "y2")] == [8, 9, 10, 11]


def test_a_class_without_a_name_has_none():
    assert VOCABULARY.names_of_classes(np.array([1, 2, -1, 0], np.int16)).tolist() == [
        "ball",
        None,
        None,
        "person",
    ]


@pytest.mark.parametrize("num_actions", [0, 3])
def test_no_rows_keep_the_schema_in_a_file(tmp_path, num_actions):
    table = table_of(Tracks.empty(num_actions))
    pq.write_table(table, tmp_path / "empty.parquet")
    schema = pq.read_schema(tmp_path / "empty.parquet")
    assert schema.equals(TRACKS_SCHEMA)
    assert schema.metadata[b"mot_action.schema_version"] == str(SCHEMA_VERSION).encode()


def test_a_model_without_actions_gives_empty_lists():
    tracks = make_tracks([0], [1], [[0, 0, 0]])
    bare = Vocabulary(class_names=("person",), action_ids=(), action_names=())
    without = Tracks(
        **{name: getattr(tracks, name) for name in Tracks.__dataclass_fields__ if name != "action_score"},
        action_score=np.zeros((1, 0), np.float32),
    )
    table = tracks_table(without, video="v", unit_id="u", vocabulary=bare, min_action_score=0.0)
    assert table["actions"].to_pylist() == [[]]


def test_videos_fill_what_a_row_lacks_and_refuse_unknown_columns():
    table = videos_table([{"video": "a", "status": "dead"}])
    assert table.schema.equals(VIDEOS_SCHEMA)
    assert table["frames"].to_pylist() == [None]
    with pytest.raises(ValueError, match="colour"):
        videos_table([{"colour": 1}])
