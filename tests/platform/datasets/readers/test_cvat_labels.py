"""Behaviour of reading CVAT xml as labels."""

from __future__ import annotations

import pytest

from mot_platform.datasets.readers.cvat_labels import read_cvat_labels

BOX = '<box frame="{}" outside="0" occluded="{}" keyframe="1" xtl="1" ytl="1" xbr="9" ybr="9">{}</box>'
ACTION = '<attribute name="action">{}</attribute>'


def test_actions_are_an_attribute(write_text, log) -> None:
    values = ("walk", "sit, talk", "none", "__undefined__", "")
    boxes = [BOX.format(frame, int(frame == 0), ACTION.format(value)) for frame, value in enumerate(values)]
    path = write_text(
        "a.xml", f'<annotations><track id="3" label="person">{"".join(boxes)}</track></annotations>'
    )
    (labels,) = read_cvat_labels(path, log).values()
    assert labels.action_names == ("sit", "talk", "walk")
    assert labels.action.astype(int).tolist() == [[0, 0, 1], [1, 1, 0], [0, 0, 0], [0, 0, 0], [0, 0, 0]]
    assert labels.has_action.tolist() == [True, True, True, False, False]
    assert labels.visibility.tolist() == [0.5, 1, 1, 1, 1]
    assert labels.track_id.tolist() == [3] * 5


def test_all_frames_of_the_task_are_labelled(write_text, log) -> None:
    task = "<task><start_frame>2</start_frame><stop_frame>6</stop_frame><source>x.mp4</source></task>"
    track = f'<track id="0" label="car">{BOX.format(3, 0, "")}</track>'
    path = write_text("a.xml", f"<annotations><meta>{task}</meta>{track}</annotations>")
    labels = read_cvat_labels(path, log)["x.mp4"]
    assert labels.labelled.tolist() == [2, 3, 4, 5, 6]
    path = write_text("b.xml", f"<annotations>{track}</annotations>")
    assert read_cvat_labels(path, log)["b"].labelled.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("text", "where", "what"),
    [
        ("<annotations>\n<track>", "a.xml:2", "a track has the id '', not a whole number; left out"),
        ("<annotations>\n</track>", "a.xml:2", "mismatched tag; left out"),
        ("<annotation/>", "a.xml:1", "no annotations of CVAT: it begins with <annotation>; left out"),
    ],
)
def test_files_that_can_not_be_read(write_text, log, text, where, what) -> None:
    assert read_cvat_labels(write_text("a.xml", text), log) == {}
    assert [(problem.where, problem.what) for problem in log.problems()] == [(where, what)]
