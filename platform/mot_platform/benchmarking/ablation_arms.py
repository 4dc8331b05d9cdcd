"""The arms of the ablation of the joint network: what each trains and how it is run, one change each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pydantic import TypeAdapter

from mot_platform.config import plain, set_dotted
from mot_platform.metrics.actions.action_readings import PER_FRAME, SMOOTHED
from mot_platform.training.config import TrainConfig

BASE = "joint"
TRAININGS: Mapping[str, tuple[str, ...]] = {
    BASE: (),
    "joint-long": (),
    "detection": ("loss.tasks=[detection]",),
    "identity": ("loss.tasks=[identity]",),
    "action": ("loss.tasks=[action]",),
    "temporal-off": ("network.temporal_dilations=[]",),
    "field-3": ("network.temporal_dilations=[1]",),
    "field-7": ("network.temporal_dilations=[1, 2]",),
    "one-to-many-off": ("loss.one_to_many=false",),
}
"""What is trained, as settings changed from those of the configuration file."""
LONGER: Mapping[str, int] = {"joint-long": 3}
"""How many times the steps of the configuration file some of them take."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arm:
    """One row: trained weights and how they are run."""

    what: str
    """In words."""
    trainings: tuple[str, ...]
    """Of `TRAININGS`: one network, or those for detection, identity and action in this order."""
    appearance: bool = True
    """Whether embeddings have a say in association."""
    action_reading: str | None = None
    """Other than from track memory, see `action_readings`."""


ARMS: Mapping[str, Arm] = {
    BASE: Arm(what="the joint network", trainings=(BASE,)),
    "joint-long": Arm(
        what="the joint network, three times the steps: the computation of three networks",
        trainings=("joint-long",),
    ),
    "separate": Arm(
        what="three networks of its size, each trained on one task",
        trainings=("detection", "identity", "action"),
    ),
    "detection-apart": Arm(
        what="boxes of the network that learns nothing else", trainings=("detection", BASE, BASE)
    ),
    "identity-apart": Arm(
        what="embeddings of the network that learns nothing else", trainings=(BASE, "identity", BASE)
    ),
    "action-apart": Arm(
        what="actions of the network that learns nothing else", trainings=(BASE, BASE, "action")
    ),
    "temporal-off": Arm(what="no temporal encoder: R = 1", trainings=("temporal-off",)),
    "field-3": Arm(what="R = 3 frames", trainings=("field-3",)),
    "field-7": Arm(what="R = 7 frames", trainings=("field-7",)),
    "one-to-many-off": Arm(what="no one-to-many branch in training", trainings=("one-to-many-off",)),
    "embedding-off": Arm(
        what="no embedding in association, same weights", trainings=(BASE,), appearance=False
    ),
    "memory-off": Arm(
        what="actions of the present frame alone, same weights", trainings=(BASE,), action_reading=PER_FRAME
    ),
    "memory-mean": Arm(
        what="actions as mean over the last frames, same weights", trainings=(BASE,), action_reading=SMOOTHED
    ),
}
"""By the name that `--arms` takes."""


def arm_config(base: TrainConfig, training: str, seed: int) -> TrainConfig:
    """Return the configuration of one of `TRAININGS` with a seed."""
    data = plain(asdict(base))
    steps = base.steps * LONGER.get(training, 1)
    for override in (*TRAININGS[training], f"steps={steps}", f"seed={seed}"):
        set_dotted(data, override)
    return TypeAdapter(TrainConfig).validate_python(data, extra="forbid")
