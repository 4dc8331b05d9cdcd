"""What a person looks like: build, skin, hair, clothes and what they carry, drawn at random."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypeVar

import numpy as np

Rgb: TypeAlias = tuple[float, float, float]
ShirtPattern: TypeAlias = Literal["plain", "stripes", "yoke", "jacket", "band"]
Lower: TypeAlias = Literal["trousers", "shorts", "skirt", "dress"]
Hair: TypeAlias = Literal["short", "long", "bun", "bald", "cap", "hood"]
Bag: TypeAlias = Literal["none", "backpack", "handbag"]

_Choice = TypeVar("_Choice", bound=str)

SKIN_TONES: tuple[Rgb, ...] = (
    (247, 214, 186),
    (233, 190, 155),
    (214, 163, 124),
    (176, 122, 86),
    (131, 86, 58),
    (92, 58, 40),
)
HAIR_TONES: tuple[Rgb, ...] = (
    (28, 24, 22),
    (58, 38, 26),
    (104, 70, 40),
    (188, 150, 92),
    (150, 62, 30),
    (176, 174, 170),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Looks:
    """The appearance of one person, the same for a whole video."""

    height_m: float
    """Standing height in metres."""
    build: float
    """Factor on the thickness of the body, around 1."""
    skin: Rgb
    hair: Rgb
    hair_style: Hair
    shirt: Rgb
    shirt_second: Rgb
    shirt_pattern: ShirtPattern
    long_sleeves: bool
    lower: Lower
    lower_colour: Rgb
    shoes: Rgb
    bag: Bag
    bag_colour: Rgb
    fabric_seed: int
    """Chooses the piece of cloth grain that is laid over the figure."""


def _colour(rng: np.random.Generator, *, saturation: tuple[float, float], value: tuple[float, float]) -> Rgb:
    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.uniform(*saturation), rng.uniform(*value))
    return 255 * red, 255 * green, 255 * blue


def _cloth(rng: np.random.Generator) -> Rgb:
    """Return a cloth colour: mostly strong, sometimes grey, white or dark."""
    kind = rng.random()
    if kind < 0.55:
        return _colour(rng, saturation=(0.5, 0.95), value=(0.4, 0.95))
    if kind < 0.75:
        return _colour(rng, saturation=(0.15, 0.5), value=(0.55, 0.95))
    return _colour(rng, saturation=(0.0, 0.15), value=(0.12, 0.95))


def _trousers(rng: np.random.Generator) -> Rgb:
    """Return a colour for the lower body: denim, dark, sand or anything."""
    kind = rng.random()
    if kind < 0.35:
        return 45 + rng.uniform(-15, 40), 65 + rng.uniform(-15, 40), 110 + rng.uniform(-25, 45)
    if kind < 0.65:
        return _colour(rng, saturation=(0.0, 0.25), value=(0.12, 0.35))
    if kind < 0.8:
        return 180 + rng.uniform(-25, 25), 160 + rng.uniform(-25, 25), 120 + rng.uniform(-20, 20)
    return _cloth(rng)


def _pick(rng: np.random.Generator, choices: dict[_Choice, float]) -> _Choice:
    """Return a key of `choices` with probability proportional to its weight."""
    weights = np.array(list(choices.values()))
    return list(choices)[int(rng.choice(len(weights), p=weights / weights.sum()))]


def random_looks(rng: np.random.Generator) -> Looks:
    """Return the appearance of a random person, one in eight of them a child."""
    child = rng.random() < 0.125
    patterns: dict[ShirtPattern, float] = {"plain": 4, "stripes": 2.5, "yoke": 1.5, "jacket": 2, "band": 1.5}
    lowers: dict[Lower, float] = {"trousers": 6, "shorts": 1.6, "skirt": 1.0, "dress": 1.0}
    hairs: dict[Hair, float] = {"short": 4, "long": 2.5, "bun": 1, "bald": 0.7, "cap": 1, "hood": 0.6}
    bags: dict[Bag, float] = {"none": 6, "backpack": 2, "handbag": 1.5}
    return Looks(
        height_m=float(rng.uniform(1.15, 1.45) if child else np.clip(rng.normal(1.72, 0.09), 1.5, 1.98)),
        build=float(np.clip(rng.normal(1.04, 0.12), 0.82, 1.4)),
        skin=SKIN_TONES[int(rng.integers(len(SKIN_TONES)))],
        hair=HAIR_TONES[int(rng.integers(len(HAIR_TONES)))],
        hair_style=_pick(rng, hairs),
        shirt=_cloth(rng),
        shirt_second=_cloth(rng),
        shirt_pattern=_pick(rng, patterns),
        long_sleeves=bool(rng.random() < 0.55),
        lower=_pick(rng, lowers),
        lower_colour=_trousers(rng),
        shoes=_trousers(rng) if rng.random() < 0.7 else _cloth(rng),
        bag=_pick(rng, bags),
        bag_colour=_cloth(rng),
        fabric_seed=int(rng.integers(1 << 16)),
    )
