"""Puts a video together: stage, backdrop, people with their acts, props, camera path and light."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mot_model.structures import Array
from mot_platform.synth.backdrop import Backdrop, Setting, paint_backdrop
from mot_platform.synth.choreography import invent_acts
from mot_platform.synth.difficulty import Difficulty
from mot_platform.synth.looks import random_looks
from mot_platform.synth.motion import SEAT_HEIGHT
from mot_platform.synth.plan import Actor
from mot_platform.synth.props import PAINTERS, Prop, draw_seat
from mot_platform.synth.stage import Stage, camera_path, make_stage

_OCCLUDERS: dict[Setting, tuple[str, ...]] = {
    "street": ("pole", "pole", "car", "bush", "wall", "tree"),
    "park": ("bush", "bush", "tree", "tree", "pole"),
    "plaza": ("pole", "pole", "wall", "bush"),
    "room": ("pole", "wall"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """All that is needed to render one video."""

    stage: Stage
    backdrop: Backdrop
    actors: tuple[Actor, ...]
    props: tuple[Prop, ...]
    frame_rate_hz: float
    camera_shift: Array
    """float64 `(T, 2)`, pixels by which the view has moved right and down from rest."""
    light_gain: Array
    """float64 `(T, 3)`, factor on red, green and blue."""
    shutter: float
    """Open time of the shutter, as a fraction of the time between frames."""
    noise_sigma: float
    """Standard deviation of the sensor noise in grey levels."""
    noise_seed: int
    clouds: bool
    """Whether clouds drift over the sky."""

    @property
    def num_frames(self) -> int:
        """Length in frames."""
        return len(self.camera_shift)


def _light(rng: np.random.Generator, difficulty: Difficulty, time_s: Array) -> Array:
    """Return the factors `(T, 3)` on each colour: time of day, clouds before the sun, lamps that flicker."""
    tint = rng.uniform(0.93, 1.07, 3)
    level = rng.uniform(0.85, 1.1)
    if rng.random() < difficulty.night_share:
        tint, level = tint * [0.85, 0.92, 1.2], rng.uniform(0.28, 0.5)
    swing = difficulty.light_swing * rng.uniform(0.2, 1.0)
    wave = np.sin(2 * np.pi * time_s / rng.uniform(5, 20) + rng.uniform(0, 2 * np.pi))
    if rng.random() < difficulty.light_swing:  # a lamp goes on, the sun comes out
        wave = wave + 1.2 * (time_s > rng.uniform(0.2, 0.8) * time_s[-1])
    gains: Array = np.clip(level * (1 + swing * wave), 0.2, 1.3)[:, None] * tint
    return gains


def _actors(
    rng: np.random.Generator, stage: Stage, difficulty: Difficulty, duration_s: float
) -> tuple[Actor, ...]:
    """Return everybody with a part, ids from 1."""
    actors: list[Actor] = []
    for track_id in range(1, int(rng.integers(difficulty.num_people[0], difficulty.num_people[1] + 1)) + 1):
        acts = invent_acts(
            rng,
            stage=stage,
            repertoire=difficulty.repertoire,
            duration_s=duration_s,
            others=[actor.acts for actor in actors],
        )
        actors.append(Actor(track_id=track_id, looks=random_looks(rng), acts=acts))
    return tuple(actors)


def _seats(rng: np.random.Generator, stage: Stage, actors: tuple[Actor, ...]) -> list[Prop]:
    """Return a seat for everybody who sits on one, there for the whole video."""
    seats = []
    for actor in actors:
        for act in actor.acts:
            if act.movement == "sit_chair":
                x_m, depth_m = act.start_xz
                height_px = actor.looks.height_m * stage.scale_px(depth_m)
                patch = draw_seat(
                    rng, size_px=(height_px, SEAT_HEIGHT), yaw=act.yaw, tilt=stage.tilt(depth_m)
                )
                seats.append(Prop(patch=patch, x_m=x_m, depth_m=depth_m + 0.02))
    return seats


def _occluders(
    rng: np.random.Generator, stage: Stage, difficulty: Difficulty, setting: Setting
) -> list[Prop]:
    """Return things that stand among or before the people."""
    kinds = [kind for kind in _OCCLUDERS[setting] if kind in difficulty.occluder_kinds]
    props = []
    for _ in range(int(rng.integers(difficulty.num_occluders[0], difficulty.num_occluders[1] + 1))):
        kind = kinds[int(rng.integers(len(kinds)))]
        depth = float(rng.uniform(0.85 * stage.near_depth_m, 0.75 * stage.far_depth_m))
        depth = max(depth, stage.near_depth_m * 1.1) if kind in ("car", "tree") else depth
        windy = kind in ("tree", "bush") and rng.random() < difficulty.moving_scenery
        half = stage.half_width_m(depth)
        props.append(
            Prop(
                patch=PAINTERS[kind](rng, stage.scale_px(depth)),
                x_m=float(rng.uniform(-0.95, 0.95)) * half,
                depth_m=depth,
                sway=float(rng.uniform(0.01, 0.04)) if windy else 0.0,
                sway_phase=float(rng.uniform(0, 2 * np.pi)),
            )
        )
    return props


def _traffic(rng: np.random.Generator, stage: Stage, difficulty: Difficulty, duration_s: float) -> list[Prop]:
    """Return cars that pass behind or among the people."""
    cars = []
    for _ in range(int(rng.integers(1, 4)) if rng.random() < difficulty.moving_scenery else 0):
        behind = rng.random() < 0.75
        depth = (
            stage.far_depth_m * rng.uniform(1.1, 1.4)
            if behind
            else stage.far_depth_m * rng.uniform(0.7, 0.95)
        )
        speed = float(rng.uniform(3, 9)) * (1 if rng.random() < 0.5 else -1)
        meets_s = rng.uniform(0.1, 0.9) * duration_s
        patch = PAINTERS["car"](rng, stage.scale_px(depth))
        cars.append(Prop(patch=patch, x_m=-speed * meets_s, depth_m=float(depth), speed=speed))
    return cars


def build_scene(
    rng: np.random.Generator,
    *,
    difficulty: Difficulty,
    size_wh: tuple[int, int],
    num_frames: int,
    frame_rate_hz: float,
) -> Scene:
    """Return a random scene; the same `rng` state gives the same scene."""
    duration_s = num_frames / frame_rate_hz
    moves = rng.random() < difficulty.camera_share
    reach_px = int(size_wh[0] * difficulty.camera_reach * rng.uniform(0.2, 1.0)) if moves else 0
    heights = (float(rng.uniform(*difficulty.person_height)), float(rng.uniform(*difficulty.nearest_height)))
    stage = make_stage(rng, size_wh=size_wh, height_range=heights, reach_px=reach_px)
    settings: tuple[Setting, ...] = ("street", "park", "plaza", "room")
    setting = settings[int(rng.integers(4))]
    actors = _actors(rng, stage, difficulty, duration_s)
    props = _seats(rng, stage, actors) + _occluders(rng, stage, difficulty, setting)
    if setting == "street":
        props += _traffic(rng, stage, difficulty, duration_s)
    shake_px = size_wh[0] * difficulty.shake_share * float(rng.uniform(0.2, 1.0))
    return Scene(
        stage=stage,
        backdrop=paint_backdrop(rng, stage=stage, setting=setting, contrast=difficulty.contrast),
        actors=actors,
        props=tuple(props),
        frame_rate_hz=frame_rate_hz,
        camera_shift=camera_path(
            rng, num_frames=num_frames, frame_rate_hz=frame_rate_hz, reach_px=reach_px, shake_px=shake_px
        ),
        light_gain=_light(rng, difficulty, np.arange(num_frames) / frame_rate_hz),
        shutter=difficulty.blur,
        noise_sigma=float(rng.uniform(*difficulty.noise)),
        noise_seed=int(rng.integers(1 << 31)),
        clouds=bool(setting != "room" and rng.random() < difficulty.moving_scenery),
    )
