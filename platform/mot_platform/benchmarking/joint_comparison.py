"""The joint network beside its peers: the same videos through each, one scorer, and times taken in turns."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from mot_model.engine import Engine, Identifier
from mot_model.letterbox import Letterbox
from mot_model.structures import Detections, FrameBatch, Tracks
from mot_platform.benchmarking.joint_participants import Participant
from mot_platform.benchmarking.peer_training import TrainingRecord
from mot_platform.corpus import LabelledVideo
from mot_platform.evaluating import Findings, find, score
from mot_platform.video.picked_frames import read_picked
from mot_platform.video.scaling import FrameScaler

IDENTITY_FIGURES = ("HOTA", "DetA", "AssA", "IDF1", "MOTA", "IDSW")
FIGURES = (*IDENTITY_FIGURES, "detection_AP50", "action_mAP")


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One network with one way to give identities."""

    network: str
    tracker: str
    figures: dict[str, float]
    """Of `FIGURES`, those that it says something about; shares, and IDSW a count."""
    num_parameters: int
    network_ms: float
    """Median time of one frame, from pixels to boxes."""
    training: TrainingRecord | None


def compare(
    participants: Sequence[Participant], videos: Sequence[LabelledVideo], *, timed_frames: int, rounds: int
) -> list[Row]:
    """Return a row for each network and tracker.

    Args:
        participants: Who is compared.
        videos: What on; the first one is what times are taken on.
        timed_frames: Frames of a run that is timed.
        rounds: Timed runs of each.

    Raises:
        MediaError: if a video can't be read.
    """
    times_ms = network_times_ms(participants, videos[0], num_frames=timed_frames, rounds=rounds)
    return [
        Row(
            network=one.name,
            tracker=tracker,
            figures=figures,
            num_parameters=one.num_parameters,
            network_ms=time_ms,
            training=one.training,
        )
        for one, time_ms in zip(participants, times_ms, strict=True)
        for tracker, figures in scores(one, videos).items()
    ]


def scores(participant: Participant, videos: Sequence[LabelledVideo]) -> dict[str, dict[str, float]]:
    """Return the figures of a network with each of its trackers; the network runs once."""
    (first, identifier), *others = participant.identifiers.items()
    engine = _engine(participant, identifier)
    found = {video.name: find(engine, video.uri, video.frames) for video in videos}
    by_tracker = {first: found} | {
        name: {video: associated(other, findings.detections) for video, findings in found.items()}
        for name, other in others
    }
    return {name: _figures(participant, engine, videos, each) for name, each in by_tracker.items()}


def _engine(participant: Participant, identifier: Identifier) -> Engine:
    return Engine(
        perceiver=participant.perceiver,
        identifier=identifier,
        class_names=participant.class_names,
        action_ids=participant.action_ids,
        action_names=participant.action_names,
    )


def associated(identifier: Identifier, detections: Sequence[Detections]) -> Findings:
    """Return the detections of a video with the tracks that `identifier` makes of them, without actions."""
    state, parts = identifier.initial_state(), []
    for frame in detections:
        state, tracks = identifier.step(state, frame)
        parts.append(tracks)
    return Findings(detections=list(detections), tracks=Tracks.concatenate(parts, 0))


def _figures(
    participant: Participant,
    engine: Engine,
    videos: Sequence[LabelledVideo],
    findings: dict[str, Findings],
) -> dict[str, float]:
    scalars = score(engine, videos, findings, with_motmetrics=False).scalars()
    silent = () if participant.tells_identity else IDENTITY_FIGURES
    return {name: scalars[name] for name in FIGURES if name in scalars and name not in silent}


def network_times_ms(
    participants: Sequence[Participant], video: LabelledVideo, *, num_frames: int, rounds: int
) -> list[float]:
    """Return each network's median time of one frame, from decoded pixels to boxes, in milliseconds.

    The networks take turns, so that all of them see the machine as it is from moment to moment. The number of
    threads is that of the process.

    Args:
        participants: Whose networks.
        video: Shown from its first frame on.
        num_frames: Frames of a run; the first quarter of each does not count.
        rounds: Runs of each.

    Raises:
        MediaError: if the video can't be read.
    """
    frames = first_frames(video, participants[0].timed.input_wh, num_frames)
    taken: list[list[float]] = [[] for _ in participants]
    for _ in range(rounds):
        for one, times in zip(participants, taken, strict=True):
            times += _run_ms(one, frames, video)[num_frames // 4 :]
    return [statistics.median(times) for times in taken]


def _run_ms(participant: Participant, frames: Sequence[FrameBatch], video: LabelledVideo) -> list[float]:
    """Return the milliseconds of each frame of one run."""
    perceiver, info = participant.timed, video.truth.info
    letterbox = Letterbox((info.width_px, info.height_px), perceiver.input_wh)
    state, times = perceiver.initial_state(), []
    with torch.inference_mode():
        for frame in frames:
            begun_ns = time.perf_counter_ns()
            state, _ = perceiver.perceive(state, frame, letterbox)
            times.append((time.perf_counter_ns() - begun_ns) / 1e6)
    return times


def first_frames(video: LabelledVideo, input_wh: tuple[int, int], num_frames: int) -> list[FrameBatch]:
    """Return the first frames of a video, one by one, at the size at which they fit into `input_wh`."""
    info = video.truth.info
    within = video.frames or range(info.num_frames)
    scale = FrameScaler(Letterbox((info.width_px, info.height_px), input_wh).content_wh)
    return [
        FrameBatch(
            video=video.name,
            frame_index=np.array([decoded.frame_index]),
            time_s=np.array([decoded.time_s]),
            pixels=scale(decoded.frame)[None],
        )
        for decoded in read_picked(video.uri, within[:num_frames])
    ]
