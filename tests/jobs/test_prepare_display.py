from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.progress import Progress

from mot_jobs.prepare_display import Bars, Lines, described
from mot_platform.datasets.download.progress import FileProgress
from mot_platform.datasets.readers.media import LookedAt, Media

RUNNING = FileProgress(
    name="MOT17.zip",
    action="fetch",
    state="running",
    done_bytes=1_000_000_000,
    total_bytes=5_860_000_000,
    bytes_per_s=20e6,
)
DONE = FileProgress(
    name="MOT17.zip", action="fetch", state="done", done_bytes=5_860_000_000, total_bytes=5_860_000_000
)
WAITING = FileProgress(name="a.mp4", action="fetch", state="waiting", message="503, again in 4 s")


def test_a_line_says_how_far_and_how_long() -> None:
    line = described(RUNNING)
    assert line == "fetch MOT17.zip: running, 1,000.0 of 5,860.0 MB at 20.0 MB/s, 243 s to go"
    assert described(WAITING) == "fetch a.mp4: waiting, 503, again in 4 s"


def test_logs_get_a_line_of_a_running_file_now_and_then_and_of_all_else_at_once(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = Lines(interval_s=60)
    for event in (RUNNING, RUNNING, WAITING, DONE):
        lines.file(event)
    for number in (1, 2, 3):
        lines.video(LookedAt(media=Media(name="a", status="ready"), number=number, total=3))
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == [
        "fetch a.mp4",
        "fetch MOT17.zip",
        "looked at 3 of 3 videos",
    ]


def test_a_terminal_shows_a_bar_while_a_file_runs_and_a_line_when_it_is_done() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    progress = Progress(console=console)
    bars = Bars(progress)
    bars.file(RUNNING)
    bars.file(WAITING)
    assert [task.description for task in progress.tasks] == [
        "fetch MOT17.zip",
        "fetch a.mp4: 503, again in 4 s",
    ]
    assert progress.tasks[0].completed == 1_000_000_000
    bars.file(DONE)
    assert len(progress.tasks) == 1
    assert "fetch MOT17.zip: done" in console.file.getvalue()
    for name in ("a.mp4", "b.mp4"):
        bars.file(FileProgress(name=name, action="fetch", state="done", num_files=3))
    (files,) = progress.tasks
    assert (files.completed, files.total, files.fields["amount"]) == (3, 3, "3 of 3")
