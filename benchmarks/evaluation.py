"""`score` beside TrackEval on the same files: every field compared, and the wall time of both.

    python benchmarks/evaluation.py --gt GT --pred PRED --benchmark mot17 --trackeval peer/bin/python

`--trackeval` is a Python that has it (`python -m venv peer && peer/bin/pip install trackeval`). Each round
runs TrackEval in one process, `score` in one, and `score` in as many as there are CPUs, one after the other.
"Scoring" is reading and scoring alone, once everything is imported; "command" is from start to end. A count
must be equal, a fraction to 1e-9; the exit code is 1 where one is not.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from mot_platform.cluster import usable_cpus
from mot_platform.formats.motchallenge import SequenceInfo, write_seqinfo
from mot_platform.metrics.sequence_files import pair_files, read_sequence
from mot_platform.report.machine import this_machine

BENCHMARKS = ("mot15", "mot16", "mot17", "mot20", "dancetrack")
FAMILIES = ("HOTA", "CLEAR", "Identity")
TOLERANCE = 1e-9


ALONE = """
import sys, time
from pathlib import Path
from mot_platform.metrics.score_files import score_files
gt, pred, benchmark, workers = sys.argv[1:]
begun_s = time.perf_counter()
score_files(Path(gt), Path(pred), benchmark=benchmark, workers=int(workers))
print(time.perf_counter() - begun_s)
"""


@dataclass(frozen=True, kw_only=True)
class Contestant:
    """One way to the same scores."""

    name: str
    command: Sequence[str]
    scoring: Sequence[str]
    """Prints as its last line the seconds that reading and scoring took."""
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"scoring": [], "command": []})


def main() -> int:
    options = _parsed()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        lay_out(folder, options.gt, options.pred)
        contestants = [trackeval(folder, options), score(options, 1), score(options, usable_cpus())]
        for _ in range(options.rounds):
            for contestant in contestants:
                run(contestant)
        theirs = json.loads((folder / "theirs.json").read_text())
    ours = subprocess.run(contestants[1].command, check=True, capture_output=True, text=True).stdout
    wrong = differences(theirs, json.loads(ours))
    show(contestants, wrong)
    return 1 if wrong["different"] else 0


def trackeval(folder: Path, options: argparse.Namespace) -> Contestant:
    """Return TrackEval, whose script is both the command and what times itself."""
    script = Path(__file__).with_name("trackeval_scores.py")
    command = [options.trackeval, str(script), str(folder), options.benchmark, str(folder / "theirs.json")]
    return Contestant(name="TrackEval, one process", command=command, scoring=command)


def score(options: argparse.Namespace, workers: int) -> Contestant:
    """Return `score` in so many processes."""
    mot_action = Path(sys.executable).with_name("mot-action")
    files = ["--gt", str(options.gt), "--pred", str(options.pred), "--benchmark", options.benchmark]
    arguments = [str(options.gt), str(options.pred), options.benchmark, str(workers)]
    return Contestant(
        name=f"score, {workers} process{'es' * (workers > 1)}",
        command=[str(mot_action), "score", *files, "--json", "--workers", str(workers)],
        scoring=[sys.executable, "-c", ALONE, *arguments],
    )


def run(contestant: Contestant) -> None:
    """Run a contestant once more and note both times."""
    took_s, output = timed(contestant.command)
    contestant.seconds["command"].append(took_s)
    if contestant.scoring != contestant.command:
        _, output = timed(contestant.scoring)
    contestant.seconds["scoring"].append(float(output.splitlines()[-1]))


def lay_out(folder: Path, gt: Path, pred: Path) -> None:
    """Arrange the files of each sequence as TrackEval wants them."""
    results = folder / "trackers" / "one" / "data"
    results.mkdir(parents=True)
    names = ["name"]
    for files in pair_files(gt, pred).sequences:
        target = folder / "gt" / files.name
        (target / "gt").mkdir(parents=True)
        shutil.copy(files.truth.boxes, target / "gt" / "gt.txt")
        shutil.copy(files.result.path, results / f"{files.name}.txt")
        info = read_sequence(files)[0].info
        size_px = max(1, info.width_px), max(1, info.height_px)
        write_seqinfo(
            target / "seqinfo.ini",
            SequenceInfo(
                name=files.name,
                frame_rate_hz=info.frame_rate_hz or 30.0,
                num_frames=info.num_frames,
                width_px=size_px[0],
                height_px=size_px[1],
            ),
        )
        names.append(files.name)
    (folder / "seqmap.txt").write_text("\n".join(names) + "\n")


def timed(command: Sequence[str]) -> tuple[float, str]:
    """Return how many seconds a command takes from start to end, and what it prints."""
    begun_s = time.perf_counter()
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
    )
    return time.perf_counter() - begun_s, done.stdout


def differences(theirs: Mapping[str, Mapping[str, Any]], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Return how many fields were compared, which differ, and the largest difference of a fraction."""
    parts = {part["name"]: part for part in ours["sequences"]} | {"COMBINED_SEQ": ours["combined"]}
    compared, largest, different = 0, 0.0, []
    for sequence, fields in theirs.items():
        for name, value in fields.items():
            family, field = name.split(".", 1)
            if family not in FAMILIES:
                continue
            wanted, got = np.asarray(value, float), np.asarray(parts[sequence][family][field], float)
            apart = float(np.abs(wanted - got).max())
            is_count = bool((wanted % 1 == 0).all())
            compared, largest = compared + 1, max(largest, apart)
            if apart > (0 if is_count else TOLERANCE):
                different.append(f"{sequence} {name}: {value} by TrackEval, {got.tolist()} here")
    return {"sequences": len(theirs), "compared": compared, "largest": largest, "different": different}


def show(contestants: Sequence[Contestant], wrong: Mapping[str, Any]) -> None:
    machine = this_machine()
    table = Table(caption=f"{machine.cpu_model}, {machine.num_cpus} CPUs, load {os.getloadavg()[0]:.1f}")
    for heading in ("", "scoring s", "least to most", "share", "command s", "least to most", "share"):
        table.add_column(heading, justify="right" if heading else "left")
    for contestant in contestants:
        row = [contestant.name]
        for kind, took in contestant.seconds.items():
            share = median(contestants[0].seconds[kind]) / median(took)
            row += [f"{median(took):.2f}", f"{min(took):.2f} to {max(took):.2f}", f"1/{share:.1f}"]
        table.add_row(*row)
    console = Console(width=100)
    console.print(table)
    console.print(
        f"{wrong['compared']} fields of {wrong['sequences']} (with the combination), largest difference "
        f"{wrong['largest']:.1e}, {len(wrong['different'])} different"
    )
    for line in wrong["different"][:20]:
        console.print(line)


def _parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--gt", type=Path, required=True)
    parser.add_argument("--pred", type=Path, required=True)
    parser.add_argument("--benchmark", choices=BENCHMARKS, required=True)
    parser.add_argument("--trackeval", required=True, help="a Python that has trackeval")
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
