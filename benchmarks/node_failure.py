"""A training on three Ray nodes of this machine loses a node, then its driver. Prints what it took.

    python benchmarks/node_failure.py CORPUS [--steps 60] [--out FOLDER]

Four runs of `mot-action submit train --workers 2 --wait`, all of one configuration in float32: one left
alone, one that loses a node in the middle, one whose driver is killed and which `--retries 1` begins again,
and one whose driver is killed and which is submitted anew by hand. Every kill is SIGKILL, and every curve
must be that of the first run. Nodes listen on 127.0.0.1 with a token; only processes of this are killed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from mot_platform.experiment import ExperimentRun

BIN = Path(sys.executable).parent
SETTINGS = {
    "network": {"size": "pico", "input_wh": [160, 96], "temporal_dilations": [1], "memory_frames": 3},
    "precision": "float32",
    "clips_per_step": 2,
    "log_every_steps": 1,
    "checkpoint_every_steps": 5,
}
Curve = list[tuple[int, float]]


class Nodes:
    """A head and joined nodes of one CPU each, as processes of this machine."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        os.environ.update(
            PATH=f"{BIN}:{os.environ['PATH']}",
            RAY_AUTH_MODE="token",
            RAY_AUTH_TOKEN=secrets.token_hex(32),
            RAY_USAGE_STATS_ENABLED="0",
            MLFLOW_DISABLE_TELEMETRY="true",
            OMP_NUM_THREADS="1",
            RAY_TMPDIR=str(folder),  # sockets, logs, and the address by which jobs find this cluster
        )
        os.environ.pop("RAY_ADDRESS", None)
        from ray.cluster_utils import Cluster  # only now: Ray reads the environment when it is imported

        settings = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
        dashboard = {"include_dashboard": True, "dashboard_host": "127.0.0.1", "dashboard_port": free_port()}
        self.cluster = Cluster(initialize_head=True, head_node_args=settings | dashboard | agent())
        self.address = f"http://127.0.0.1:{dashboard['dashboard_port']}"
        self.nodes = [
            self.cluster.head_node,
            *(self.cluster.add_node(**settings, **agent()) for _ in range(2)),
        ]
        self.killed: set[int] = set()

    def pids(self, index: int) -> list[int]:
        """Return the processes that the node at `index` began with."""
        return [info.process.pid for infos in self.nodes[index].all_processes.values() for info in infos]

    def kill(self, index: int) -> None:
        """SIGKILL a node: its raylet, its workers, everything that it began."""
        self.killed.add(index)
        for pid in self.pids(index):
            kill_tree(pid)

    def training_nodes(self) -> list[int]:
        """Return the nodes, by index, that run a worker of the training."""
        return [index for index in range(3) if index not in self.killed and self._trains(index)]

    def _trains(self, index: int) -> bool:
        children = [
            child for pid in self.pids(index) for child in psutil().Process(pid).children(recursive=True)
        ]
        return any("RayTrainWorker" in " ".join(safe_cmdline(child)) for child in children)

    def close(self) -> None:
        """End what still runs, the head last."""
        for index in reversed(range(3)):
            if index not in self.killed:
                self.kill(index)


class Training:
    """One submitted training."""

    def __init__(self, nodes: Nodes, config: Path, storage: Path, name: str, *options: str) -> None:
        self.folder = storage / name
        self.log = storage / f"{name}.log"
        command = [str(BIN / "mot-action"), "submit", "train", "--config", str(config), "--name", name]
        command += [
            "--storage",
            str(storage),
            "--workers",
            "2",
            "--address",
            nodes.address,
            "--wait",
            *options,
        ]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def step(self) -> int:
        """Return the last step that was printed."""
        lines = [line for line in self.log.read_text().splitlines() if line.startswith("step ")]
        return int(lines[-1].split()[1]) if lines else 0

    def await_step(self, step: int) -> float:
        """Wait for a step and return the time of its line."""
        wait_for(lambda: self.step() >= step or self.process.poll() is not None, f"step {step}")
        if self.step() < step:
            raise SystemExit(f"ended before step {step}:\n{self.log.read_text()[-3000:]}")
        return time.monotonic()

    def finish(self) -> int:
        """Wait for the end and return the exit code."""
        return self.process.wait(600)

    def kill_driver(self) -> None:
        """SIGKILL the process that runs the command on the head."""
        mine = [
            p
            for p in psutil().process_iter()
            if "mot_jobs.cli" in safe_cmdline(p)
            and str(self.folder.parent) in safe_cmdline(p)
            and self.folder.name in safe_cmdline(p)
        ]
        for process in mine:
            process.send_signal(signal.SIGKILL)

    def run_id(self) -> str:
        """Return the MLflow run."""
        return (self.folder / "mlflow_run_id").read_text()

    def curve(self) -> Curve:
        """Return the losses that MLflow holds."""
        return self._run().history()["loss/total"]

    def longest_pause_s(self) -> float:
        """Return the longest time between two steps that follow each other in MLflow."""
        run = self._run()
        points = sorted(run.client().get_metric_history(run.run_id, "step"), key=lambda point: point.step)
        return max(b.timestamp - a.timestamp for a, b in pairwise(points)) / 1000

    def _run(self) -> ExperimentRun:
        return ExperimentRun(tracking_uri=f"sqlite:///{self.folder.parent}/mlflow.db", run_id=self.run_id())


def psutil() -> Any:
    """Return the module that Ray carries with it."""
    import psutil as module
    import ray  # noqa: F401 (makes it importable)

    return module


def safe_cmdline(process: Any) -> list[str]:
    """Return the command line, empty when the process is gone."""
    try:
        return process.cmdline()
    except psutil().Error:
        return []


def kill_tree(pid: int) -> None:
    """SIGKILL a process and all below it."""
    with contextlib.suppress(psutil().NoSuchProcess):
        root = psutil().Process(pid)
        for process in [root, *root.children(recursive=True)]:
            with contextlib.suppress(psutil().NoSuchProcess):
                process.send_signal(signal.SIGKILL)


def agent() -> dict[str, int]:
    """Return a port for the agent of one more node of this machine; without it, jobs can't start."""
    return {"dashboard_agent_listen_port": free_port()}


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(condition: Callable[[], bool], what: str, limit_s: float = 300) -> None:
    """Wait until a condition holds."""
    begun_s = time.monotonic()
    while not condition():
        if time.monotonic() - begun_s > limit_s:
            raise SystemExit(f"waited {limit_s:.0f} s for {what}")
        time.sleep(0.1)


def largest_difference(curve: Curve, reference: Curve) -> float:
    """Return the largest difference of two curves of the same steps, infinite if the steps differ."""
    if [step for step, _ in curve] != [step for step, _ in reference]:
        return float("inf")
    return max(abs(a - b) for (_, a), (_, b) in zip(curve, reference, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    out = (options.out or Path(tempfile.mkdtemp(prefix="drill-", dir="/tmp"))).resolve()
    out.mkdir(parents=True, exist_ok=True)
    config = out / "run.yaml"
    sources = {"sources": [{"root": str(options.corpus.resolve())}], "clip_frames": 3}
    config.write_text(yaml.safe_dump(SETTINGS | {"steps": options.steps, "data": sources}))
    folder = Path(tempfile.mkdtemp(prefix="rd-", dir="/tmp"))
    nodes = Nodes(folder / "ray")
    try:
        results = drill(nodes, config, out, options.steps // 3)
        print(json.dumps(results))
    finally:
        nodes.close()
        shutil.rmtree(folder, ignore_errors=True)


class Results(dict[str, object]):
    """Figures by name, printed as they come."""

    def __setitem__(self, name: str, value: object) -> None:
        super().__setitem__(name, value)
        print(f"{name:70} {value}", flush=True)


def drill(nodes: Nodes, config: Path, out: Path, kill_at: int) -> Results:
    """Run all four trainings and return what was measured."""
    alone = Training(nodes, config, out, "alone")
    if alone.finish():
        raise SystemExit(alone.log.read_text()[-3000:])
    results = Results()
    reference = alone.curve()
    results["alone: steps"] = len(reference)

    hit = Training(nodes, config, out, "hit")
    hit.await_step(kill_at + 2)  # between two checkpoints
    workers = nodes.training_nodes()
    victim = workers[-1]
    results["node killed: nodes that trained"] = len(workers)
    nodes.kill(victim)
    results["node killed: exit"] = hit.finish()
    results["node killed: s from the last step to the next"] = hit.longest_pause_s()
    results["node killed: difference"] = largest_difference(hit.curve(), reference)

    begun = Training(nodes, config, out, "retried", "--retries", "1")
    begun.await_step(kill_at)
    run_id = begun.run_id()
    begun.kill_driver()
    results["driver killed, --retries 1: exit"] = begun.finish()
    results["driver killed, --retries 1: s from the last step to the next"] = begun.longest_pause_s()
    results["driver killed, --retries 1: same run"] = begun.run_id() == run_id
    results["driver killed, --retries 1: difference"] = largest_difference(begun.curve(), reference)

    first = Training(nodes, config, out, "again")
    first.await_step(kill_at)
    run_id = first.run_id()
    first.kill_driver()
    results["driver killed, same command: first exit"] = first.finish()
    again = Training(nodes, config, out, "again")
    results["driver killed, same command: exit"] = again.finish()
    results["driver killed, same command: same run"] = again.run_id() == run_id
    results["driver killed, same command: difference"] = largest_difference(again.curve(), reference)
    return results


if __name__ == "__main__":
    main()
