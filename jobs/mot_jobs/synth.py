"""`mot-action data synth`: write a synthetic corpus with exact boxes, identities and actions."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Annotated, cast

import typer

from mot_jobs.terminal import errors, one_line_errors, print_json
from mot_platform.cluster import usable_cpus
from mot_platform.synth.corpus import CorpusConfig, generate_corpus
from mot_platform.synth.difficulty import DifficultyName


def _parse_size(text: str) -> tuple[int, int]:
    """Return width and height of a text such as 640x360."""
    match = re.fullmatch(r"(\d+)x(\d+)", text)
    if match is None:
        raise ValueError(f"--size must look like 640x360, got {text!r}")
    return int(match[1]), int(match[2])


def synth(  # noqa: PLR0913 - one argument per option
    out: Annotated[
        Path, typer.Argument(help="Folder of the corpus: new, empty, or begun with the same options.")
    ],
    videos: Annotated[int, typer.Option(help="Number of videos.")] = 16,
    seconds: Annotated[float, typer.Option(help="Length of each video.")] = 8.0,
    size: Annotated[str, typer.Option(help="Image size, WIDTHxHEIGHT, even numbers.")] = "640x360",
    seed: Annotated[int, typer.Option(help="The same seed and options give the same corpus.")] = 0,
    difficulty: Annotated[str, typer.Option(help="easy, default or hard.")] = "default",
    fps: Annotated[float, typer.Option(help="Frames per second.")] = 12.5,
    workers: Annotated[int, typer.Option(help="Processes; 0 is one per core.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object on the last line.")] = False,
) -> None:
    """Write videos of people with exact boxes, ids and actions (mp4, MOTChallenge and AVA text).

    Example: mot-action data synth corpus --videos 16 --seconds 8 --size 640x360 --seed 1
    """
    started_s = time.perf_counter()
    with one_line_errors():
        config = CorpusConfig(
            num_videos=videos,
            seconds=seconds,
            size_wh=_parse_size(size),
            seed=seed,
            frame_rate_hz=fps,
            difficulty=cast(DifficultyName, difficulty),
        )
        workers = workers or usable_cpus()
        summary = generate_corpus(out, config=config, workers=workers, on_video=_show_video)
    wall_s = time.perf_counter() - started_s
    if as_json:
        print_json(
            {
                "out": summary.root,
                "videos_written": summary.num_written,
                "videos_kept": summary.num_kept,
                "frames": summary.num_frames,
                "wall_s": round(wall_s, 3),
            }
        )
    else:
        kept = f", {summary.num_kept} were there" if summary.num_kept else ""
        print(f"{summary.num_written} videos written to {out} in {wall_s:.1f} s{kept}")


def _show_video(name: str) -> None:
    errors.print(f"wrote {name}")


if __name__ == "__main__":
    typer.run(synth)
