"""Invents what a person does: places to go, things to do there, leaving the image and coming back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mot_platform.synth.motion import FALL_S, GET_UP_S, Style
from mot_platform.synth.plan import Act
from mot_platform.synth.stage import Stage

_SETTLE_S = {
    "stand": 0.4,
    "sit_chair": 0.8,
    "sit_floor": 0.9,
    "crouch": 0.6,
    "bend": 0.6,
    "jump": 0.3,
    "lie": 1.0,
}
_USUAL_WAY_S = 2.0
_SPEED_RANGE = {"walk": (1.0, 1.6), "run": (2.6, 4.0)}


@dataclass(frozen=True, kw_only=True, slots=True)
class Repertoire:
    """How often a person does what, as weights and probabilities."""

    stays: dict[str, float]
    """Weight of each thing done in a place: movements, and `wave`, `fall`, `lie` as small scenes."""
    run_share: float
    """Probability that a way is run, not walked."""
    leave_share: float
    """Probability that a way leads out of the image."""
    wave_walking_share: float
    """Probability of waving on a walked way."""
    stays_per_way: float
    """Mean number of things done in a place before going on."""
    stay_s: tuple[float, float]
    """Shortest and longest time for one thing in one place, in seconds."""
    frontal_share: float
    """Probability that a person in a place faces the camera's half, not any direction."""
    distance_effort: int
    """Number of places looked at before taking the one farthest from others; 1 is not caring."""


def _column(stage: Stage, place: tuple[float, float]) -> float:
    """Return the image column of a place relative to the middle, in pixels."""
    return place[0] * stage.scale_px(place[1])


def _place_at(acts: tuple[Act, ...], time_s: float) -> tuple[float, float]:
    """Return about where somebody is at a time: where the act of that time ends."""
    return next((act.stop_xz for act in acts if time_s < act.stop_s), acts[-1].stop_xz)


class _Script:
    """The acts so far and where they lead; the random choices are in its methods."""

    def __init__(
        self,
        rng: np.random.Generator,
        stage: Stage,
        repertoire: Repertoire,
        others: Sequence[tuple[Act, ...]],
    ) -> None:
        self.rng = rng
        self.stage = stage
        self.repertoire = repertoire
        self.others = others
        self.acts: list[Act] = []
        self.now_s = 0.0
        self.place = (0.0, stage.near_depth_m)
        self.yaw = -np.pi / 2

    def style(self) -> Style:
        rng = self.rng
        return Style(
            variant=int(rng.integers(12)),
            vigour=float(rng.uniform(0.8, 1.2)),
            tempo=float(rng.uniform(0.85, 1.2)),
            phase=float(rng.uniform(0, 2 * np.pi)),
            left_handed=bool(rng.random() < 0.5),
        )

    def add(
        self,
        movement: str,
        duration_s: float,
        *,
        style: Style | None = None,
        to: tuple[float, float] | None = None,
        settle_s: float = 0.4,
        wave: bool = False,
    ) -> None:
        """Append an act and move time and place on."""
        stop = self.now_s + duration_s
        act = Act(
            movement=movement,
            style=style or self.style(),
            start_s=self.now_s,
            stop_s=stop,
            start_xz=self.place,
            stop_xz=to or self.place,
            yaw=self.yaw,
            blend_s=min(settle_s, duration_s * 0.8) if self.acts else 0.0,
            wave_style=self.style() if wave else None,
        )
        self.acts.append(act)
        self.now_s, self.place = stop, act.stop_xz

    def turn(self, *, sideways: bool = False, spread: float = 0.9) -> None:
        """Choose a new direction to face in a place, about the camera's or about the image plane's."""
        rng = self.rng
        if rng.random() > self.repertoire.frontal_share:
            self.yaw = float(rng.uniform(-np.pi, np.pi))
        elif sideways:
            self.yaw = float(rng.normal(0, 0.3) + np.pi * rng.integers(2))
        else:
            self.yaw = float(np.clip(rng.normal(-np.pi / 2, spread), -np.pi, 0.0))

    def spot(self) -> tuple[float, float]:
        """Return a place that the resting camera sees, away from where others will be."""
        arrival_s = max(0.0, self.now_s + _USUAL_WAY_S)
        taken = [_column(self.stage, _place_at(acts, arrival_s)) for acts in self.others]
        candidates = [self.any_spot() for _ in range(self.repertoire.distance_effort)]
        if not taken:
            return candidates[0]
        gaps = [min(abs(_column(self.stage, spot) - column) for column in taken) for spot in candidates]
        return candidates[int(np.argmax(gaps))]

    def any_spot(self) -> tuple[float, float]:
        """Return a random place that the resting camera sees, spread evenly over image rows."""
        stage, rng = self.stage, self.rng
        depth = 1.0 / float(rng.uniform(1 / stage.far_depth_m, 1 / stage.near_depth_m))
        half = (stage.size_wh[0] / 2 + 0.6 * stage.reach_px) / stage.scale_px(depth)
        return float(rng.uniform(-0.88, 0.88)) * half, depth

    def outside(self) -> tuple[float, float]:
        """Return a place beside what the camera can ever see."""
        depth = self.any_spot()[1]
        side = 1.0 if self.rng.random() < 0.5 else -1.0
        return side * (self.stage.half_width_m(depth) + 1.1), depth

    def go(self, to: tuple[float, float]) -> None:
        """Walk or run to a place."""
        rng = self.rng
        movement = "run" if rng.random() < self.repertoire.run_share else "walk"
        across, along = to[0] - self.place[0], to[1] - self.place[1]
        duration = float(np.hypot(across, along)) / float(rng.uniform(*_SPEED_RANGE[movement]))
        self.yaw = float(np.arctan2(along, across))
        wave = movement == "walk" and rng.random() < self.repertoire.wave_walking_share
        self.add(movement, max(0.4, duration), to=to, wave=wave)

    def leave_and_return(self) -> None:
        """Go out of the image, stay away for a while and come back from any side."""
        self.go(self.outside())
        self.add("stand", float(self.rng.uniform(0.6, 3.5)))
        self.place = self.outside()
        self.go(self.spot())

    def stay(self) -> None:
        """Do something in this place."""
        stays = self.repertoire.stays
        weights = np.array(list(stays.values()))
        kind = list(stays)[int(self.rng.choice(len(weights), p=weights / weights.sum()))]
        duration = float(self.rng.uniform(*self.repertoire.stay_s))
        self.turn(sideways=kind in ("lie", "fall", "bend"), spread=0.5 if kind == "wave" else 0.9)
        if kind == "wave":
            seated = self.rng.random() < 0.25 and "sit_chair" in stays
            self.add("sit_chair" if seated else "stand", duration, settle_s=0.6, wave=True)
        elif kind == "lie":
            self.lie_down(duration)
        elif kind == "fall":
            self.fall_and_rise(duration)
        else:
            self.add(kind, duration, settle_s=_SETTLE_S[kind])

    def lie_down(self, duration_s: float) -> None:
        """Sit down on the ground, lie back and sit up again."""
        seated = replace(self.style(), variant=1)
        self.add("sit_floor", float(self.rng.uniform(0.9, 1.4)), style=seated, settle_s=0.7)
        on_back = replace(seated, variant=int(self.rng.integers(2)))
        self.add("lie", duration_s + 0.6, style=on_back, settle_s=0.9)
        self.add("sit_floor", float(self.rng.uniform(0.9, 1.4)), style=seated, settle_s=0.8)

    def fall_and_rise(self, duration_s: float) -> None:
        """Fall, lie for a moment and get up."""
        style = self.style()
        self.add("fall", FALL_S, style=style, settle_s=0.25)
        self.add("lie", 0.6 * duration_s, style=style, settle_s=0.1)
        self.add("get_up", GET_UP_S, style=style, settle_s=0.1)
        self.add("stand", float(self.rng.uniform(0.4, 0.9)), style=style, settle_s=0.2)


def invent_acts(
    rng: np.random.Generator,
    *,
    stage: Stage,
    repertoire: Repertoire,
    duration_s: float,
    others: Sequence[tuple[Act, ...]] = (),
) -> tuple[Act, ...]:
    """Return what one person does from time 0 to beyond `duration_s`.

    Two of three are in the image from the beginning, in the middle of something; the rest come in later.

    Args:
        rng: Source of the variation.
        stage: Geometry.
        repertoire: How often what is done.
        duration_s: Length of the video.
        others: Acts of people whose places are to be kept away from.
    """
    script = _Script(rng, stage, repertoire, others)
    if rng.random() < 0.67:
        script.now_s = -float(rng.uniform(0.5, 4.0))
        script.place = script.spot()
    else:
        script.place = script.outside()
        script.add("stand", float(rng.uniform(0.02, 0.4)) * duration_s)
        script.go(script.spot())
    go_share = 1.0 / (1.0 + repertoire.stays_per_way)
    while script.now_s < duration_s:
        if rng.random() >= go_share:
            script.stay()
        elif rng.random() < repertoire.leave_share:
            script.leave_and_return()
        else:
            script.go(script.spot())
    return tuple(script.acts)
