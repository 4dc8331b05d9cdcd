"""What each part of the joint network brings: arms that differ in one thing, equal steps, data and seeds.

    python benchmarks/joint_ablation.py --train corpus/train --test corpus/test --out ablation --seeds 0 1 2
    python benchmarks/joint_ablation.py ... --arms joint separate --set steps=3000

Each arm is trained in this process with each seed, scored on the videos of `--test`, and timed on one thread
of the CPU. What is trained in `--out` is not trained again, so the command may be stopped and repeated, and
seeds may be shared out over processes. An arm with a seed sees the same clips in the same order as the others
with it. Figures in percent: mean ± standard deviation over seeds (mean difference to `joint` ± its standard
error).
"""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path

import torch

from mot_platform.benchmarking.ablation_arms import ARMS, BASE, arm_config
from mot_platform.benchmarking.ablation_run import ArmResult, arm_network, arm_result, train_alone
from mot_platform.benchmarking.ablation_table import markdown_table
from mot_platform.benchmarking.step_cost import StepCost, step_costs
from mot_platform.commit import commit_text
from mot_platform.config import load_config
from mot_platform.corpus import LabelledVideo
from mot_platform.datasets.truth import read_labelled
from mot_platform.report.machine import this_machine
from mot_platform.schema import Vocabulary
from mot_platform.training.config import SourceConfig, TrainConfig
from mot_platform.training.preparation import with_absolute_paths, with_words
from mot_platform.weights import FILE_NAME, load_network

TABLE_FILE = "table.md"


def main() -> None:
    options = parsed()
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    base = base_of(options)
    videos = read_labelled(options.test, None, Vocabulary.of(base.network))
    results: dict[str, dict[int, ArmResult]] = {name: {} for name in options.arms}
    for seed in options.seeds:
        for name in options.arms:
            results[name][seed] = result_of(name, seed, base, videos, options)
    commands = {name: command_of(name, options) for name in options.arms}
    machine = this_machine()
    table = "\n\n".join(
        [
            markdown_table(results, costs_of(results, options), commands),
            f"{machine.cpu_model}, {machine.num_cpus} CPUs; a frame: CPU time of one thread.",
        ]
    )
    commit_text(options.out / TABLE_FILE, table + "\n", scratch=options.out)
    print(table)


def base_of(options: argparse.Namespace) -> TrainConfig:
    """Return what is common to all arms."""
    config = load_config(options.config, TrainConfig, options.overrides)
    sources = tuple(SourceConfig(root=str(root)) for root in options.train)
    return with_words(with_absolute_paths(replace(config, data=replace(config.data, sources=sources))))


def result_of(
    name: str, seed: int, base: TrainConfig, videos: Sequence[LabelledVideo], options: argparse.Namespace
) -> ArmResult:
    """Train what the arm needs, unless it is there, and return its scores, which are kept in a file too."""
    folders = [folder_of(training, seed, options.out) for training in ARMS[name].trainings]
    for training, folder in zip(ARMS[name].trainings, folders, strict=True):
        train_alone(arm_config(base, training, seed), folder, say)
    file = options.out / f"{name}-seed-{seed}.json"
    say(f"{file}: {ARMS[name].what}, {len(videos)} videos")
    result = arm_result(ARMS[name], folders, videos)
    kept = {"test": str(options.test), **asdict(result)}
    commit_text(file, json.dumps(kept, indent=2), scratch=options.out)
    return result


def folder_of(training: str, seed: int, out: Path) -> Path:
    return out / "trainings" / f"{training}-seed-{seed}"


def costs_of(
    results: Mapping[str, Mapping[int, ArmResult]], options: argparse.Namespace
) -> dict[str, StepCost]:
    """Return the cost of a step of each arm; arms of the same weights share one measurement."""
    trainings = {name: ARMS[name].trainings for name in results}
    networks = {}
    for names in dict.fromkeys(trainings.values()):
        folders = [folder_of(training, options.seeds[0], options.out) for training in names]
        networks[" ".join(names)] = arm_network([load_network(folder / FILE_NAME) for folder in folders])
    costs = step_costs(networks, rounds=options.rounds)
    return {name: costs[" ".join(names)] for name, names in trainings.items()}


def command_of(name: str, options: argparse.Namespace) -> str:
    """Return the command that makes the row, and the base that it is compared with."""
    arms = list(dict.fromkeys((BASE, name)))
    parts: list[tuple[str, Sequence[object]]] = [
        ("--config", [options.config]),
        ("--train", options.train),
        ("--test", [options.test]),
        ("--out", [options.out]),
        ("--seeds", options.seeds),
        ("--arms", arms),
    ]
    words = [word for option, values in parts for word in (option, *map(str, values))]
    words += [word for setting in options.overrides for word in ("--set", setting)]
    return shlex.join(["python", "benchmarks/joint_ablation.py", *words])


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--config", type=Path, default=Path("configs/train/ablation.yaml"))
    parser.add_argument("--train", type=Path, nargs="+", required=True, help="corpora to train on")
    parser.add_argument("--test", type=Path, required=True, help="corpus to score on")
    parser.add_argument("--out", type=Path, required=True, help="folder of results, which goes on")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--arms", nargs="+", choices=list(ARMS), default=list(ARMS), metavar="ARM",
                        help=", ".join(ARMS))  # fmt: skip
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="a.b=c")
    parser.add_argument("--threads", type=int, default=1, help="CPU threads of training")
    parser.add_argument("--rounds", type=int, default=9, help="rounds of the times")
    return parser.parse_args()


if __name__ == "__main__":
    main()
