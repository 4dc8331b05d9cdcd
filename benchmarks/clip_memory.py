"""Memory of one process while it reads clips for training: flat, however many.

    python benchmarks/clip_memory.py VIDEO [VIDEO ...] [--clips 10000] [--size 160x96] [--cache-mib 64]

Clips are taken at random places of random videos, at random strides and backwards now and then, padded and
augmented. Printed is the resident memory at the start, every tenth of the way, and the number of open files.
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import numpy as np

from mot_platform.benchmarking.decoding_passes import Task, augmented
from mot_platform.benchmarking.decoding_speed import one_core
from mot_platform.training.frame_cache import FrameCache
from mot_platform.video.index import probe

CLIP_FRAMES = 8


def resident_mib() -> float:
    """Return the resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def main() -> None:
    """Read the clips that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("videos", nargs="+")
    parser.add_argument("--clips", type=int, default=10_000)
    parser.add_argument("--size", default="160x96")
    parser.add_argument("--cache-mib", type=float, default=64.0)
    options = parser.parse_args()
    width, height = map(int, options.size.split("x"))
    tasks = [Task(probe(path), (width, height), 1, CLIP_FRAMES) for path in options.videos]
    cache = FrameCache(input_wh=(width, height), capacity_mib=options.cache_mib)
    random = np.random.default_rng(0)
    begun_s = time.perf_counter()
    with one_core():
        for number in range(options.clips + 1):
            if number % max(1, options.clips // 10) == 0:
                num_files = len(list(Path("/proc/self/fd").iterdir()))
                taken_s = time.perf_counter() - begun_s
                print(
                    f"{number:6d} clips  {resident_mib():7.1f} MiB  {num_files} files  {taken_s:.0f} s",
                    flush=True,
                )
            task = tasks[random.integers(len(tasks))]
            stride = int(random.integers(1, 4))
            frames = random.integers(task.facts.num_frames) + stride * np.arange(CLIP_FRAMES)
            pixels = cache.read(task.facts, frames[::-1] if random.random() < 0.2 else frames)
            augmented(task.letterbox.pad(pixels), random)


if __name__ == "__main__":
    main()
