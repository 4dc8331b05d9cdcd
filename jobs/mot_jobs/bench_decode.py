"""`mot-action bench decode`: clips for training a second and core, beside a bare PyAV loop."""

from __future__ import annotations

import re
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from mot_jobs.terminal import errors, one_line_errors, print_json, print_table
from mot_platform.benchmarking.decoding_speed import DecodingSpeed, measure_decoding
from mot_platform.errors import InputError


def decode(
    paths: Annotated[list[str], typer.Argument(help="Videos, or folders of videos.")],
    size: Annotated[str, typer.Option(help="Size of the network's input, WIDTHxHEIGHT.")] = "320x192",
    clip_frames: Annotated[int, typer.Option(help="Frames of a clip.")] = 8,
    frames: Annotated[int, typer.Option(help="Frames of each video to read.")] = 100,
    rounds: Annotated[int, typer.Option(help="Passes over each video in each way.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")] = False,
) -> None:
    """Time how clips for training are decoded, beside a PyAV loop that decodes and resizes, on one core.

    Example: mot-action bench decode videos --size 640x384 --clip-frames 16
    """
    with one_line_errors():
        match = re.fullmatch(r"([1-9]\d*)x([1-9]\d*)", size)
        if match is None:
            raise InputError(f"--size must look like 320x192, got {size!r}")
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=errors, disable=not errors.is_terminal) as progress:
            bar = progress.add_task("timing", total=None)
            speed = measure_decoding(
                paths,
                input_wh=(int(match[1]), int(match[2])),
                clip_frames=clip_frames,
                num_frames=frames,
                rounds=rounds,
                on_run=lambda total: progress.update(bar, total=total, advance=1),
            )
    for path, reason in speed.left_out.items():
        errors.print(f"left out: {path}: {reason}")
    if as_json:
        print_json(speed.to_dict())
    else:
        print_table(videos_table(speed))
        print_table(overall_table(speed))


def videos_table(speed: DecodingSpeed) -> Table:
    """Return a row per video and the ratio of each way of reading."""
    table = Table(caption="frames a second and core over those of the bare loop just before")
    for column in ("video", "codec", "size", "frames", "frames per group"):
        table.add_column(column, no_wrap=True, justify="left" if column in ("video", "codec") else "right")
    for time in speed.overall[1:]:
        table.add_column(time.name, justify="right", max_width=16)
    for video in speed.videos:
        width, height = video.size_wh
        facts = (video.video, video.codec, f"{width}x{height}", f"{video.num_frames}")
        ratios = (f"{time.ratio:.0%}" for time in video.times[1:])
        table.add_row(*facts, f"{video.group_frames:.0f}", *ratios)
    return table


def overall_table(speed: DecodingSpeed) -> Table:
    """Return a row per way of reading, the mean over all videos."""
    table = Table(caption="mean over the videos, median over the rounds; time of one core")
    for column in ("way of reading", "frames/s", "ms per frame", "decoded per frame", "of bare"):
        table.add_column(column, justify="left" if column == "way of reading" else "right", no_wrap=True)
    for time in speed.overall:
        figures = (f"{time.frames_per_s:.0f}", f"{time.ms_per_frame:.2f}", f"{time.decoded_per_frame:.2f}")
        table.add_row(time.name, *figures, f"{time.ratio:.0%}")
    return table
