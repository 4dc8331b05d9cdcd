"""Who takes part when the joint network is compared: a network that perceives, and ways to give identities.

A peer is trained here unless its weights are in the output folder already, so that a run that was stopped
goes on with what is done.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter
from torch import nn

from mot_model.engine import Identifier, Perceiver
from mot_model.network import NetworkConfig
from mot_platform.benchmarking.clip_action_perceiver import ClipActionPerceiver
from mot_platform.benchmarking.clip_action_training import (
    load_clip_model,
    save_clip_model,
    train_clip_model,
)
from mot_platform.benchmarking.contestants import present
from mot_platform.benchmarking.own_trackers import ours
from mot_platform.benchmarking.peer_identity import ContestantIdentifier, NamelessIdentifier
from mot_platform.benchmarking.peer_training import Budget, TrainingRecord
from mot_platform.benchmarking.peers import contestants
from mot_platform.benchmarking.yolo_frames import ExportedFrames, export_frames
from mot_platform.benchmarking.yolo_perceiver import TRACKED_SCORE_FLOOR, YoloPerceiver
from mot_platform.benchmarking.yolo_training import isolate_library, load_yolo, save_yolo, train_yolo
from mot_platform.commit import commit_text
from mot_platform.config import plain
from mot_platform.engines import load_engine, load_tracker_config
from mot_platform.errors import InputError
from mot_platform.model_identity import resolve_model
from mot_platform.training.config import TrainConfig
from mot_platform.weights import load_network

CLIP_MODEL = "clip"
SETTINGS_FILE = "settings.json"
FRAMES_FOLDER = "yolo_frames"
TRACKERS = ("ultralytics ByteTrack", "trackers ByteTrack")
"""What follows the boxes of a detector, beside our own tracker."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Participant:
    """A network, and what may follow it."""

    name: str
    perceiver: Perceiver
    timed: Perceiver
    """The same network, as it runs in a stream rather than for scoring."""
    identifiers: Mapping[str, Identifier]
    """By name; each makes a row of the table."""
    tells_identity: bool = True
    class_names: tuple[str, ...]
    action_ids: tuple[int, ...] = ()
    action_names: tuple[str, ...] = ()
    num_parameters: int
    """Of the network as it runs."""
    training: TrainingRecord | None = None
    """None where it was trained elsewhere."""


def own_participant(weights: str, *, input_wh: tuple[int, int], threads: int) -> Participant:
    """Return our network with our tracker.

    Raises:
        InputError: if there are no such weights, or they are for images of another size than `input_wh`.
    """
    model = resolve_model(weights)
    engine = load_engine(model, threads=threads, use_gpu=False)
    if engine.perceiver.input_wh != input_wh:
        own, wanted = ("x".join(map(str, size)) for size in (engine.perceiver.input_wh, input_wh))
        raise InputError(f"{weights}: sees images of {own}, but {wanted} are compared; take --size {own}")
    return Participant(
        name=f"ours: {weights}",
        perceiver=engine.perceiver,
        timed=engine.perceiver,
        identifiers={"our tracker": engine.identifier},
        class_names=engine.class_names,
        action_ids=engine.action_ids,
        action_names=engine.action_names,
        num_parameters=parameters_of(load_network(model.path).for_inference()),
    )


def peer_participant(name: str, config: TrainConfig, *, budget: Budget, out: Path) -> Participant:
    """Return a peer, trained on what `config` names unless its weights are in `out`.

    Args:
        name: `clip`, or an architecture of `ultralytics` such as `yolo11n`.
        config: Sources, input size, classes and actions.
        budget: What it may use to learn.
        out: Gets `NAME.safetensors` and `NAME.json`.

    Raises:
        InputError: if there is no such peer, a library that it takes is not installed, there is nothing to
            learn, or `out` has peers that were trained otherwise.
    """
    check_peer(name, config.network)
    out.mkdir(parents=True, exist_ok=True)
    _claim(out, config, budget)
    if name == CLIP_MODEL:
        return _clip_participant(config, budget, out)
    try:
        isolate_library(out)
    except ImportError as error:
        raise InputError(f"--peers {name}: needs `pip install ultralytics`: {error}") from error
    return _yolo_participant(name, config, budget, out)


def check_peer(name: str, words: NetworkConfig) -> None:
    """Raise unless there is such a peer, and something that it can learn.

    Raises:
        InputError: saying which.
    """
    if name == CLIP_MODEL:
        if not words.action_ids:
            raise InputError(f"--peers {name}: no actions are labelled in what it would be trained on")
        return
    if not re.fullmatch(r"yolo\w+", name):
        raise InputError(
            f"--peers {name}: no such peer; there is {CLIP_MODEL}, yolo11n, yolo26n and their like"
        )
    if len(words.class_names) > 1:
        raise InputError(
            f"--peers {name}: trackers are compared on one class, not on {', '.join(words.class_names)}"
        )


def _claim(out: Path, config: TrainConfig, budget: Budget) -> None:
    """Note what the peers in `out` learn from, or check that it is the same."""
    settings = json.dumps({"config": plain(asdict(config)), "budget": asdict(budget)}, indent=2)
    path = out / SETTINGS_FILE
    if not path.is_file():
        commit_text(path, settings, scratch=out)
    elif path.read_text() != settings:
        raise InputError(f"{out}: has peers trained on other data or for another time; take another --out")


def _clip_participant(config: TrainConfig, budget: Budget, out: Path) -> Participant:
    words = config.network
    weights, record = out / f"{CLIP_MODEL}.safetensors", out / f"{CLIP_MODEL}.json"
    if not record.is_file():
        trained, training = train_clip_model(config, budget=budget)
        save_clip_model(weights, trained)
        _write_record(record, training)
    network = load_clip_model(weights, num_actions=len(words.action_ids))
    perceiver = ClipActionPerceiver(network, words.input_wh)
    return Participant(
        name="clip model (YOWOv2-Nano-like)",
        perceiver=perceiver,
        timed=perceiver,
        identifiers={"none": NamelessIdentifier()},
        tells_identity=False,
        class_names=words.class_names,
        action_ids=words.action_ids,
        action_names=words.action_names,
        num_parameters=parameters_of(network),
        training=_read_record(record),
    )


def _yolo_participant(name: str, config: TrainConfig, budget: Budget, out: Path) -> Participant:
    words = config.network
    identifiers = _trackers()  # before an hour of training rather than after
    weights, record = out / f"{name}.safetensors", out / f"{name}.json"
    if not record.is_file():
        trained, training = train_yolo(
            name, _frames(config, out), input_wh=words.input_wh, budget=budget, folder=out
        )
        save_yolo(weights, trained)
        _write_record(record, training)
    network = load_yolo(weights, name, num_classes=len(words.class_names))
    return Participant(
        name=name,
        perceiver=YoloPerceiver(network, words.input_wh),
        timed=YoloPerceiver(network, words.input_wh, score_floor=TRACKED_SCORE_FLOOR),
        identifiers=identifiers,
        class_names=words.class_names,
        num_parameters=parameters_of(network),
        training=_read_record(record),
    )


def _frames(config: TrainConfig, out: Path) -> ExportedFrames:
    """Return the frames that all YOLOs of a run are trained on, written by the first of them."""
    record = out / f"{FRAMES_FOLDER}.json"
    if record.is_file():
        return TypeAdapter(ExportedFrames).validate_json(record.read_text())
    frames = export_frames(config, out / FRAMES_FOLDER)
    commit_text(record, TypeAdapter(ExportedFrames).dump_json(frames).decode(), scratch=out)
    return frames


def _trackers() -> dict[str, Identifier]:
    """Return the trackers that follow a detector's boxes: those of others at their defaults, and ours."""
    chosen = {one.name: one for one in contestants(list(TRACKERS))}
    here = present([*(chosen[name] for name in TRACKERS), ours(load_tracker_config())])
    for library, reason in here.absent.items():
        raise InputError(f"the ByteTrack of {library} can't be run, see docs/peers.md: {reason}")
    return {one.name: ContestantIdentifier(one, score_floor=TRACKED_SCORE_FLOOR) for one in here.contestants}


def parameters_of(network: nn.Module) -> int:
    """Return the number of parameters."""
    return sum(parameter.numel() for parameter in network.parameters())


def _write_record(path: Path, record: TrainingRecord) -> None:
    commit_text(path, json.dumps(asdict(record), indent=2), scratch=path.parent)


def _read_record(path: Path) -> TrainingRecord:
    return TypeAdapter(TrainingRecord).validate_json(path.read_text())
