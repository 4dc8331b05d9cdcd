"""The joint network beside YOLO with ByteTrack and a clip model: same videos, size, training time and scorer.

    pip install '.[peers]'
    python benchmarks/joint_peers.py --train corpus/train --test corpus/test --size 320x192 --minutes 60 \\
        --threads 2 --ours runs/nano --out comparison

`--train` (one or more) and `--test` are folders of a corpus, or an index of `mot-action data prepare` with
the splits to take. The peers are trained from scratch, one after the other, unless their weights are in
`--out` already; ours is trained before, by `mot-action train`, for the same time. What is equal between them
and what is not: docs/peers.md.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table

from mot_model.network import NetworkConfig
from mot_platform.benchmarking.joint_comparison import FIGURES, Row, compare
from mot_platform.benchmarking.joint_participants import check_peer, own_participant, peer_participant
from mot_platform.benchmarking.peer_training import Budget, TrainingRecord
from mot_platform.commit import commit_text
from mot_platform.datasets.truth import read_labelled
from mot_platform.report.machine import this_machine
from mot_platform.schema import Vocabulary
from mot_platform.training.config import DataConfig, SourceConfig, TrainConfig
from mot_platform.training.preparation import with_words

LIBRARIES = ("torch", "ultralytics", "trackers")
RESULT_FILE = "comparison.json"


def main() -> None:
    options = parsed()
    sources = tuple(SourceConfig(root=str(root), split=options.train_split) for root in options.train)
    config = with_words(
        TrainConfig(
            network=NetworkConfig(input_wh=options.size),
            data=DataConfig(sources=sources, clip_frames=16, min_visibility=options.min_visibility),
        )
    )
    videos = read_labelled(options.test, options.test_split, Vocabulary.of(config.network))
    for name in options.peers:
        check_peer(name, config.network)
    budget = Budget(limit_s=60 * options.minutes, threads=options.threads, seed=options.seed)
    participants = [
        own_participant(weights, input_wh=options.size, threads=options.threads) for weights in options.ours
    ]
    participants += [peer_participant(name, config, budget=budget, out=options.out) for name in options.peers]
    torch.set_num_threads(options.threads)
    rows = compare(participants, videos, timed_frames=options.timed_frames, rounds=options.rounds)
    result = {
        "command": {name: str(value) for name, value in vars(options).items()},
        "machine": asdict(this_machine()),
        "versions": versions(),
        "test_videos": len(videos),
        "rows": [asdict(row) for row in rows],
    }
    commit_text(options.out / RESULT_FILE, json.dumps(result, indent=2), scratch=options.out)
    show(rows, title=f"{options.test}, {options.size[0]}x{options.size[1]}, {options.threads} threads")


def show(rows: Sequence[Row], *, title: str) -> None:
    """Print a row for each network and tracker."""
    table = Table(title=title)
    for heading in ("network", "identity"):
        table.add_column(heading)
    for heading in (*FIGURES, "ms/frame", "parameters", "trained s", "CPU s", "samples"):
        table.add_column(heading, justify="right")
    for row in rows:
        figures = [shown(row.figures.get(name), name) for name in FIGURES]
        trained = trained_cells(row.training) if row.training else ["", "", ""]
        table.add_row(
            row.network,
            row.tracker,
            *figures,
            f"{row.network_ms:.1f}",
            f"{row.num_parameters / 1e6:.2f} M",
            *trained,
        )
    Console(width=200).print(table)


def trained_cells(training: TrainingRecord) -> list[str]:
    """Return wall time, processor time and samples of a training."""
    return [f"{training.seconds:.0f}", f"{training.cpu_seconds:.0f}", f"{training.samples:,}"]


def shown(value: float | None, name: str) -> str:
    """Return a figure as text; nothing for one that a network says nothing about."""
    if value is None:
        return ""
    return f"{value:.0f}" if name == "IDSW" else f"{value:.3f}"


def versions() -> dict[str, str]:
    """Return the versions of the libraries that take part."""
    found = {}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            found[library] = "not installed"
    return found


def size(text: str) -> tuple[int, int]:
    """Return width and height of `320x192`."""
    width, height = text.split("x")
    return int(width), int(height)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--train", type=Path, nargs="+", required=True, help="corpora and indexes to train peers on"
    )
    parser.add_argument("--train-split", default="train", help="split of an index")
    parser.add_argument("--test", type=Path, required=True, help="corpus or index to score on")
    parser.add_argument("--test-split", help="split of an index, such as val")
    parser.add_argument("--size", type=size, default=(320, 192), metavar="WxH")
    parser.add_argument("--minutes", type=float, default=60.0, help="training time of each peer")
    parser.add_argument("--peers", type=lambda text: text.split(","), default=["yolo11n", "yolo26n", "clip"])
    parser.add_argument("--ours", nargs="*", default=[], metavar="WEIGHTS")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=1, help="CPU threads of training and of times")
    parser.add_argument(
        "--min-visibility", type=float, default=0.15, help="hidden more, nobody is to be learnt"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--timed-frames", type=int, default=24)
    parser.add_argument("--rounds", type=int, default=5)
    return parser.parse_args()


if __name__ == "__main__":
    main()
