from mot_platform.labelling.layout import OutputLayout


def test_work_in_progress_lies_apart_from_results(tmp_path):
    layout = OutputLayout(tmp_path / "out")
    layout.create()
    assert {path.name for path in layout.root.iterdir()} == {"tracks", "videos", "_work"}
    for folder in (layout.detections, layout.failures, layout.plans, layout.attempts, layout.scratch):
        assert folder.parent == layout.work
        assert folder.is_dir()


def test_a_video_has_one_file_whatever_its_name(tmp_path):
    layout = OutputLayout(tmp_path)
    name = "a b/../" + "\u00e4" * 300 + ".mp4"
    assert layout.tracks_file(name) == layout.tracks_file(name)
    assert layout.tracks_file(name).parent == layout.tracks
    assert layout.tracks_file(name) != layout.tracks_file("b.mp4")
    assert layout.video_file(name).name == layout.tracks_file(name).name
