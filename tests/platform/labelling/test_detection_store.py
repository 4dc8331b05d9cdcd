import numpy as np
import pytest

from mot_model.structures import Detections
from mot_platform.labelling.detection_store import DetectionWriter, PerceptionCost, read_cost, read_detections

COST = PerceptionCost(num_frames=600, cpu_seconds=0.1, wall_seconds=1 / 3, attempts=2)


def make_detections(index, num, *, embedding=True, motion=True):
    rng = np.random.default_rng(index)
    return Detections(
        frame_index=index,
        time_s=index / 29.97,
        xyxy=rng.normal(size=(num, 4)).astype(np.float32),
        score=rng.random(num, np.float32),
        class_id=rng.integers(0, 9, num),
        embedding=rng.normal(size=(num, 8)).astype(np.float32) if embedding else None,
        action_feature=rng.normal(size=(num, 3)).astype(np.float32),
        camera_motion=rng.normal(size=(2, 3)).astype(np.float32) if motion else None,
    )


def test_detections_come_back_bit_for_bit(tmp_path):
    written = [
        make_detections(i, i % 4, embedding=i % 5 > 0, motion=i > 0) for i in range(600)
    ]  # three row groups
    with DetectionWriter(tmp_path / "file") as writer:
        for start in range(0, 600, 7):
            writer.write(written[start : start + 7])
        writer.record(COST)
    read = list(read_detections(tmp_path / "file"))
    assert len(read) == 600
    for one, other in zip(written, read, strict=True):
        for name in Detections.__dataclass_fields__:
            np.testing.assert_array_equal(getattr(one, name), getattr(other, name), strict=True)
    assert read_cost(tmp_path / "file") == COST


@pytest.mark.parametrize("frames", [[], [make_detections(0, 0)]])
def test_nothing_found_comes_back_too(tmp_path, frames):
    with DetectionWriter(tmp_path / "file") as writer:
        writer.write(frames)
        writer.record(COST)
    assert [len(found) for found in read_detections(tmp_path / "file")] == [0] * len(frames)
