"""Identities on real sequences: our tracker and those of others on the same detections, by one evaluator.

    python benchmarks/association.py DATA [--against trackers] [--data mot17 dance] [--json]

DATA holds `MOT17` and `DanceTrack-val`, folders of SEQUENCE/{det/*.txt,gt/gt.txt,gmc.txt,seqinfo.ini}. Every
tracker is at the defaults of its library. It gets the detections with score 0.1 or more, begins anew with
each sequence (MOT17: with the first frame of the second half, for the detector has seen the first), and what
it returns for a frame is that frame's result. "With camera motion" hands it the affines of `gmc.txt`.
A difference to ours is given with its standard error over the sequences (jackknife): below twice that it is a
tie. Times are of one pass; `mot-action bench associate` compares speed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from mot_model.tracker import TrackerConfig
from mot_platform.benchmarking.accuracy import SequenceRun, difference, figures, run_tracker, score_run
from mot_platform.benchmarking.contestants import Contestant, Field, present
from mot_platform.benchmarking.peers import contestants
from mot_platform.benchmarking.sequences import LabelledSequence, read_sequences
from mot_platform.config import load_config, named_config
from mot_platform.frame_range import FrameRange
from mot_platform.report.machine import this_machine

MOT17_PARTS = {"all": (), "tune3": ("02", "05", "10"), "held4": ("04", "09", "11", "13")}
"""Endings of the names of the sequences; none stands for all."""
DANCE_PARTS: dict[str, tuple[str, ...]] = {"all": ()}
DANCE_FRAME_RATE_HZ = 20.0
SHOWN = ("HOTA", "DetA", "AssA", "MOTA", "IDF1", "IDSW", "ms_median", "ms_p99")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One tracker on one part of one data set."""

    data: str
    part: str
    camera_motion: bool
    name: str
    figures: dict[str, float]
    hota_difference: float
    hota_standard_error: float
    idf1_difference: float
    idf1_standard_error: float


def main() -> None:
    options = parsed()
    config = load_config(named_config(options.config, "tracker"), TrackerConfig) if options.config else None
    field = present(contestants(options.against, config=config))
    for library, reason in field.absent.items():
        print(f"left out, needs pip install {library}: {reason}", file=sys.stderr)
    lines = []
    if "mot17" in options.data:
        halves = read_sequences(
            options.folder / "MOT17", benchmark="mot17", frames=FrameRange(second_half=True)
        )
        for camera_motion in (False, True):
            lines += measure("mot17", halves, MOT17_PARTS, field, camera_motion=camera_motion)
    if "dance" in options.data:
        dances = read_sequences(
            options.folder / "DanceTrack-val", benchmark="dancetrack", frame_rate_hz=DANCE_FRAME_RATE_HZ
        )
        for camera_motion in (False, True):
            lines += measure("dance", dances, DANCE_PARTS, field, camera_motion=camera_motion)
    if options.json:
        result = {
            "machine": asdict(this_machine()),
            "versions": field.versions,
            "left_out": field.absent,
        }
        print(json.dumps(result | {"lines": [asdict(line) for line in lines]}))
    else:
        show(lines)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DATA")
    parser.add_argument("--against", nargs="*", help="only trackers with one of these in their name")
    parser.add_argument("--data", nargs="*", choices=("mot17", "dance"), default=("mot17", "dance"))
    parser.add_argument(
        "--config", help="settings of our tracker: a YAML file or a name; default: its defaults"
    )
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of tables")
    return parser.parse_args()


def measure(
    data: str,
    sequences: Sequence[LabelledSequence],
    parts: dict[str, tuple[str, ...]],
    field: Field,
    *,
    camera_motion: bool,
) -> list[Line]:
    """Return a line per tracker and part; with camera motion, of the trackers that take it."""
    lines: list[Line] = []
    reference: list[SequenceRun] = []
    for contestant in field.contestants:
        if camera_motion and not contestant.takes_camera_motion:
            continue
        runs = follow(contestant, sequences, camera_motion=camera_motion)
        reference = reference or runs  # ours comes first
        for part, endings in parts.items():
            mine, first = (
                [run for run in side if not endings or run.name.endswith(endings)]
                for side in (runs, reference)
            )
            hota, idf1 = (difference(mine, first, figure) for figure in ("HOTA", "IDF1"))
            lines.append(
                Line(
                    data=data,
                    part=part,
                    camera_motion=camera_motion,
                    name=contestant.name,
                    figures=figures(mine),
                    hota_difference=hota.points,
                    hota_standard_error=hota.standard_error,
                    idf1_difference=idf1.points,
                    idf1_standard_error=idf1.standard_error,
                )
            )
    return lines


def follow(
    contestant: Contestant, sequences: Sequence[LabelledSequence], *, camera_motion: bool
) -> list[SequenceRun]:
    """Return the scores of a tracker on every sequence."""
    print(f"{contestant.name}{' with camera motion' * camera_motion}", file=sys.stderr, flush=True)
    return [
        score_run(sequence, *run_tracker(contestant, sequence, camera_motion=camera_motion))
        for sequence in sequences
    ]


def show(lines: Sequence[Line]) -> None:
    """Print a table per data set, part and input, the best HOTA first."""
    for data, part, camera_motion in dict.fromkeys(
        (line.data, line.part, line.camera_motion) for line in lines
    ):
        table = Table(title=f"{data}, {part}, {'with' if camera_motion else 'without'} camera motion")
        table.add_column("tracker", no_wrap=True)
        for name in (*SHOWN, "HOTA to ours", "IDF1 to ours"):
            table.add_column(name, justify="right", no_wrap=True)
        chosen = [
            line
            for line in lines
            if (line.data, line.part, line.camera_motion) == (data, part, camera_motion)
        ]
        for line in sorted(chosen, key=lambda line: -line.figures["HOTA"]):
            cells = [
                f"{line.figures[name]:.0f}" if name == "IDSW" else f"{line.figures[name]:.2f}"
                for name in SHOWN
            ]
            table.add_row(
                line.name,
                *cells,
                f"{line.hota_difference:+.2f} ± {line.hota_standard_error:.2f}",
                f"{line.idf1_difference:+.2f} ± {line.idf1_standard_error:.2f}",
            )
        Console(width=200).print(table)


if __name__ == "__main__":
    main()
