"""A card says the same to programs and to people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mot_platform.errors import InputError
from mot_platform.shipping.card import (
    DataFacts,
    EvaluationFacts,
    ModelCard,
    TrainingFacts,
    card_text,
    read_card,
    split_card,
)

TRAINED = DataFacts(what="800 synthetic videos", seed=11, licence="Drawn")
CARD = ModelCard(
    name="nano",
    license="mit",
    library_name="mot-action",
    digest="ab" * 32,
    size="nano",
    parameters=1_441_020,
    inference_parameters=1_302_234,
    input_wh=(320, 192),
    receptive_field_frames=15,
    class_names=("person",),
    action_ids=(11, 80),
    action_names=("sit", "watch (a person)"),
    hardware="2 CPU cores",
    training=(
        TrainingFacts(
            name="first",
            mlflow_run_id="0123",
            began_with=None,
            steps=9000,
            clips=72_000,
            clip_frames=8,
            image_sizes=("160x96", "320x192"),
            hours=3.14,
            data=(TRAINED,),
        ),
    ),
    evaluation=EvaluationFacts(
        data=replace(TRAINED, what="16 synthetic videos", seed=9001),
        videos=16,
        frames=1600,
        scores={"IDF1": 0.8765, "IDSW": 4.0},
    ),
    code_version="0.1.0",
    versions={"torch": "2.13.0"},
)


def test_the_facts_come_back(tmp_path: Path) -> None:
    path = tmp_path / "nano.md"
    path.write_text(card_text(CARD))
    assert read_card(path) == CARD


def test_people_read_the_facts_too(tmp_path: Path) -> None:
    path = tmp_path / "nano.md"
    path.write_text(card_text(CARD))
    _, body = split_card(path)
    assert body.startswith("# nano")
    for fact in (
        "1,302,234",
        CARD.digest,
        "sit (11), watch (a person) (80)",
        "| IDF1 | 0.876 |",
        "| identity switches | 4 |",
        "9,000 steps, 72,000 clips of 8 frames",
        "160x96, then 320x192 pixels, 3.1 hours",
        "800 synthetic videos. Drawn.",
        "(32 in a frame 640 wide)",
    ):
        assert fact in body
    assert "action" not in body.split("## Scores")[1].split("`mot-action")[0], "no score is invented"


def test_unknown_hours_are_left_out() -> None:
    training = (replace(CARD.training[0], hours=None),)
    assert "hours" not in card_text(replace(CARD, training=training)).split("# nano")[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("# nano\n", "no model card", id="no facts"),
        pytest.param("hello\n---\na: 1\n---\nbody", "begins with ---", id="text first"),
        pytest.param("---\nname: nano\n---\nbody", "digest: Field required", id="facts missing"),
        pytest.param(card_text(CARD).replace("size: nano", "siz: nano"), "siz: unknown key", id="typo"),
        pytest.param("---\na: [\n---\nbody", "nano.md: while parsing", id="not YAML"),
    ],
)
def test_what_is_no_card_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "nano.md"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        read_card(path)
