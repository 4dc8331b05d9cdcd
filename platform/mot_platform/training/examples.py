"""Pictures of what trained weights see, kept with the run so that a person can judge them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import cv2

from mot_model.engine import Engine
from mot_model.structures import Array, Tracks
from mot_platform.experiment import ExperimentRun
from mot_platform.track_outputs import TrackOutputs
from mot_platform.tracking import track_source

NUM_PICTURES = 4
FRAMES_BETWEEN = 12
FOLDER = "examples"


def log_examples(run: ExperimentRun, engine: Engine, uri: str) -> None:
    """Track the beginning of the video at `uri` and store some annotated frames with the run.

    Raises:
        MediaError: if the video can't be read.
    """
    pictures: list[Array] = []
    num_seen = 0

    def seen(_tracks: Tracks, picture: Array | None) -> bool:
        nonlocal num_seen
        num_seen += 1
        if picture is not None and num_seen % FRAMES_BETWEEN == 0:
            pictures.append(picture)
        return len(pictures) < NUM_PICTURES

    track_source(engine, uri, TrackOutputs(), seen=seen, draw=True)
    with tempfile.TemporaryDirectory() as folder:
        for number, picture in enumerate(pictures, start=1):
            path = Path(folder) / f"frame_{number * FRAMES_BETWEEN}.png"
            cv2.imwrite(str(path), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
            run.log_artifact(path, FOLDER)
