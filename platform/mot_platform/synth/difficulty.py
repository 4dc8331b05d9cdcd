"""The three grades of difficulty, as numbers that the rest of the generator draws from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from mot_platform.synth.actions import ACTION_NAMES, EASY_ACTIONS
from mot_platform.synth.choreography import Repertoire

DifficultyName: TypeAlias = Literal["easy", "default", "hard"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Difficulty:
    """Ranges and probabilities of one grade; lengths are fractions of the image unless named otherwise."""

    num_people: tuple[int, int]
    """Fewest and most people with a part in a video."""
    person_height: tuple[float, float]
    """Height of a 1.7 m person, in image heights: range of the farthest place and of the nearest."""
    nearest_height: tuple[float, float]
    num_occluders: tuple[int, int]
    """Fewest and most things that stand between or before people."""
    occluder_kinds: frozenset[str]
    """Which things these may be, of `props.PAINTERS`."""
    camera_share: float
    """Probability that the camera moves."""
    camera_reach: float
    """How far it turns at most, in image widths."""
    shake_share: float
    """Strength of its shake, in image widths."""
    night_share: float
    """Probability of a dark scene."""
    light_swing: float
    """How much the light changes within a video, as a fraction."""
    moving_scenery: float
    """Probability of each of: wind in the trees, clouds, passing cars."""
    contrast: float
    """Strength of texture behind people."""
    blur: float
    """Open time of the shutter, as a fraction of the time between frames."""
    noise: tuple[float, float]
    """Range of the sensor noise's standard deviation, in grey levels."""
    crf: tuple[int, int]
    """Range of the H.264 quality, more is worse."""
    action_ids: tuple[int, ...]
    """AVA ids of the actions that occur."""
    repertoire: Repertoire


_ALL_KINDS = frozenset({"pole", "bush", "tree", "wall", "car"})

DIFFICULTIES: dict[DifficultyName, Difficulty] = {
    "easy": Difficulty(
        num_people=(1, 3),
        person_height=(0.46, 0.52),
        nearest_height=(0.60, 0.70),
        num_occluders=(0, 0),
        occluder_kinds=frozenset({"pole", "bush"}),
        camera_share=0.0,
        camera_reach=0.0,
        shake_share=0.0,
        night_share=0.0,
        light_swing=0.03,
        moving_scenery=0.15,
        contrast=0.6,
        blur=0.15,
        noise=(0.5, 2.0),
        crf=(18, 24),
        action_ids=EASY_ACTIONS,
        repertoire=Repertoire(
            stays={
                "stand": 1.1,
                "sit_chair": 1.4,
                "bend": 1.4,
                "wave": 1.4,
                "lie": 0.9,
            },
            run_share=0.0,
            leave_share=0.15,
            wave_walking_share=0.05,
            stays_per_way=2.6,
            stay_s=(1.6, 3.6),
            frontal_share=0.9,
            distance_effort=8,
        ),
    ),
    "default": Difficulty(
        num_people=(3, 9),
        person_height=(0.16, 0.28),
        nearest_height=(0.40, 0.75),
        num_occluders=(1, 4),
        occluder_kinds=_ALL_KINDS,
        camera_share=0.55,
        camera_reach=0.22,
        shake_share=0.004,
        night_share=0.12,
        light_swing=0.15,
        moving_scenery=0.6,
        contrast=1.0,
        blur=0.3,
        noise=(1.0, 5.0),
        crf=(20, 31),
        action_ids=tuple(ACTION_NAMES),
        repertoire=Repertoire(
            stays={
                "stand": 1.0,
                "sit_chair": 0.9,
                "sit_floor": 0.6,
                "crouch": 1.5,
                "bend": 1.8,
                "wave": 1.3,
                "jump": 1.0,
                "lie": 0.6,
                "fall": 1.3,
            },
            run_share=0.3,
            leave_share=0.25,
            wave_walking_share=0.1,
            stays_per_way=1.5,
            stay_s=(1.4, 4.0),
            frontal_share=0.7,
            distance_effort=2,
        ),
    ),
    "hard": Difficulty(
        num_people=(10, 25),
        person_height=(0.09, 0.16),
        nearest_height=(0.35, 0.60),
        num_occluders=(3, 7),
        occluder_kinds=_ALL_KINDS,
        camera_share=0.9,
        camera_reach=0.4,
        shake_share=0.012,
        night_share=0.4,
        light_swing=0.35,
        moving_scenery=0.9,
        contrast=1.25,
        blur=0.6,
        noise=(2.0, 9.0),
        crf=(24, 36),
        action_ids=tuple(ACTION_NAMES),
        repertoire=Repertoire(
            stays={
                "stand": 1.5,
                "sit_chair": 0.8,
                "sit_floor": 0.6,
                "crouch": 1.0,
                "bend": 1.0,
                "wave": 1.2,
                "jump": 0.8,
                "lie": 0.4,
                "fall": 1.2,
            },
            run_share=0.3,
            leave_share=0.3,
            wave_walking_share=0.1,
            stays_per_way=0.8,
            stay_s=(1.2, 4.0),
            frontal_share=0.5,
            distance_effort=1,
        ),
    ),
}
"""Every grade by name."""
