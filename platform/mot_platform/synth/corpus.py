"""A whole corpus on disk: many videos in parallel, each appearing complete or not at all.

`ROOT/corpus.json`, `ROOT/ava.csv`, `ROOT/ava_action_list.pbtxt` and a folder per video. A video depends on
the seed and its own number alone, so neither the number of workers nor an interruption changes a byte.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from mot_platform.errors import MotActionError
from mot_platform.formats.ava import write_action_list
from mot_platform.synth.actions import ACTION_NAMES
from mot_platform.synth.difficulty import DIFFICULTIES, DifficultyName
from mot_platform.synth.recording import Encoding, record_video
from mot_platform.synth.rendering import render
from mot_platform.synth.scene import build_scene

GENERATOR_VERSION = 2
"""Raised whenever the same config no longer gives the same videos."""

_WORK_FOLDER = "_work"
_MIN_SIDE_PX = 64


@dataclass(frozen=True, kw_only=True, slots=True)
class CorpusConfig:
    """What to generate. The same config always gives the same corpus.

    Raises:
        ValueError: if a value is out of range.
    """

    num_videos: int
    seconds: float
    """Length of every video."""
    size_wh: tuple[int, int] = (640, 360)
    """Image size in pixels, even numbers."""
    seed: int = 0
    frame_rate_hz: float = 12.5
    difficulty: DifficultyName = "default"

    def __post_init__(self) -> None:
        if self.num_videos < 1:
            raise ValueError(f"num_videos must be at least 1, got {self.num_videos}")
        if not 0 < self.frame_rate_hz <= 120:
            raise ValueError(f"frame_rate_hz must be above 0 and at most 120, got {self.frame_rate_hz}")
        if not (self.seconds > 0 and self.num_frames >= 1):
            raise ValueError(f"seconds must hold at least one frame, got {self.seconds}")
        if min(self.size_wh) < _MIN_SIDE_PX or any(side % 2 for side in self.size_wh):
            raise ValueError(f"size_wh must be even and at least {_MIN_SIDE_PX}, got {self.size_wh}")
        if self.seed < 0:
            raise ValueError(f"seed must not be negative, got {self.seed}")
        if self.difficulty not in DIFFICULTIES:
            raise ValueError(f"difficulty must be one of {', '.join(DIFFICULTIES)}, got {self.difficulty!r}")

    @property
    def num_frames(self) -> int:
        """Length of every video in frames."""
        return round(self.seconds * self.frame_rate_hz)

    @property
    def video_names(self) -> tuple[str, ...]:
        """Names of the videos in order."""
        return tuple(f"synth-{self.seed}-{index:04d}" for index in range(self.num_videos))


@dataclass(frozen=True, kw_only=True, slots=True)
class CorpusSummary:
    """What a run of `generate_corpus` did."""

    root: Path
    num_written: int
    """Videos rendered by this run."""
    num_kept: int
    """Videos that an earlier run had completed."""
    num_frames: int
    """Frames of the whole corpus."""


def _fingerprint(config: CorpusConfig) -> dict[str, Any]:
    """Return the config as it is stored, the generator's version included."""
    return {"generator_version": GENERATOR_VERSION} | asdict(config) | {"size_wh": list(config.size_wh)}


def _write_json(path: Path, content: dict[str, Any]) -> None:
    """Write a file that appears complete or not at all."""
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    os.replace(part, path)


def _claim_folder(out: Path, config: CorpusConfig) -> None:
    """Make `out` the place of this corpus, or raise if something else is there."""
    if out.exists() and not out.is_dir():
        raise ValueError(f"{out} is a file; name a folder for the corpus")
    wanted = _fingerprint(config)
    notes = [path for path in (out / "corpus.json", out / _WORK_FOLDER / "config.json") if path.is_file()]
    if not notes and out.is_dir() and any(out.iterdir()):
        raise ValueError(f"{out} is not empty and no synthetic corpus; choose an empty folder")
    for path in notes:
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            found = found.get("config", found)
        except (json.JSONDecodeError, AttributeError) as error:
            raise ValueError(f"{path} is not readable as a corpus description: {error}") from error
        if found != wanted:
            changed = sorted(key for key in wanted if found.get(key) != wanted[key])
            raise ValueError(
                f"{out} holds another corpus ({', '.join(changed)} differ); choose another folder"
            )
    work = out / _WORK_FOLDER
    try:
        work.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"{out} can not be written: {error.strerror}; choose another folder") from error
    _write_json(work / "config.json", wanted)
    for left_over in work.iterdir():
        if left_over.is_dir():
            shutil.rmtree(left_over)


def write_video(out: Path, config: CorpusConfig, index: int) -> None:
    """Render video `index` below `out / "_work"` and move the finished folder into place."""
    difficulty = DIFFICULTIES[config.difficulty]
    rng = np.random.default_rng([config.seed, index])
    scene = build_scene(
        rng,
        difficulty=difficulty,
        size_wh=config.size_wh,
        num_frames=config.num_frames,
        frame_rate_hz=config.frame_rate_hz,
    )
    encoding = Encoding(
        size_wh=config.size_wh,
        frame_rate_hz=config.frame_rate_hz,
        crf=int(rng.integers(difficulty.crf[0], difficulty.crf[1] + 1)),
        keyframe_interval_frames=int(rng.integers(12, 50)),
    )
    name = config.video_names[index]
    part = out / _WORK_FOLDER / name
    part.mkdir()
    record_video(part, render(scene), video=name, encoding=encoding)
    os.replace(part, out / name)


def _begin_worker() -> None:
    """Keep OpenCV to one thread, as the parallelism is over videos, and die with the parent.

    A pool's worker outlives a killed parent otherwise, and would write into the folder of the next run.
    """
    cv2.setNumThreads(1)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def _write_videos(
    out: Path, config: CorpusConfig, *, indices: list[int], workers: int, done: Callable[[int], None]
) -> None:
    """Render the videos of `indices`, in this process or in several."""
    if workers == 1 or len(indices) <= 1:
        threads = cv2.getNumThreads()
        cv2.setNumThreads(1)
        try:
            for index in indices:
                write_video(out, config, index)
                done(index)
        finally:
            cv2.setNumThreads(threads)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        min(workers, len(indices)), mp_context=context, initializer=_begin_worker
    ) as pool:
        futures = {pool.submit(write_video, out, config, index): index for index in indices}
        try:
            for future in as_completed(futures):
                future.result()
                done(futures[future])
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _finish(out: Path, config: CorpusConfig) -> None:
    """Write what describes the whole corpus, corpus.json last."""
    part = out / _WORK_FOLDER / "ava.csv"
    with part.open("w", encoding="utf-8") as file:
        file.writelines(
            (out / name / "gt" / "ava.csv").read_text(encoding="utf-8") for name in config.video_names
        )
    os.replace(part, out / "ava.csv")
    names = {action_id: ACTION_NAMES[action_id] for action_id in DIFFICULTIES[config.difficulty].action_ids}
    write_action_list(out / "ava_action_list.pbtxt", names)
    content = {
        "config": _fingerprint(config),
        "classes": ["person"],
        "actions": [{"id": action_id, "name": name} for action_id, name in names.items()],
        "videos": [
            {
                "name": name,
                "path": f"{name}/{name}.mp4",
                "num_frames": config.num_frames,
                "width_px": config.size_wh[0],
                "height_px": config.size_wh[1],
                "frame_rate_hz": config.frame_rate_hz,
            }
            for name in config.video_names
        ],
    }
    _write_json(out / "corpus.json", content)
    shutil.rmtree(out / _WORK_FOLDER)


def generate_corpus(
    out: Path | str,
    *,
    config: CorpusConfig,
    workers: int = 1,
    on_video: Callable[[str], None] | None = None,
) -> CorpusSummary:
    """Write a corpus and return what was done; finished videos of the same config are kept.

    Args:
        out: Folder of the corpus: new, empty, or begun with the same config.
        config: What to generate.
        workers: Processes that render at the same time.
        on_video: Called with the name of every video when it is finished.

    Raises:
        ValueError: if `workers` is below 1, or `out` holds anything else than this corpus.
        MotActionError: if a disk is full or a process dies; the same call goes on from there.
    """
    if workers < 1:
        raise ValueError(f"workers must be at least 1, got {workers}")
    out = Path(out)
    _claim_folder(out, config)
    missing = [index for index, name in enumerate(config.video_names) if not (out / name).is_dir()]

    def done(index: int) -> None:
        if on_video is not None:
            on_video(config.video_names[index])

    try:
        _write_videos(out, config, indices=missing, workers=workers, done=done)
        _finish(out, config)
    except (OSError, BrokenProcessPool) as error:
        raise MotActionError(f"{out}: {error}; the same command goes on from here") from error
    return CorpusSummary(
        root=out,
        num_written=len(missing),
        num_kept=config.num_videos - len(missing),
        num_frames=config.num_videos * config.num_frames,
    )
