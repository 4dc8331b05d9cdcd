"""A label job as its own process, for tests that kill it: FOLDER OUT ADDRESS PAUSE_S."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import fake_engine
import ray.cloudpickle

from mot_platform.labelling.job import label_folder
from mot_platform.labelling.settings import LabelConfig, LabelRequest

if __name__ == "__main__":
    ray.cloudpickle.register_pickle_by_value(fake_engine)
    folder, out, address, pause_s = sys.argv[1:]
    request = LabelRequest(
        folder=folder,
        out=Path(out),
        model_uri="fake",
        model_digest="f" * 64,
        tracker_settings={"reach_px": 3.0},
        config=LabelConfig(segment_seconds=0.5, workers=2),
        address=address,
    )
    label_folder(request, fake_engine.FakeEngineFactory(pause_s=float(pause_s)))
