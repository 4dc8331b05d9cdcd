"""Behaviour of the AVA reader and writer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mot_platform.formats.ava import (
    AvaRows,
    read_action_list,
    read_ava,
    read_ava_images,
    sift_ava,
    write_action_list,
    write_ava,
)


def _rows() -> AvaRows:
    return AvaRows(
        video=["a", "a", "b/c.mp4"],
        time_s=np.array([0.0, 0.04, 902.0]),
        xyxy=np.array([[0, 0, 0.5, 1], [0.125, 0.25, 0.5, 1], [0, 0, 1, 1]], np.float64),
        action_id=np.array([12, 80, 1]),
        person_id=np.array([0, 1, 7]),
        score=np.array([0.5, 1, 0.25]),
    )


def test_rows_come_back_as_written(tmp_path: Path) -> None:
    write_ava(tmp_path / "ava.csv", _rows(), with_score=True)
    back = read_ava(tmp_path / "ava.csv")
    assert back.video == _rows().video
    for name in ("time_s", "xyxy", "action_id", "person_id", "score"):
        np.testing.assert_array_equal(getattr(back, name), getattr(_rows(), name), err_msg=name)


def test_rows_without_score_have_eight_columns(tmp_path: Path) -> None:
    write_ava(tmp_path / "ava.csv", _rows())
    first = (tmp_path / "ava.csv").read_text().splitlines()[0]
    assert first == "a,0.0000,0.000000,0.000000,0.500000,1.000000,12,0"
    assert read_ava(tmp_path / "ava.csv").score.tolist() == [1, 1, 1]


def test_eighth_column_is_what_the_caller_says(tmp_path: Path) -> None:
    (tmp_path / "ava.csv").write_text("a,1,0,0,1,1,2,0.75\n")
    rows = read_ava(tmp_path / "ava.csv", eighth="score")
    assert (rows.person_id.tolist(), rows.score.tolist()) == ([-1], [0.75])
    with pytest.raises(ValueError, match=r"ava.csv:1: person is 0.75, not a whole number"):
        read_ava(tmp_path / "ava.csv")


def test_seven_columns_spaces_and_blank_lines_are_read(tmp_path: Path) -> None:
    (tmp_path / "ava.csv").write_text("\n007, 1, 0.5, 0, 1, 1, 2.0\n\nNA,1,0,0,1,1,3\n")
    rows = read_ava(tmp_path / "ava.csv")
    assert (rows.video, rows.action_id.tolist(), rows.person_id.tolist()) == (["007", "NA"], [2, 3], [-1, -1])


def test_empty_file_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "ava.csv").write_text("")
    assert read_ava(tmp_path / "ava.csv").xyxy.shape == (0, 4)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("a,1,0,0,x,1,2", "x2 is 'x', not a number", id="text"),
        pytest.param("a,1,0,0,1,1", "6 columns, but the first row has 7", id="short"),
        pytest.param("a,1,0,nan,1,1,2", "y1 is nan; it must be finite", id="nan"),
        pytest.param("a,1,0,0,1,1,", "action is '', not a number", id="no action"),
        pytest.param(
            "a,1,0,0,1,1,-2", "action is -2, which is not the number of an action", id="negative action"
        ),
        pytest.param(
            "a,1,0,0,320,1,2", "x2 is 320, which is not a share of the frame, from 0 to 1", id="pixels"
        ),
        pytest.param("a,1e30,0,0,1,1,2", "time is 1e30, which is not a time in seconds", id="time"),
        pytest.param("a,inf", "time is inf; it must be finite", id="empty image at no time"),
    ],
)
def test_malformed_row_is_named_by_file_and_line(tmp_path: Path, line: str, problem: str) -> None:
    path = tmp_path / "ava.csv"
    path.write_text(f"a,1,0,0,1,1,2\n\n{line}\n")
    with pytest.raises(ValueError, match=r"ava.csv:3") as caught:
        read_ava(path)
    assert str(caught.value) == f"{path}:3: {problem}"


def test_rows_of_video_and_time_are_images_without_a_box(tmp_path: Path) -> None:
    (tmp_path / "ava.csv").write_text("a,0901\n\na,902,0,0,1,1,2\nb , 903.5\n")
    rows = read_ava(tmp_path / "ava.csv")
    assert (len(rows), rows.empty_images) == (1, (("a", 901.0), ("b", 903.5)))
    (tmp_path / "empty.csv").write_text("a,0901\n")
    assert read_ava(tmp_path / "empty.csv").empty_images == (("a", 901.0),)
    assert read_ava_images(tmp_path / "empty.csv") == [("a", 901.0)]
    with pytest.raises(ValueError, match=r"ava.csv:3: expected video,time"):
        read_ava_images(tmp_path / "ava.csv")


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ava.csv").write_bytes(b"\x80\x04\xff")
    with pytest.raises(ValueError, match=r"ava.csv: not text"):
        read_ava(tmp_path / "ava.csv")


def test_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ava.csv").write_text("hello\n")
    with pytest.raises(ValueError, match=r"ava.csv:1: 1 comma-separated columns; AVA rows have 7 to 9"):
        read_ava(tmp_path / "ava.csv")


def test_name_that_would_break_the_csv_is_refused(tmp_path: Path) -> None:
    rows = AvaRows(
        video=["a,b"],
        time_s=np.zeros(1),
        xyxy=np.zeros((1, 4)),
        action_id=np.ones(1, np.int64),
        person_id=np.ones(1, np.int64),
        score=np.ones(1),
    )
    with pytest.raises(ValueError, match="'a,b'"):
        write_ava(tmp_path / "ava.csv", rows)


def test_action_list_comes_back_as_written(tmp_path: Path) -> None:
    names = {3: 'crouch/kneel "low"', 80: "bend {x}\\y"}
    write_action_list(tmp_path / "actions.pbtxt", names)
    assert read_action_list(tmp_path / "actions.pbtxt") == names


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param('item {\n name: "a" }', "actions.pbtxt:1: an action needs a name and an id", id="no id"),
        pytest.param(
            'item { name: "a" id: 1 }\nitem { name: "b" id: 1 }', "actions.pbtxt:2: .*'a'", id="twice"
        ),
        pytest.param("walk\nrun\n", "no action in it", id="another format"),
    ],
)
def test_bad_action_list_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "actions.pbtxt").write_text(text)
    with pytest.raises(ValueError, match=problem):
        read_action_list(tmp_path / "actions.pbtxt")


@pytest.mark.real_data
def test_both_spellings_of_the_action_list_are_read(shared_data: Path) -> None:
    ava = shared_data / "ava"
    official = read_action_list(
        ava / "activitynet_eval_labels/ava_action_list_v2.1_for_activitynet_2018.pbtxt"
    )
    custom = read_action_list(ava / "custom_ava_nestcam/ava_action_list_v2.2.pbtxt")
    assert (len(official), official[80], custom[1]) == (60, "watch (a person)", "Incubation")
    assert len(read_ava(ava / "ava_ii_v2.1_poses/ava_val_v2.1.csv")) == 93400


def test_sifting_keeps_what_can_be_used(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,902,0.1,0.1,0.5,0.5,12,1\nbad\na,903\na,904,0.1,0.1,0.5,0.5,14,2\n")
    sifted = sift_ava(path)
    assert sifted.rows.time_s.tolist() == [902, 904]
    assert sifted.rows.person_id.tolist() == [1, 2]
    assert sifted.rows.empty_images == (("a", 903.0),)
    assert sifted.line.tolist() == [1, 4]
    assert [(p.line, p.what) for p in sifted.problems] == [
        (2, "1 comma-separated columns; AVA rows have 7 to 9")
    ]
    path.write_text("a,903\n\na,904,0.1,0.1,0.5,0.5,14,2\n")
    assert sift_ava(path).line.tolist() == [3]
    path.write_text("bad\na,903\n")
    assert len(sift_ava(path).rows) == 0
