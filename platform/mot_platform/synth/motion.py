"""The pose of every movement at every moment: walking, sitting, waving and the rest.

A movement is a function of time and of the distance covered since it began, so that feet keep step with
the ground. A `Style` makes two people do the same thing differently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from mot_model.structures import Array
from mot_platform.synth.skeleton import LEFT, POSE_INDEX, RIGHT, mirrored, pose

WALK_STRIDE = 0.80
"""Body heights covered by two walking steps."""
RUN_STRIDE = 1.45
"""Body heights covered by two running steps."""
SEAT_HEIGHT = 0.24
"""Top of the seat that `sit_chair` needs, in body heights."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Style:
    """One person's way of doing one thing."""

    variant: int = 0
    """Picks among the forms of a movement, any integer."""
    vigour: float = 1.0
    """Factor on the swing of limbs, around 1."""
    tempo: float = 1.0
    """Factor on the speed of repeated movements, around 1."""
    phase: float = 0.0
    """Where in its cycle a repeated movement begins, in radians."""
    left_handed: bool = False
    """Whether the movement is mirrored."""


Movement: TypeAlias = Callable[[Style, float, float], Array]


def _sway(vector: Array, style: Style, time_s: float) -> Array:
    """Return the pose with the small movements of somebody who is never quite still."""
    swing = np.sin(1.7 * time_s * style.tempo + style.phase)
    drift = np.sin(0.9 * time_s + 2 * style.phase)
    vector[POSE_INDEX["spine_roll"]] += 0.025 * swing
    vector[POSE_INDEX["head_turn"]] += 0.35 * drift
    vector[POSE_INDEX["head_pitch"]] += 0.06 * swing
    for name in ("arm_l", "arm_r", "forearm_l", "forearm_r"):
        vector[POSE_INDEX[name]] += 0.05 * drift
    return vector


_STANDING = (
    pose(
        arm_l_out=9, arm_r_out=9, arm_l=2, arm_r=2, forearm_l=14, forearm_r=14, thigh_l_out=4, thigh_r_out=4
    ),
    pose(arm_l_out=42, arm_r_out=42, arm_l=-12, arm_r=-12, forearm_l=20, forearm_r=20, forearm_l_out=-42)
    + pose(forearm_r_out=-42, thigh_l_out=6, thigh_r_out=6),  # hands on the hips
    pose(arm_l=18, arm_r=18, arm_l_out=8, arm_r_out=8, forearm_l=80, forearm_r=78, forearm_l_out=-38)
    + pose(forearm_r_out=-40, thigh_l_out=3, thigh_r_out=5),  # arms crossed
    pose(arm_l=2, arm_l_out=8, forearm_l=12, arm_r=28, arm_r_out=6, forearm_r=112, forearm_r_out=-8)
    + pose(head_pitch=22, thigh_l_out=3, thigh_r_out=6),  # reading a phone
)


def stand(style: Style, time_s: float, distance: float) -> Array:
    """Return an upright pose: relaxed, hands on hips, arms crossed or holding a phone."""
    return _sway(_STANDING[style.variant % len(_STANDING)].copy(), style, time_s)


def _step_cycle(phase: float, swing: float, knee_rest: float, knee_lift: float) -> tuple[float, float]:
    """Return thigh and shin flexion in degrees at a phase of the gait."""
    thigh = swing * np.sin(phase)
    knee = knee_rest + knee_lift * max(0.0, np.cos(phase + 0.45)) ** 1.5
    return thigh, thigh - knee


def walk(style: Style, time_s: float, distance: float) -> Array:
    """Return a walking pose; `distance` in body heights drives the steps."""
    phase = style.phase + 2 * np.pi * distance / WALK_STRIDE
    swing = 25 * style.vigour
    thigh_l, shin_l = _step_cycle(phase, swing, 6, 48)
    thigh_r, shin_r = _step_cycle(phase + np.pi, swing, 6, 48)
    arm = 24 * style.vigour * np.sin(phase)
    return pose(
        spine_pitch=3 + 2 * style.vigour,
        spine_twist=-5 * np.sin(phase),
        spine_roll=2 * np.cos(phase),
        thigh_l=thigh_l + 2,
        shin_l=shin_l,
        thigh_r=thigh_r + 2,
        shin_r=shin_r,
        arm_l=-arm,
        arm_r=arm,
        forearm_l=-arm + 14 + 8 * style.vigour,
        forearm_r=arm + 14 + 8 * style.vigour,
        arm_l_out=8,
        arm_r_out=8,
    )


def run(style: Style, time_s: float, distance: float) -> Array:
    """Return a running pose; `distance` in body heights drives the steps."""
    phase = style.phase + 2 * np.pi * distance / RUN_STRIDE
    swing = 40 * style.vigour
    thigh_l, shin_l = _step_cycle(phase, swing, 18, 82)
    thigh_r, shin_r = _step_cycle(phase + np.pi, swing, 18, 82)
    arm = 42 * style.vigour * np.sin(phase)
    return pose(
        spine_pitch=13,
        head_pitch=-8,
        spine_twist=-9 * np.sin(phase),
        thigh_l=thigh_l + 12,
        shin_l=shin_l + 12,
        thigh_r=thigh_r + 12,
        shin_r=shin_r + 12,
        arm_l=-arm - 8,
        arm_r=arm - 8,
        forearm_l=-arm + 78,
        forearm_r=arm + 78,
        arm_l_out=12,
        arm_r_out=12,
        lift=0.045 * abs(np.cos(phase)),
    )


_CHAIR = pose(thigh_l=86, thigh_r=86, thigh_l_out=8, thigh_r_out=8, shin_l=2, shin_r=-3, shift=-0.22)
_CHAIR_FORMS = (
    pose(arm_l=22, arm_r=22, arm_l_out=8, arm_r_out=8, forearm_l=62, forearm_r=62, spine_pitch=4),
    pose(arm_l=45, arm_r=45, arm_l_out=4, arm_r_out=4, forearm_l=75, forearm_r=75, spine_pitch=26)
    + pose(head_pitch=-10),  # leaning on the knees
    pose(arm_l=10, arm_r=30, arm_l_out=10, arm_r_out=5, forearm_l=60, forearm_r=105, spine_pitch=-6)
    + pose(shin_r=22, head_pitch=14),  # leaning back
)
_FLOOR_FORMS = (
    pose(thigh_l=122, thigh_r=122, shin_l=52, shin_r=52, spine_pitch=18, arm_l=62, arm_r=62, shift=-0.2)
    + pose(forearm_l=80, forearm_r=80, thigh_l_out=6, thigh_r_out=6),  # hugging the knees
    pose(pitch=-12, thigh_l=78, thigh_r=78, shin_l=72, shin_r=72, arm_l=-40, arm_r=-40, shift=-0.3)
    + pose(
        forearm_l=-28, forearm_r=-28, arm_l_out=14, arm_r_out=14, thigh_l_out=7, thigh_r_out=7
    ),  # long sit
    pose(thigh_l=84, thigh_r=84, thigh_l_out=48, thigh_r_out=48, shin_l=-82, shin_r=-82, arm_l=28, arm_r=28)
    + pose(forearm_l=50, forearm_r=50, arm_l_out=18, arm_r_out=18, spine_pitch=8, shift=-0.1),  # cross-legged
)


def sit_chair(style: Style, time_s: float, distance: float) -> Array:
    """Return a pose on a seat of `SEAT_HEIGHT`: upright, leaning forward or leaning back."""
    return _sway(_CHAIR + _CHAIR_FORMS[style.variant % len(_CHAIR_FORMS)], style, time_s)


def sit_floor(style: Style, time_s: float, distance: float) -> Array:
    """Return a pose on the ground: hugging the knees, legs stretched out or cross-legged."""
    return _sway(_FLOOR_FORMS[style.variant % len(_FLOOR_FORMS)].copy(), style, time_s)


_CROUCHING = (
    pose(pitch=18, spine_pitch=14, thigh_l=118, thigh_r=118, shin_l=-22, shin_r=-22, thigh_l_out=14)
    + pose(thigh_r_out=14, arm_l=62, arm_r=62, forearm_l=90, forearm_r=90, shift=-0.12),  # squatting
    pose(spine_pitch=8, thigh_l=82, shin_l=2, thigh_r=-4, shin_r=-88, arm_l=42, forearm_l=78, arm_r=8)
    + pose(forearm_r=26, arm_r_out=8, thigh_l_out=5),  # on one knee
    pose(spine_pitch=12, thigh_l=4, thigh_r=4, shin_l=-88, shin_r=-88, arm_l=20, arm_r=20, forearm_l=42)
    + pose(forearm_r=42, thigh_l_out=7, thigh_r_out=7, head_pitch=12),  # on both knees
)


def crouch(style: Style, time_s: float, distance: float) -> Array:
    """Return a low pose: squatting, on one knee or on both."""
    return _sway(_CROUCHING[style.variant % len(_CROUCHING)].copy(), style, time_s)


def bend(style: Style, time_s: float, distance: float) -> Array:
    """Return a pose bent at the waist: picking up, working low or bowing, moving slowly up and down."""
    depth = 1.0 + 0.14 * np.sin(2.2 * style.tempo * time_s + style.phase)
    pitch, spine = (16 * depth, (74, 64, 56)[style.variant % 3] * depth)
    hang = pitch + spine
    arm, forearm = ((hang + 4, hang + 6), (hang - 25, hang + 18), (6, 10))[style.variant % 3]
    vector = pose(pitch=pitch, spine_pitch=spine, thigh_l=pitch - 2, thigh_r=pitch + 2, shin_l=pitch - 12)
    vector += pose(shin_r=pitch - 8, arm_l=arm, arm_r=arm - 6, forearm_l=forearm, forearm_r=forearm - 8)
    vector += pose(arm_l_out=7, arm_r_out=7, thigh_l_out=5, thigh_r_out=5, head_pitch=-12, shift=-0.06)
    return vector


def jump(style: Style, time_s: float, distance: float) -> Array:
    """Return a pose of repeated jumps on the spot: knees bend, the body flies, lands and bends again."""
    cycle = (time_s * 1.15 * style.tempo + style.phase / (2 * np.pi)) % 1.0
    flight = np.clip((cycle - 0.35) / 0.5, 0.0, 1.0)
    height = 4 * flight * (1 - flight)
    squat = np.clip(1 - abs(cycle - 0.18) / 0.2, 0, 1) + 0.7 * np.clip(1 - abs(cycle - 0.92) / 0.09, 0, 1)
    arms_out = style.variant % 2 == 1
    knee = 48 * squat + 24 * height * (style.variant % 3)
    thigh = 0.55 * knee + 6 * height
    raised = 22 + 105 * height - 45 * squat
    vector = pose(
        spine_pitch=6 + 20 * squat, pitch=8 * squat, thigh_l=thigh, thigh_r=thigh, shin_l=thigh - knee
    )
    vector += pose(shin_r=thigh - knee, thigh_l_out=4 + 16 * height * arms_out, head_pitch=-8 * squat)
    vector += pose(thigh_r_out=4 + 16 * height * arms_out, lift=0.20 * style.vigour * height)
    if arms_out:
        return (
            vector
            + pose(arm_l_out=15 + 95 * height, arm_r_out=15 + 95 * height, forearm_l=10)
            + pose(forearm_l_out=15 + 105 * height, forearm_r_out=15 + 105 * height, forearm_r=10)
        )
    return vector + pose(
        arm_l=raised, arm_r=raised, forearm_l=raised + 12, forearm_r=raised + 12, arm_l_out=10
    )


_LYING = (
    pose(pitch=-90, shift=-0.5, arm_l_out=18, arm_r_out=24, forearm_l=8, forearm_r=8, forearm_l_out=14)
    + pose(thigh_l_out=7, thigh_r_out=7, shin_l=-4, shin_r=-4, forearm_r_out=16),  # on the back
    pose(pitch=-90, shift=-0.5, arm_l=20, arm_r=172, forearm_l=85, forearm_r=150, thigh_l=52, shin_l=-42)
    + pose(thigh_r_out=6, arm_r_out=14, forearm_l_out=-20),  # on the back, a knee up
    pose(
        pitch=90, shift=0.5, arm_l_out=48, arm_r_out=140, forearm_l_out=148, forearm_r_out=170, thigh_l_out=9
    )
    + pose(thigh_r_out=9, head_turn=62, shin_l=-14, shin_r=-6),  # on the belly
)


def lie(style: Style, time_s: float, distance: float) -> Array:
    """Return a lying pose: on the back, on the back with a knee up, or on the belly."""
    vector = _LYING[style.variant % len(_LYING)].copy()
    vector[POSE_INDEX["head_turn"]] += 0.15 * np.sin(0.8 * time_s + style.phase)
    return vector


_BUCKLE = (
    pose(
        pitch=-28,
        spine_pitch=22,
        thigh_l=46,
        thigh_r=26,
        shin_l=-30,
        shin_r=-38,
        arm_l=72,
        arm_r=40,
        shift=-0.16,
    )
    + pose(arm_l_out=38, arm_r_out=70, forearm_l=100, forearm_r=70, forearm_r_out=50, head_pitch=14),
    pose(
        pitch=34,
        spine_pitch=18,
        thigh_l=58,
        thigh_r=2,
        shin_l=-24,
        shin_r=-62,
        arm_l=112,
        arm_r=88,
        shift=0.14,
    )
    + pose(arm_l_out=24, arm_r_out=34, forearm_l=130, forearm_r=118, head_pitch=-16),
)
_RISING = pose(
    pitch=22, spine_pitch=26, thigh_l=102, shin_l=4, thigh_r=16, shin_r=-92, arm_l=64, forearm_l=96
) + pose(arm_r=30, forearm_r=44, arm_r_out=26, head_pitch=-14)


def _through(start: Array, middle: Array, end: Array, progress: float) -> Array:
    """Return the pose at `progress` in [0, 1] on a smooth way from start over middle to end."""
    if progress < 0.5:
        return blend(start, middle, progress * 2)
    return blend(middle, end, progress * 2 - 1)


def fall(style: Style, time_s: float, distance: float) -> Array:
    """Return a pose of falling from standing to lying within `FALL_S` seconds, faster and faster."""
    progress = min(1.0, time_s / FALL_S) ** 1.6
    end = lie(style, 0.0, 0.0)
    forward = end[POSE_INDEX["pitch"]] > 0
    return _through(stand(style, 0.0, 0.0), _BUCKLE[int(forward)], end, progress)


def get_up(style: Style, time_s: float, distance: float) -> Array:
    """Return a pose of getting up from the ground over one knee within `GET_UP_S` seconds."""
    return _through(lie(style, 0.0, 0.0), _RISING, stand(style, 0.0, 0.0), min(1.0, time_s / GET_UP_S))


FALL_S = 0.85
"""Seconds from standing to lying."""
GET_UP_S = 1.7
"""Seconds from lying to standing."""

MOVEMENTS: dict[str, Movement] = {
    "stand": stand,
    "walk": walk,
    "run": run,
    "sit_chair": sit_chair,
    "sit_floor": sit_floor,
    "crouch": crouch,
    "bend": bend,
    "jump": jump,
    "lie": lie,
    "fall": fall,
    "get_up": get_up,
}
"""Every movement by name."""


def blend(start: Array, end: Array, weight: float) -> Array:
    """Return the pose between two, eased at both ends; weight 0 is `start`, 1 is `end`."""
    eased = weight * weight * (3 - 2 * weight)
    mixed: Array = start + (end - start) * eased
    return mixed


def add_wave(vector: Array, style: Style, time_s: float, weight: float) -> Array:
    """Return the pose with an arm waving; `weight` in [0, 1] raises the arm."""
    swing = np.sin(2 * np.pi * 1.9 * style.tempo * time_s + style.phase)
    both = style.variant % 4 == 3
    waving = vector.copy()
    hand = np.deg2rad(168 + 30 * swing)
    raised = np.deg2rad([12, 108 + 6 * swing, 12, 0.0])
    raised[3] = hand
    waving[RIGHT][:4] = raised
    if both:
        waving[LEFT][:4] = raised
    return blend(vector, waving, weight)


def pose_of(movement: str, style: Style, *, time_s: float, distance: float) -> Array:
    """Return the pose `(23,)` of a movement.

    Args:
        movement: A name in `MOVEMENTS`.
        style: How this person does it.
        time_s: Seconds since the movement began.
        distance: Body heights covered since it began.
    """
    vector = MOVEMENTS[movement](style, time_s, distance)
    return mirrored(vector) if style.left_handed else vector
