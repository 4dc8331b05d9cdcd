"""What each idea in the tracker brings: one setting changed from those shipped, the rest left as they are.

    python benchmarks/ablation.py DATA [--data mot17 dance] [--json]

DATA holds `MOT17` and `DanceTrack-val`, folders of SEQUENCE/{det/*.txt,gt/gt.txt,gmc.txt,seqinfo.ini}.
MOT17 is followed on the second halves with the defaults, without and with the camera motion of `gmc.txt`;
DanceTrack with `dance`. Nothing is tuned anew after a change: a row says what an idea is worth to these
settings, not what the best tracker without it would reach. Standard errors are over sequences (jackknife).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from mot_model.tracker import TrackerConfig
from mot_platform.benchmarking.accuracy import SequenceRun, difference, figures, run_tracker, score_run
from mot_platform.benchmarking.own_trackers import ours
from mot_platform.benchmarking.sequences import LabelledSequence, read_sequences
from mot_platform.config import load_config, named_config
from mot_platform.frame_range import FrameRange

HELD_OUT = ("04", "09", "11", "13")
"""Endings of the names of the MOT17 sequences that the defaults were not tuned on."""
DANCE_FRAME_RATE_HZ = 20.0
CHANGES: dict[str, dict[str, Any]] = {
    "no camera motion from boxes": {"camera_from_boxes": False},
    "camera motion from boxes": {"camera_from_boxes": True},
    "no pass for low detections": {"low_min_overlap": 1.0},
    "low detections only for tracks of the frame before": {"low_gap_s": 0.0},
    "no recovery from where a track was last seen": {"recovery_min_overlap": 1.0},
    "boxes not grown": {"main_buffer": 0.0, "low_buffer": 0.0},
    "height overlap left out": {"height_power": 0.0},
    "change of size costs nothing": {"size_change_weight": 0.0},
    "change of direction costs nothing": {"direction_weight": 0.0},
    "change of direction costs 0.05": {"direction_weight": 0.05},
    "change of score costs nothing": {"score_change_weight": 0.0},
    "change of score costs 0.1": {"score_change_weight": 0.1},
    "speed fades by half in 0.2 s": {"half_life_s": 0.2},
    "speed fades by half in 2 s": {"half_life_s": 2.0},
    "lost after 0.5 s": {"max_gap_s": 0.5},
    "lost after 3 s": {"max_gap_s": 3.0},
    "reported at once": {"min_hits": 1},
    "reported from the third frame": {"min_hits": 3},
}
"""Settings by what they do."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, metavar="DATA")
    parser.add_argument("--data", nargs="*", choices=("mot17", "dance"), default=("mot17", "dance"))
    parser.add_argument("--json", action="store_true", help="one line of JSON instead of tables")
    options = parser.parse_args()
    tables = {}
    if "mot17" in options.data:
        halves = read_sequences(
            options.folder / "MOT17", benchmark="mot17", frames=FrameRange(second_half=True)
        )
        parts = {"all": (), "held4": HELD_OUT}
        for title, camera_motion in (("MOT17", False), ("MOT17, camera motion supplied", True)):
            tables[title] = list(rows(TrackerConfig(), halves, parts, camera_motion=camera_motion))
    if "dance" in options.data:
        dances = read_sequences(
            options.folder / "DanceTrack-val", benchmark="dancetrack", frame_rate_hz=DANCE_FRAME_RATE_HZ
        )
        config = load_config(named_config("dance", "tracker"), TrackerConfig)
        tables["DanceTrack"] = list(rows(config, dances, {"all": ()}, camera_motion=False))
    if options.json:
        print(json.dumps(tables))
    else:
        show(tables)


def rows(
    shipped: TrackerConfig,
    sequences: Sequence[LabelledSequence],
    parts: dict[str, tuple[str, ...]],
    *,
    camera_motion: bool,
) -> Iterator[dict[str, Any]]:
    """Yield the figures of the settings `shipped` and of each change that changes them."""
    reference = follow(shipped, sequences, camera_motion=camera_motion)
    for name, config in {"as shipped": shipped, **changed(shipped)}.items():
        if camera_motion and config.camera_from_boxes != shipped.camera_from_boxes:
            continue  # the boxes are not asked where camera motion is supplied
        print(name, file=sys.stderr, flush=True)
        runs = reference if config == shipped else follow(config, sequences, camera_motion=camera_motion)
        scores = {}
        for part, endings in parts.items():
            mine, first = (
                [run for run in side if not endings or run.name.endswith(endings)]
                for side in (runs, reference)
            )
            scores[part] = {figure: figures(mine)[figure] for figure in ("HOTA", "IDF1", "IDSW")}
            for figure in ("HOTA", "IDF1"):
                change = difference(mine, first, figure)
                scores[part][f"{figure}_change"] = change.points
                scores[part][f"{figure}_standard_error"] = change.standard_error
        yield {"setting": name, **scores}


def changed(shipped: TrackerConfig) -> dict[str, TrackerConfig]:
    """Return each change of `shipped` that makes it another, by name."""
    configs = {}
    for name, values in CHANGES.items():
        if "half_life_s" in values:
            configs[name] = replace(shipped, motion=replace(shipped.motion, **values))
        else:
            configs[name] = replace(shipped, **values)
    return {name: config for name, config in configs.items() if config != shipped}


def follow(
    config: TrackerConfig, sequences: Sequence[LabelledSequence], *, camera_motion: bool
) -> list[SequenceRun]:
    return [
        score_run(sequence, *run_tracker(ours(config), sequence, camera_motion=camera_motion))
        for sequence in sequences
    ]


def show(tables: dict[str, list[dict[str, Any]]]) -> None:
    """Print a table per data set: the figures of the shipped settings, then what each change does to them."""
    for title, lines in tables.items():
        table = Table(title=f"{title}: HOTA / IDF1 / id switches")
        for name in lines[0]:
            table.add_column(name, no_wrap=True)
        for line in lines:
            cells = [cell(score, is_change=line is not lines[0]) for score in list(line.values())[1:]]
            table.add_row(line["setting"], *cells)
        Console(width=150).print(table)


def cell(score: dict[str, float], *, is_change: bool) -> str:
    if not is_change:
        return f"{score['HOTA']:.2f} / {score['IDF1']:.2f} / {score['IDSW']:.0f}"
    changes = (
        f"{score[f'{name}_change']:+.2f} ± {score[f'{name}_standard_error']:.2f}" for name in ("HOTA", "IDF1")
    )
    return f"{' / '.join(changes)} / {score['IDSW']:.0f}"


if __name__ == "__main__":
    main()
