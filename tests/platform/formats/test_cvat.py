"""Behaviour of the reader of CVAT xml."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mot_platform.formats.cvat import read_cvat

META = """<meta><task><name>job</name><start_frame>{start}</start_frame><stop_frame>{stop}</stop_frame>
<frame_filter>{step}</frame_filter><labels><label><name>person</name><attributes><attribute><name>action</name>
</attribute></attributes></label><label><name>car</name></label></labels>
<original_size><width>1920</width><height>1080</height></original_size><source>a.mp4</source></task></meta>"""


def box(frame: int, x: float, *, outside: int = 0, inner: str = "") -> str:
    return (
        f'<box frame="{frame}" outside="{outside}" occluded="0" keyframe="1" xtl="{x}" ytl="0" xbr="{x + 10}"'
        f' ybr="10" z_order="0">{inner}</box>'
    )


def track(*boxes: str, number: int = 0, label: str = "person") -> str:
    return f'<track id="{number}" label="{label}" source="manual">{"".join(boxes)}</track>'


def read(tmp_path: Path, *parts: str):
    path = tmp_path / "a.xml"
    path.write_text(f'<?xml version="1.0" encoding="utf-8"?>\n<annotations>{"".join(parts)}</annotations>')
    return read_cvat(path)


@pytest.mark.parametrize(
    ("boxes", "frames", "left"),
    [
        pytest.param([box(0, 0), box(4, 8)], [0, 1, 2, 3, 4], [0, 2, 4, 6, 8], id="between keyframes"),
        pytest.param([box(0, 0), box(2, 4, outside=1)], [0, 1], [0, 2], id="ends where it is outside"),
        pytest.param(
            [box(0, 0), box(1, 0, outside=1), box(5, 9), box(6, 9)], [0, 5, 6], [0, 9, 9], id="comes back"
        ),
        pytest.param([box(3, 1)], [3], [1], id="one frame"),
        pytest.param([box(3, 1, outside=1)], [], [], id="never there"),
        pytest.param([box(2, 4), box(0, 0)], [0, 1, 2], [0, 2, 4], id="out of order"),
    ],
)
def test_tracks_are_filled_between_keyframes(tmp_path, boxes, frames, left) -> None:
    video = read(tmp_path, track(*boxes))
    assert video.frame_index.tolist() == frames
    assert video.xyxy[:, 0].tolist() == left


def test_tracks_do_not_run_into_each_other(tmp_path) -> None:
    video = read(tmp_path, track(box(0, 0), box(2, 2)), track(box(5, 9), number=7, label="car"))
    assert video.track.tolist() == [0, 0, 0, 7]
    assert [video.label_names[label] for label in video.label] == ["person", "person", "person", "car"]


def test_the_head_tells_size_labels_and_frames(tmp_path) -> None:
    video = read(tmp_path, META.format(start=4, stop=20, step="step=5"), track(box(4, 0), box(14, 10)))
    assert (video.source, video.size_wh, video.label_names) == ("a.mp4", (1920, 1080), ("person", "car"))
    assert video.labelled.tolist() == [4, 9, 14, 19]
    assert video.frame_index.tolist() == [4, 9, 14]  # what lies between the frames of the task is not shown
    assert video.xyxy[:, 0].tolist() == [0, 5, 10]


def test_attributes_hold_until_the_next_keyframe(tmp_path) -> None:
    value = '<attribute name="action">{}</attribute>'
    whole = '<attribute name="colour">red</attribute>'
    boxes = [box(0, 0, inner=value.format("walk")), box(2, 0, inner=value.format("a&amp;b"))]
    video = read(tmp_path, track(whole, *boxes))
    assert [entry["action"] for entry in video.attributes] == ["walk", "walk", "a&b"]
    assert {entry["colour"] for entry in video.attributes} == {"red"}


@pytest.mark.parametrize(
    ("shape", "problem"),
    [
        ('<box frame="1" xtl="0" ytl="0" xbr="9"/>', "a box has no ybr; left out"),
        ('<box frame="1" xtl="x" ytl="0" xbr="9" ybr="9"/>', "xtl is 'x', not a number; left out"),
        ('<box frame="99999999999" xtl="0" ytl="0" xbr="9" ybr="9"/>', "frame is 99999999999; left out"),
        ('<box frame="1.5" xtl="0" ytl="0" xbr="9" ybr="9"/>', "frame is 1.5; left out"),
        ('<polygon frame="1" points="0,0;1,1"/>', "a polygon is no box; left out"),
    ],
)
def test_shapes_that_can_not_be_used_are_told(tmp_path, shape, problem) -> None:
    video = read(tmp_path, track(box(0, 0), "\n", shape))
    assert video.frame_index.tolist() == [0]
    assert [(found.line, found.what) for found in video.problems] == [(3, problem)]


BOMB = '<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (f"{BOMB}<annotations>&d;</annotations>", "a.xml:1: it declares a document type"),
        ("<annotations>\n<track", "a.xml:2: unclosed token"),
        ("not xml", "a.xml:1: syntax error"),
        ("", "a.xml:1: no element found"),
        ('<annotations><image id="0"/></annotations>', 'a.xml:1: "CVAT for images"; export'),
        ("<annotation/>", "a.xml:1: no annotations of CVAT: it begins with <annotation>"),
        ('<annotations><track id="x"/></annotations>', "a.xml:1: a track has the id 'x'"),
        (
            "<annotations><meta><project><tasks><task><id>1</id></task><task/></tasks></project></meta></annotations>",
            "a.xml:1: several tasks in one file",
        ),
    ],
)
def test_files_that_are_none(tmp_path, text, message) -> None:
    path = tmp_path / "a.xml"
    path.write_text(text)
    with pytest.raises(ValueError, match=message):
        read_cvat(path)


def test_a_hundred_thousand_boxes_keep_their_columns(tmp_path) -> None:
    video = read(tmp_path, *(track(box(0, 0), box(9_999, 9_999), number=n) for n in range(10)))
    assert len(video.line) == 100_000
    np.testing.assert_allclose(video.xyxy[:, 0], np.tile(np.arange(10_000), 10))
