"""What one person does in a video: a chain of acts in time, and the pose, place and actions at a moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array
from mot_platform.synth.actions import BEND, CROUCH, FALL_DOWN, GET_UP, JUMP, LIE, RUN, SIT, STAND, WALK, WAVE
from mot_platform.synth.looks import Looks
from mot_platform.synth.motion import Style, add_wave, blend, pose_of

MOVEMENT_ACTION: dict[str, int] = {
    "stand": STAND,
    "walk": WALK,
    "run": RUN,
    "sit_chair": SIT,
    "sit_floor": SIT,
    "crouch": CROUCH,
    "bend": BEND,
    "jump": JUMP,
    "lie": LIE,
    "fall": FALL_DOWN,
    "get_up": GET_UP,
}
"""AVA action of each movement."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Act:
    """One movement from one moment and place to another."""

    movement: str
    style: Style
    start_s: float
    stop_s: float
    start_xz: tuple[float, float]
    """Where it begins: metres to the right of the resting camera's axis, and metres away from it."""
    stop_xz: tuple[float, float]
    yaw: float
    """Where the person faces, in radians: 0 to the right of the image, -pi/2 to the camera."""
    blend_s: float
    """Seconds in which the pose before turns into this one; the actions change half way."""
    wave_style: Style | None = None
    """How the person waves meanwhile, None if not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A person at one moment."""

    pose: Array
    """float64 `(23,)`."""
    xz: tuple[float, float]
    """Metres to the right of the resting camera's axis, and metres away from it."""
    yaw: float
    action_ids: tuple[int, ...]
    speed: float
    """Speed over the ground in metres per second."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """A person with all that they do, in order of time without gaps."""

    track_id: int
    looks: Looks
    acts: tuple[Act, ...]

    def at(self, time_s: float) -> Moment:
        """Return the person at a time; the first and last act go on before and after."""
        index = next((i for i, act in enumerate(self.acts) if time_s < act.stop_s), len(self.acts) - 1)
        act = self.acts[index]
        since_s = time_s - act.start_s
        pose, yaw, action_ids = self._own_pose(act, time_s), act.yaw, _actions_of(act)
        if index and since_s < act.blend_s:
            before = self.acts[index - 1]
            weight = since_s / act.blend_s
            pose = blend(self._own_pose(before, time_s), pose, weight)
            turn = (act.yaw - before.yaw + np.pi) % (2 * np.pi) - np.pi
            yaw = before.yaw + turn * weight * weight * (3 - 2 * weight)
            action_ids = action_ids if weight >= 0.5 else _actions_of(before)
        return Moment(pose=pose, xz=_place(act, time_s), yaw=yaw, action_ids=action_ids, speed=_speed(act))

    def _own_pose(self, act: Act, time_s: float) -> Array:
        """Return the pose of one act alone."""
        since_s = max(0.0, time_s - act.start_s)
        distance = _speed(act) * min(since_s, act.stop_s - act.start_s) / self.looks.height_m
        pose = pose_of(act.movement, act.style, time_s=since_s, distance=distance)
        return pose if act.wave_style is None else add_wave(pose, act.wave_style, since_s, 1.0)


def _actions_of(act: Act) -> tuple[int, ...]:
    own = MOVEMENT_ACTION[act.movement]
    return (own,) if act.wave_style is None else (own, WAVE)


def _place(act: Act, time_s: float) -> tuple[float, float]:
    """Return the ground point at a time, moving evenly."""
    share = float(np.clip((time_s - act.start_s) / max(1e-6, act.stop_s - act.start_s), 0, 1))
    (x0, z0), (x1, z1) = act.start_xz, act.stop_xz
    return x0 + (x1 - x0) * share, z0 + (z1 - z0) * share


def _speed(act: Act) -> float:
    """Return the speed over the ground in metres per second."""
    covered = np.subtract(act.stop_xz, act.start_xz)
    return float(np.hypot(*covered)) / max(1e-6, act.stop_s - act.start_s)
