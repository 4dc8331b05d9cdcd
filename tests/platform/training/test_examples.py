"""Pictures with the run."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from mot_platform.corpus import read_corpus
from mot_platform.engines import load_engine
from mot_platform.experiment import begin_or_resume
from mot_platform.training.examples import log_examples


@pytest.mark.filterwarnings("default")  # MLflow's own deprecations
def test_annotated_frames_are_stored(tiny_corpus: Path, untrained_weights: Path, tmp_path: Path) -> None:
    run = begin_or_resume(tmp_path, "first", {})
    log_examples(run, load_engine(str(untrained_weights)), read_corpus(tiny_corpus)[0].uri)
    (picture,) = (tmp_path / "artifacts").rglob("examples/frame_12.png")
    assert cv2.imread(str(picture)).shape == (96, 160, 3)
