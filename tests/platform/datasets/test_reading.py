"""Behaviour of reading a data set of any kind."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from mot_platform.datasets.readers.media import LookedAt
from mot_platform.datasets.reading import ReadRequest, read_source
from mot_platform.datasets.source import BoxLabels, Problem, Source
from mot_platform.errors import InputError

WIDTH, HEIGHT, RATE_HZ, NUM_FRAMES = 128, 64, 25, 10
BOXES = {
    7: [(8.0 + 2 * frame, 16.0, 16.0, 32.0) for frame in range(NUM_FRAMES)],
    9: [(100.0 - frame, 20.0, 20.0, 10.0) for frame in range(NUM_FRAMES)],
}
"""Left, top, width and height in each frame by id."""
ROWS = [(frame, track, *BOXES[track][frame]) for frame in range(NUM_FRAMES) for track in BOXES]


def mot_files() -> dict[str, str]:
    lines = [f"{frame + 1},{track},{x:g},{y:g},{w:g},{h:g},1,1,1" for frame, track, x, y, w, h in ROWS]
    return {"street/gt/gt.txt": "\n".join(lines)}


def ava_files() -> dict[str, str]:
    lines = [
        f"street,{frame / RATE_HZ},{x / WIDTH},{y / HEIGHT},{(x + w) / WIDTH},{(y + h) / HEIGHT},12,{track}"
        for frame, track, x, y, w, h in ROWS
    ]
    return {"labels.csv": "\n".join(lines)}


def coco_files() -> dict[str, str]:
    data = {
        "videos": [{"id": 3, "name": "street"}],
        "categories": [{"id": 5, "name": "person"}],
        "images": [
            {"id": 10 + frame, "video_id": 3, "frame_id": frame, "file_name": f"street/{frame:06d}.jpg"}
            for frame in range(NUM_FRAMES)
        ],
        "annotations": [
            {"id": n, "image_id": 10 + frame, "category_id": 5, "instance_id": track, "bbox": [x, y, w, h]}
            for n, (frame, track, x, y, w, h) in enumerate(ROWS)
        ],
    }
    return {"annotations/all.json": json.dumps(data)}


def cvat_files() -> dict[str, str]:
    """Return key frames only: the first, the last, and that the objects are gone after it."""
    tracks = []
    for track, boxes in BOXES.items():
        shapes = [(0, 0), (NUM_FRAMES - 1, 0)]
        lines = [
            f'<box frame="{frame}" outside="{outside}" occluded="0" keyframe="1" xtl="{x}" ytl="{y}"'
            f' xbr="{x + w}" ybr="{y + h}"/>'
            for frame, outside in shapes
            for x, y, w, h in [boxes[frame]]
        ]
        tracks.append(f'<track id="{track}" label="person">{"".join(lines)}</track>')
    meta = "<meta><task><name>job 1</name><source>street.mp4</source></task></meta>"
    return {"annotations.xml": f"<annotations>{meta}{''.join(tracks)}</annotations>"}


def yolo_files() -> dict[str, str]:
    files = {"data.yaml": "names: [person]\n"}
    for frame in range(NUM_FRAMES):
        rows = [row for row in ROWS if row[0] == frame]
        files[f"labels/street_{frame}.txt"] = "\n".join(
            f"0 {(x + w / 2) / WIDTH} {(y + h / 2) / HEIGHT} {w / WIDTH} {h / HEIGHT} {track}"
            for _, track, x, y, w, h in rows
        )
    return files


def read(root: Path, **options: object) -> tuple[Source, list[Problem]]:
    return read_source(ReadRequest(kind="custom", root=root, **options))  # type: ignore[arg-type]


def same(a: BoxLabels, b: BoxLabels) -> bool:
    names = [field.name for field in fields(BoxLabels) if field.name not in ("action", "has_action")]
    return all(np.allclose(getattr(a, name), getattr(b, name)) for name in names)


@pytest.mark.parametrize("files", [mot_files, cvat_files, coco_files, yolo_files, ava_files])
def test_all_formats_say_the_same(tmp_path, write_video, write_text, files) -> None:
    write_video("street.mp4" if files is not mot_files else "street/street.mp4", num_frames=NUM_FRAMES)
    for name, text in files().items():
        write_text(name, text)
    source, problems = read(tmp_path)
    (video,) = source.videos
    frame, track, x, y, w, h = np.array(ROWS).T
    assert (video.name, video.status, video.num_frames) == ("street", "ready", NUM_FRAMES)
    assert (source.class_names, source.complete_classes, source.has_ids) == (("person",), ("person",), True)
    assert video.labelled_frames.tolist() == list(range(NUM_FRAMES))
    np.testing.assert_array_equal(video.boxes.frame_index, frame)
    np.testing.assert_array_equal(video.boxes.track_id, track)
    np.testing.assert_allclose(video.boxes.xyxy, np.stack([x, y, x + w, y + h], axis=1))
    assert not video.boxes.ignored.any()
    assert (video.boxes.visibility == 1).all()
    # a csv without its list of actions is the only thing to remark on
    assert [problem.what for problem in problems] == (
        ["no list of actions beside it; their numbers taken for those of AVA"] if files is ava_files else []
    )


def test_labels_may_be_elsewhere(tmp_path, write_video, write_text) -> None:
    write_video("my videos/street.mp4")
    for name, text in mot_files().items():
        write_text(f"elsewhere/{name}", text)
    source, problems = read(tmp_path / "my videos", labels=tmp_path / "elsewhere")
    assert [(video.name, len(video.boxes)) for video in source.videos] == [("street", len(ROWS))]
    assert source.name == "my-videos"
    assert not problems
    one_file, _ = read(tmp_path / "my videos", labels=tmp_path / "elsewhere" / "street" / "gt" / "gt.txt")
    assert same(one_file.videos[0].boxes, source.videos[0].boxes)


def test_a_synthetic_corpus_gives_boxes_with_ids_and_actions(tiny_corpus: Path) -> None:
    source, problems = read(tiny_corpus, name="synth", split="by-time:val=0.25")
    assert source.name == "synth"
    assert source.has_ids
    assert "walk" in source.action_names
    assert source.action_ids[source.action_names.index("walk")] == 14
    assert [len(video.labelled_frames) for video in source.videos] == [20, 20, 20]
    assert all(video.boxes.has_action.any() for video in source.videos)
    assert all(len(video.ranges("train")) == len(video.ranges("val")) == 1 for video in source.videos)
    assert not [problem for problem in problems if "nobody" in problem.what]


def test_a_missing_video_keeps_its_labels_and_a_dead_one_its_reason(tmp_path, write_text) -> None:
    lines = "gone,1,0.1,0.1,0.5,0.5,12,1\nbroken,1,0.1,0.1,0.5,0.5,12,1\ngone,2,0.1,0.1,0.5,0.5,14,1\n"
    write_text("ava_train_v2.2.csv", lines)
    write_text("clips/broken.mp4", "no video")
    source, problems = read_source(ReadRequest(kind="ava", root=tmp_path))
    videos = {video.name: video for video in source.videos}
    assert (videos["gone"].status, videos["broken"].status) == ("missing", "dead")
    assert videos["gone"].frame_times_s.tolist() == [1.0, 2.0]
    assert videos["gone"].box_unit == "frame"
    assert videos["gone"].boxes.frame_index.tolist() == [0, 1]
    assert "Invalid data" in videos["broken"].error
    assert {(problem.where, problem.what.partition(":")[0]) for problem in problems} == {
        ("clips/broken.mp4", videos["broken"].error),
        ("clips/gone", "no video or images of 1 of 2 videos"),
    }


def test_workers_change_nothing_and_progress_names_each_video(tmp_path, write_video, write_text) -> None:
    for name in ("a", "b"):
        write_video(f"{name}.mp4")
        write_text(f"{name}.txt", "1,1,8,8,16,16,1,1,1\n")
    seen: list[LookedAt] = []
    one, _ = read(tmp_path)
    two, _ = read(tmp_path, workers=2, progress=seen.append)
    assert sorted(step.media.name for step in seen) == ["a", "b"]
    assert [video.name for video in two.videos] == ["a", "b"]
    assert all(same(a.boxes, b.boxes) for a, b in zip(one.videos, two.videos, strict=True))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"root": "nowhere"}, "no such folder"),
        ({"root": "."}, "no video, no images and no labels in it"),
        ({"kind": "mot17"}, "no sequence of MOT17 in it"),
        ({"kind": "ava"}, "no annotations of AVA"),
        ({"labels": "nowhere.json"}, "no such file or folder of labels"),
        ({"split": "half"}, "no such policy"),
        ({"label_map": "map.yaml"}, "can't read the configuration"),
    ],
)
def test_what_nothing_can_be_made_of_is_an_error(tmp_path, options, message) -> None:
    paths = {name: tmp_path / options[name] for name in ("labels", "label_map") if name in options}
    request = ReadRequest(
        kind=options.get("kind", "custom"),
        root=tmp_path / options.get("root", "."),
        split=options.get("split", "official"),
        **paths,
    )
    with pytest.raises(InputError, match=message):
        read_source(request)


def test_videos_without_labels_are_a_fatal_problem(tmp_path, write_video) -> None:
    write_video("a.mp4")
    source, problems = read(tmp_path)
    assert len(source.videos) == 1
    assert [
        problem.fatal for problem in problems if problem.what.startswith("no labels that can be used")
    ] == [True]


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("kind", "folder", "num_videos", "num_boxes", "num_problems"),
    [
        ("custom", "mot/PETS09-mini", 1, 283, 0),
        ("custom", "mot/PETS09-S2L1", 1, 4650, 0),
        ("mot17", "mot/MOT17-09-first", 1, 6058, 0),
        ("custom", "mot/SNMOT-118-first", 1, 5946, 0),
        ("ava", "ava/ava_ii_v2.1_poses", 85, 119_511, 1),
        ("custom", "ava/custom_ava_nestcam", 5, 106, 3),
    ],
)
def test_real_sources(shared_data, kind, folder, num_videos, num_boxes, num_problems) -> None:
    source, problems = read_source(ReadRequest(kind=kind, root=shared_data / folder))
    assert len(source.videos) == num_videos
    assert sum(len(video.boxes) for video in source.videos) == num_boxes
    assert len(problems) == num_problems
    assert not any(problem.fatal for problem in problems)


def damaged(text: str, random: np.random.Generator) -> bytes:
    """Return a text with a few bytes changed, added, taken away or doubled."""
    content = bytearray(text.encode())
    for _ in range(random.choice([1, 3, 20])):
        place, width = int(random.integers(len(content) + 1)), int(random.integers(1, 40))
        piece = random.choice(
            [b"\n", b",", b"9" * 30, b"1e308", b"NaN", b"null", b"[]", b"\xff", b"1_0", b"<a>"]
        )
        inserted = (piece, b"", bytes(content[place : place + width]))[random.integers(3)]
        content[place : place + (0 if inserted else width)] = inserted
    return bytes(content)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("files", [mot_files, cvat_files, coco_files, yolo_files, ava_files])
@pytest.mark.parametrize("seed", range(8))
def test_damaged_files_give_problems_and_never_crash(tmp_path, write_text, files, seed) -> None:
    random = np.random.default_rng(seed)
    for name, text in files().items():
        write_text(name, "").write_bytes(damaged(text, random))
    try:
        source, problems = read(tmp_path, split="by-time:val=0.3")
    except InputError:  # nothing is left that looks like labels
        return
    assert all(problem.where and "\n" not in problem.what for problem in problems)
    assert all(np.isfinite(video.boxes.xyxy).all() for video in source.videos)
