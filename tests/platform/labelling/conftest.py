"""A small folder of videos and the fake engine."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import av
import numpy as np
import pytest
import ray.cloudpickle


def _load(name):
    """Import a module beside this file; workers can't, so it travels to them by value."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    ray.cloudpickle.register_pickle_by_value(module)
    return module


fake = _load("fake_engine")


def write_video(path, *, num_frames=60, size_wh=(64, 48), seed=0, gop=10):
    """Write an H.264 video whose colours drift, 30 frames a second, a key frame every `gop` frames."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    level = rng.uniform(60, 190, 3)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"g": str(gop), "threads": "1"})
        stream.width, stream.height, stream.pix_fmt = *size_wh, "yuv420p"
        for _ in range(num_frames):
            level = np.clip(level + rng.normal(0, 6, 3), 20, 235)
            pixels = np.broadcast_to(level.astype(np.uint8), (size_wh[1], size_wh[0], 3))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), "rgb24")))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="session")
def engine_module():
    """Return the module of the fake engine."""
    return fake


@pytest.fixture(scope="session")
def videos(tmp_path_factory):
    """Return a folder of four good videos, one of them with nothing in it."""
    folder = tmp_path_factory.mktemp("videos")
    write_video(folder / "a.mp4", num_frames=75, seed=1)
    write_video(folder / "deep" / "b.mp4", num_frames=60, seed=2)
    write_video(folder / "deep" / "c.mkv", num_frames=50, seed=3, gop=7)
    write_video(folder / "nothing.mp4", num_frames=30, size_wh=(32, 32), seed=4)
    (folder / "readme.txt").write_text("no video")
    return folder
