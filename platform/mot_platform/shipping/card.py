"""The model card of shipped weights: facts in YAML on top, the same facts for people below.

The layout is that of model cards on the Hugging Face hub. Both parts are made from one `ModelCard`, so they
can't disagree; `read_card` takes the facts back from the YAML.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import TypeAdapter, ValidationError

from mot_model.tracker_config import TrackerConfig
from mot_platform.config import describe, dump_config
from mot_platform.errors import InputError
from mot_platform.shipped_weights import shipped_card, shipped_names

TEMPLATE = "card.md.jinja"
FENCE = "---\n"
SCORES = {
    "detection_AP50": "detection, average precision at IoU 0.5",
    "detection_mAP": "detection, mean over IoU 0.5 to 0.95",
    "HOTA": "HOTA",
    "IDF1": "IDF1",
    "MOTA": "MOTA",
    "AssA": "association accuracy (AssA)",
    "IDSW": "identity switches",
    "action_mAP": "actions, frame mAP at IoU 0.5",
    "action_accuracy": "actions, accuracy along tracks",
}
"""What of an evaluation a card says, and in which words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DataFacts:
    """A synthetic corpus and whether what was learned from it may be given away."""

    what: str
    seed: int
    """Two corpora of one seed share videos."""
    licence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainingFacts:
    """One training run; weights may come from several, each beginning with those of the one before."""

    name: str
    mlflow_run_id: str | None
    began_with: str | None
    """Weights, None for random numbers."""
    steps: int
    clips: int
    """Seen in all of the steps."""
    clip_frames: int
    image_sizes: tuple[str, ...]
    """One after the other."""
    hours: float | None
    """Time in steps, without validation and pauses; None where no record of it is left."""
    data: tuple[DataFacts, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class EvaluationFacts:
    """What `mot-action evaluate` finds with the shipped file."""

    data: DataFacts
    videos: int
    frames: int
    scores: dict[str, float]
    """By the names of `SCORES`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelCard:
    """Everything that is said of shipped weights."""

    name: str
    license: str
    """Of the weights themselves."""
    library_name: str
    digest: str
    """SHA-256 of the file, hex."""
    size: str
    """Size of the network."""
    parameters: int
    """Stored, training branches included."""
    inference_parameters: int
    """Left when branches are folded or dropped."""
    input_wh: tuple[int, int]
    receptive_field_frames: int
    class_names: tuple[str, ...]
    action_ids: tuple[int, ...]
    action_names: tuple[str, ...]
    tracker: TrackerConfig | None
    """Association settings in the file's header, None where those for any network hold."""
    hardware: str
    """What it was trained on."""
    training: tuple[TrainingFacts, ...]
    """Oldest run first."""
    evaluation: EvaluationFacts
    code_version: str
    versions: dict[str, str]
    """Of the libraries, by name."""


def card_text(card: ModelCard) -> str:
    """Return the card as Markdown that begins with its facts as YAML."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=False,  # noqa: S701  Markdown, not HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    body = environment.get_template(TEMPLATE).render(card=card, score_words=SCORES)
    return f"{FENCE}{dump_config(card)}{FENCE}\n{body.strip()}\n"


def split_card(path: Path) -> tuple[str, str]:
    """Return the YAML and the Markdown of the card in `path`.

    Raises:
        InputError: if it can't be read or has no YAML on top.
    """
    try:
        empty, facts, body = path.read_text(encoding="utf-8").split(FENCE, 2)
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: no model card with facts between two lines of ---: {error}") from error
    if empty:
        raise InputError(f"{path}: a model card begins with ---")
    return facts, body.strip()


def shipped_cards() -> list[ModelCard]:
    """Return the cards of all weights that come with the package, by name.

    Raises:
        InputError: see `read_card`.
    """
    return [read_card(path) for path in map(shipped_card, shipped_names()) if path is not None]


def read_card(path: Path) -> ModelCard:
    """Return the facts of the card in `path`.

    Raises:
        InputError: if it is none, or a fact is missing, unknown or of a wrong type.
    """
    facts, _ = split_card(path)
    try:
        return TypeAdapter(ModelCard).validate_python(yaml.safe_load(facts), extra="forbid")
    except (yaml.YAMLError, ValidationError) as error:
        reason = describe(error) if isinstance(error, ValidationError) else " ".join(str(error).split())
        raise InputError(f"{path}: {reason}") from None
