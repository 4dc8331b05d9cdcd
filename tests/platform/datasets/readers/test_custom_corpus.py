"""Behaviour of the reader of custom videos."""

from __future__ import annotations

from mot_platform.datasets.reading import ReadRequest, read_source

ROW = "1,1,8,8,16,16,1,1,1\n"
CVAT = (
    '<annotations><track id="1" label="person"><box frame="0" outside="0" keyframe="1" xtl="8" ytl="8"'
    ' xbr="24" ybr="24"/></track></annotations>'
)


def read(tmp_path, **options):
    return read_source(ReadRequest(kind="custom", root=tmp_path, **options))


def test_a_video_that_two_formats_label_takes_the_better(tmp_path, write_video, write_text) -> None:
    write_video("a.mp4")
    write_text("a.txt", ROW)
    write_text("a.xml", CVAT)
    source, problems = read(tmp_path)
    assert len(source.videos[0].boxes) == 1
    assert [(problem.where, problem.what) for problem in problems] == [
        ("a.xml", "labels of a are in a.txt too; those are taken, these left out")
    ]


def test_boxes_and_actions_of_two_files_complement_each_other(tmp_path, write_video, write_text) -> None:
    write_video("a.mp4", num_frames=3)
    write_text("a.txt", "1,4,8,8,16,16,1,1,1\n2,4,8,8,16,16,1,1,1\n")
    write_text("ava.csv", "a,0.04,0.1,0.1,0.2,0.3,12,4\na,0.08,0.1,0.1,0.2,0.3,12,4\n")
    write_text("ava_action_list.pbtxt", 'item {\n name: "stand"\n id: 12\n}\n')
    source, problems = read(tmp_path)
    boxes = source.videos[0].boxes
    assert (source.action_names, source.action_ids) == (("stand",), (12,))
    assert boxes.has_action.tolist() == [False, True]
    assert boxes.action.tolist() == [[False], [True]]
    assert [(problem.where, problem.what) for problem in problems] == [
        ("ava.csv:2", "person 4 has an action in frame 2, counted from 0, but no box; left out")
    ]


def test_folders_and_files_named_for_a_split_say_so(tmp_path, write_video, write_text) -> None:
    for name in ("train/a", "val/b", "c_test"):
        write_video(f"{name}.mp4", num_frames=2)
        write_text(f"{name}.txt", ROW)
    source, _ = read(tmp_path)
    assert {video.name: video.splits[0].split for video in source.videos} == {
        "train/a": "train",
        "val/b": "val",
        "c_test": "train",  # the name of a video says nothing
    }


def test_a_lone_label_file_is_of_the_only_video_beside_it(tmp_path, write_video, write_text) -> None:
    write_video("clip one/recording.mp4")
    write_text("clip one/annotations.xml", CVAT)
    source, problems = read(tmp_path)
    assert [(video.name, len(video.boxes)) for video in source.videos] == [("clip one/recording", 1)]
    assert not problems


def test_labels_without_a_video_and_videos_without_labels(tmp_path, write_video, write_text) -> None:
    write_video("a.mp4")
    write_video("b.mp4")
    write_text("a.txt", ROW)
    write_text("c.txt", ROW)
    source, problems = read(tmp_path)
    assert {video.name: (video.status, len(video.boxes)) for video in source.videos} == {
        "a": ("ready", 1),
        "b": ("ready", 0),
        "c": ("missing", 1),
    }
    assert [(problem.where, problem.what) for problem in problems] == [
        ("c", "no video or images of 1 of 3 videos: c"),
        ("b.mp4", "no labels of 1 of 3 videos: b"),
    ]


def test_a_label_map_shifts_times(tmp_path, write_video, write_text) -> None:
    write_video("a.mp4", num_frames=30)
    write_text("ava.csv", "a,1,0.1,0.1,0.2,0.3,12,4\na,2,0.1,0.1,0.2,0.3,12,4\n")
    source, _ = read(tmp_path, label_map=write_text("map.yaml", "time_offset_s: -1\n"))
    assert source.videos[0].boxes.frame_index.tolist() == [0, 25]


def test_a_label_map_renames(tmp_path, write_video, write_text) -> None:
    write_video("a.mp4")
    write_text("a.txt", ROW)
    source, _ = read(tmp_path, label_map=write_text("map.yaml", "classes: {person: bird}\ncomplete: []\n"))
    assert (source.class_names, source.complete_classes) == (("bird",), ())
