"""One arm of an ablation with one seed: trained in this process and scored on held-out videos.

What was trained is not trained again, so that an ablation that was stopped goes on where it was. Scores are
always of the present code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from mot_model.engine import Engine
from mot_model.network import JointNetwork
from mot_model.perceiver import StreamedNetwork
from mot_platform.benchmarking.ablation_arms import Arm
from mot_platform.benchmarking.separate_networks import SeparateNetworks, separate_engine
from mot_platform.commit import committed
from mot_platform.corpus import LabelledVideo
from mot_platform.engines import build_engine, load_tracker_config
from mot_platform.evaluating import find, read_actions_otherwise, score
from mot_platform.training.config import TrainConfig
from mot_platform.training.preparation import claim
from mot_platform.training.session import TrainingSession, device_of_worker, mean_of
from mot_platform.weights import FILE_NAME, load_network, save_weights

Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class ArmResult:
    """What an arm came to with one seed."""

    figures: dict[str, float]
    """Every figure of an evaluation, by name; shares or counts."""
    num_parameters: int
    """Of what runs, training branches left out."""


def train_alone(config: TrainConfig, folder: Path, progress: Progress) -> None:
    """Train in this process and leave the averaged weights in `folder`, unless they are there.

    Args:
        config: The run, its words filled in.
        folder: Gets the weights and the configuration.
        progress: Called with a line now and then.

    Raises:
        InputError: if another configuration was trained in `folder`.
    """
    claim(folder, config)
    if (folder / FILE_NAME).is_file():
        return
    session = TrainingSession(config, device=device_of_worker())
    begun_s = time.perf_counter()
    pending: list[dict[str, float]] = []
    for step_metrics in session.run():
        pending.append(step_metrics)
        if session.step % config.log_every_steps == 0 or session.step == config.steps:
            loss = mean_of(pending)["loss/total"]
            progress(f"{folder}: step {session.step}  loss {loss:.3f}  {time.perf_counter() - begun_s:.0f} s")
            pending = []
    with committed(folder / FILE_NAME, scratch=folder) as draft:
        save_weights(draft, session.average.network)


def arm_result(arm: Arm, folders: Sequence[Path], videos: Sequence[LabelledVideo]) -> ArmResult:
    """Score an arm.

    Args:
        arm: What is run.
        folders: Trained weights of each of its trainings.
        videos: What it is scored on.

    Raises:
        MediaError: if a video can't be read.
    """
    networks = [load_network(folder / FILE_NAME) for folder in folders]
    return ArmResult(
        figures=figures(arm, arm_engine(arm, networks), videos),
        num_parameters=sum(parameter.numel() for parameter in arm_network(networks).parameters()),
    )


def arm_network(networks: Sequence[JointNetwork]) -> StreamedNetwork:
    """Return what runs of an arm: its one network, or its three as one."""
    if len(networks) == 1:
        return networks[0].for_inference()
    detection, identity, action = networks
    return SeparateNetworks(detection=detection, identity=identity, action=action)


def arm_engine(arm: Arm, networks: Sequence[JointNetwork]) -> Engine:
    """Return the engine of an arm, on the GPU where there is one."""
    device = device_of_worker()
    tracker = load_tracker_config()
    if not arm.appearance:
        tracker = replace(tracker, appearance_weight=0.0, appearance_max_distance=0.0)
    placed = [network.to(device) for network in networks]
    if len(placed) == 1:
        return build_engine(placed[0], tracker=tracker)
    detection, identity, action = placed
    return separate_engine(detection=detection, identity=identity, action=action, tracker=tracker)


@torch.inference_mode()
def figures(arm: Arm, engine: Engine, videos: Sequence[LabelledVideo]) -> dict[str, float]:
    """Return every figure of an evaluation; actions as the arm reads them."""
    findings = {}
    for video in videos:
        found = find(engine, video.uri, video.frames)
        if arm.action_reading is not None:
            found = replace(found, other_action_scores=read_actions_otherwise(engine, found))
        findings[video.name] = found
    scalars = score(engine, videos, findings, with_motmetrics=False).scalars()
    if arm.action_reading is not None:
        scalars["action_mAP"] = scalars[f"{arm.action_reading}/action_mAP"]
    return scalars
