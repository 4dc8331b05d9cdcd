from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mot_platform.datasets.index import is_index, read_index
from mot_platform.datasets.labelled_pictures import labelled_pictures
from mot_platform.datasets.preparing import Listener, PrepareRequest, prepare
from mot_platform.datasets.showing import show_index
from mot_platform.errors import InputError
from mot_platform.video.writer import VideoWriter


@pytest.fixture
def sequences(tiny_corpus: Path, tmp_path: Path) -> Path:
    """Return a folder of sequences that may be changed."""
    return shutil.copytree(tiny_corpus, tmp_path / "sequences")


def test_a_data_set_is_put_beside_others(sequences: Path, tmp_path: Path) -> None:
    index, seen = tmp_path / "index", []
    request = PrepareRequest(kind="mot17", root=sequences, index=index, sheet=tmp_path / "sheet.jpg")
    prepared = prepare(request, Listener(video=seen.append))
    assert prepared.is_sound
    assert len(seen) == 3
    assert (tmp_path / "sheet.jpg").is_file()
    again = prepare(replace(request, name="twice", split="all:val", sheet=None))
    found = read_index(index)
    assert found.digests == {"mot17": prepared.digest, "twice": again.digest}
    assert prepared.source.frames == 60


def test_without_an_index_it_is_in_the_folder_of_the_data_set(sequences: Path) -> None:
    assert prepare(PrepareRequest(kind="mot17", root=sequences)).index == sequences / "index"
    assert is_index(sequences / "index")


def test_a_check_says_what_is_wrong_and_writes_no_index(sequences: Path) -> None:
    broken = sequences / "synth-5-0001"
    (broken / "gt" / "gt.txt").write_text("1,1,10,10,30,30,1,1,1\n2,1,oops,10,30,30,1,1,1\n")
    (sequences / "synth-5-0000" / "synth-5-0000.mp4").unlink()
    prepared = prepare(PrepareRequest(kind="mot17", root=sequences, check=True))
    assert prepared.index is None
    assert not is_index(sequences / "index")
    assert not prepared.is_sound
    assert any(problem.where.endswith("gt.txt:2") for problem in prepared.problems)
    assert [name for name, *_ in prepared.source.not_ready] == ["synth-5-0000"]


def test_real_sources_of_every_kind_go_into_one_index(
    shared_data: Path, tiny_corpus: Path, tmp_path: Path
) -> None:
    places = {
        "PETS09-mini": ("mot17", shared_data / "mot" / "PETS09-mini"),
        "PETS09-S2L1": ("mot17", shared_data / "mot" / "PETS09-S2L1"),
        "MOT17-09": ("mot17", shared_data / "mot" / "MOT17-09-first"),
        "SNMOT-118": ("custom", shared_data / "mot" / "SNMOT-118-first"),
        "poses": ("ava", shared_data / "ava" / "ava_ii_v2.1_poses"),
        "nestcam": ("custom", shared_data / "ava" / "custom_ava_nestcam"),
        "synthetic": ("custom", tiny_corpus),
    }
    for name, (kind, root) in places.items():
        prepare(PrepareRequest(kind=kind, root=root, name=name, index=tmp_path / "index"))
    shown = show_index(tmp_path / "index")
    found = {source.name: source for source in shown.sources}
    assert set(found) == set(places)
    assert shown.changed == ()
    assert found["PETS09-mini"].boxes == 283
    assert (found["MOT17-09"].boxes, found["MOT17-09"].ignored_boxes) == (3504, 2554)
    assert (found["SNMOT-118"].frames, found["SNMOT-118"].identities) == (375, 25)
    assert (found["poses"].videos, found["poses"].has_ids) == ({"missing": 85}, False)
    assert found["nestcam"].videos == {"ready": 2, "missing": 3}
    assert len(found["synthetic"].boxes_by_action) > 1


def test_movies_are_cut_and_labels_stay_at_their_seconds(tmp_path: Path) -> None:
    root = tmp_path / "ava"
    (root / "annotations").mkdir(parents=True)
    (root / "videos").mkdir()
    (root / "annotations" / "ava_train_v2.2.csv").write_text("movie,0902,0.25,0,0.75,1,12,3\n")
    (root / "annotations" / "ava_val_v2.2.csv").write_text("gone,0902,0.25,0,0.75,1,12,3\n")
    with VideoWriter(root / "videos" / "movie.mp4", (64, 48), 1.0) as writer:
        for second in range(910):
            writer.write(np.full((48, 64, 3), second % 256, np.uint8), float(second))
    files = []
    prepared = prepare(PrepareRequest(kind="ava", root=root), Listener(file=files.append))
    assert [(video.source.name, video.status) for video in prepared.cut] == [("movie.mp4", "done")]
    assert any(event.action == "cut" for event in files)
    assert prepared.source.videos == {"ready": 1, "missing": 1}
    (source,) = read_index(root / "index").sources
    movie = next(video for video in source.videos if video.name == "movie")
    assert movie.uri == str(root / "clips" / "movie.mkv")
    assert movie.frame_times_s[movie.labelled_frames].tolist() == [902]
    (picture,) = labelled_pictures(replace(source, videos=(movie,)), 1, max_wh=(64, 48))
    assert int(picture.pixels[20, 30, 0]) == pytest.approx(902 % 256, abs=3)
    assert prepare(PrepareRequest(kind="ava", root=root)).cut[0].reused


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"kind": "custom", "download": True}, "can't be downloaded", id="custom download"),
        pytest.param({"mirror": "http://localhost/"}, "needs --download", id="mirror alone"),
        pytest.param({"split": "by-mood"}, "by-mood: no such policy", id="split"),
        pytest.param({"sheet": Path("sheet.txt")}, "picture sheet", id="sheet"),
        pytest.param({"root": Path("nowhere")}, "nowhere: no such folder", id="root"),
    ],
)
def test_bad_options_are_told_first(tmp_path: Path, changes: dict, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        prepare(PrepareRequest(**({"kind": "mot17", "root": tmp_path} | changes)))
    assert not list(tmp_path.iterdir())
