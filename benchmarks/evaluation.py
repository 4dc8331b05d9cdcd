"""`score` beside TrackEval on the same files: every field compared, and the wall time of both.

    python benchmarks/evaluation.py --gt GT --pred PRED --benchmark mot17 --trackeval peer/bin/python

`--trackeval` is a Python that has it (`python -m venv peer && peer/bin/pip install trackeval`). Each round
runs TrackEval in one process, `score` in one, and `score` in as many as there are CPUs, one after the other.
A run is a command from start to end, with all it imports. A count must be equal, a fraction to 1e-9; the exit
code is 1 where one is not.
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
from collections.abc import Callable, Mapping, Sequence
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


def main() -> int:
    options = _parsed()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        lay_out(folder, options.gt, options.pred)
        theirs = [
            *(options.trackeval, str(Path(__file__).with_name("trackeval_scores.py"))),
            *(str(folder), options.benchmark, str(folder / "theirs.json")),
        ]
        ours = [
            *(str(Path(sys.executable).with_name("mot-action")), "score", "--gt", str(options.gt)),
            *("--pred", str(options.pred), "--benchmark", options.benchmark, "--json"),
        ]
        several = f"score, {usable_cpus()} processes"
        commands = {
            "TrackEval, one process": theirs,
            "score, one process": [*ours, "--workers", "1"],
            several: ours,
        }
        seconds: dict[str, list[float]] = {name: [] for name in commands}
        output = ""
        for _ in range(options.rounds):
            for name, command in commands.items():
                took, output = timed(command)
                seconds[name].append(took)
        wrong = differences(json.loads((folder / "theirs.json").read_text()), json.loads(output))
    show(seconds, wrong)
    return 1 if wrong["different"] else 0


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


def show(seconds: Mapping[str, list[float]], wrong: Mapping[str, Any]) -> None:
    machine = this_machine()
    table = Table(caption=f"{machine.cpu_model}, {machine.num_cpus} CPUs, load {os.getloadavg()[0]:.1f}")
    for heading in ("", "median s", "least s", "most s", "of TrackEval's time"):
        table.add_column(heading, justify="right" if heading else "left")
    first = median(next(iter(seconds.values())))
    for name, took in seconds.items():
        share = f"1/{first / median(took):.1f}"
        table.add_row(name, *(f"{f(took):.2f}" for f in _SUMMARIES), share)
    console = Console()
    console.print(table)
    console.print(
        f"{wrong['compared']} fields of {wrong['sequences']} (with the combination), largest difference "
        f"{wrong['largest']:.1e}, {len(wrong['different'])} different"
    )
    for line in wrong["different"][:20]:
        console.print(line)


_SUMMARIES: tuple[Callable[[list[float]], float], ...] = (median, min, max)


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
