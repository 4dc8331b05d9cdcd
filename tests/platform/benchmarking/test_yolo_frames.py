"""The folder that YOLO learns from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from mot_model.letterbox import PADDING_VALUE
from mot_model.network import NetworkConfig
from mot_platform.benchmarking.yolo_frames import export_frames, labelled_images
from mot_platform.formats.yolo import read_class_names, sift_yolo
from mot_platform.training.clip_dataset import open_training_source
from mot_platform.training.config import DataConfig, SourceConfig, TrainConfig

SIZE_WH = (160, 96)


def config_of(corpus: Path) -> TrainConfig:
    source = SourceConfig(root=str(corpus))
    return TrainConfig(
        network=NetworkConfig(input_wh=SIZE_WH), data=DataConfig(sources=(source,), clip_frames=8)
    )


def test_every_labelled_frame_comes_back_with_its_boxes(tiny_corpus: Path, tmp_path: Path) -> None:
    config = config_of(tiny_corpus)
    frames = export_frames(config, tmp_path / "yolo")
    video = open_training_source(config.data.sources[0], 8, config.network).videos[0]
    assert frames.num_images == 60
    assert read_class_names(frames.data_file) == {0: "person"}
    names = sorted(path.stem for path in (tmp_path / "yolo" / "images" / "train").iterdir())
    assert names == sorted(path.stem for path in (tmp_path / "yolo" / "labels" / "train").iterdir())
    for image in labelled_images(video, config):
        name = f"00000_{image.frame_index:06d}"
        read = sift_yolo(tmp_path / "yolo" / "labels" / "train" / f"{name}.txt")
        assert not read.problems
        np.testing.assert_allclose(read.xyxy * (*SIZE_WH, *SIZE_WH), image.xyxy, atol=0.01)
        picture = cv2.imread(str(tmp_path / "yolo" / "images" / "train" / f"{name}.jpg"))
        assert np.abs(picture[..., ::-1].astype(int) - image.pixels).mean() < 4


def test_flagged_regions_are_painted_over_and_the_hidden_left_out(tiny_corpus: Path) -> None:
    config = config_of(tiny_corpus)
    video = open_training_source(config.data.sources[0], 8, config.network).videos[0]
    frame = int(video.boxes.frame_index[0])
    flagged = replace(video, boxes=replace(video.boxes, ignored=np.ones(len(video.boxes), bool)))
    hidden = replace(video, boxes=replace(video.boxes, visibility=np.zeros(len(video.boxes), np.float32)))
    as_is, painted, alone = (
        next(image for image in labelled_images(each, config) if image.frame_index == frame)
        for each in (video, flagged, hidden)
    )
    left, top, right, bottom = np.round(as_is.xyxy[0]).astype(int)
    assert (painted.pixels[top:bottom, left:right] == PADDING_VALUE).all()
    assert not len(painted.xyxy)
    assert not len(alone.xyxy)
    np.testing.assert_array_equal(alone.pixels, as_is.pixels)
