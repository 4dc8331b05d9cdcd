"""A card says the same to programs and to people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from mot_model.tracker_config import TrackerConfig
from mot_platform.errors import InputError
from mot_platform.shipping.card import ModelCard, card_text, read_card, split_card


def test_the_facts_come_back(model_card: ModelCard, tmp_path: Path) -> None:
    path = tmp_path / "nano.md"
    path.write_text(card_text(model_card))
    assert read_card(path) == model_card


def test_people_read_the_facts_too(model_card: ModelCard, tmp_path: Path) -> None:
    path = tmp_path / "nano.md"
    path.write_text(card_text(model_card))
    _, body = split_card(path)
    assert body.startswith("# nano")
    for fact in (
        "1,302,234",
        model_card.digest,
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


def test_settings_of_its_own_come_back(model_card: ModelCard, tmp_path: Path) -> None:
    path = tmp_path / "nano.md"
    tuned = replace(model_card, tracker=TrackerConfig(high_score=0.65))
    path.write_text(card_text(tuned))
    assert read_card(path) == tuned
    assert "settings of its own" in split_card(path)[1]
    assert "settings of its own" not in card_text(model_card)


def test_unknown_hours_are_left_out(model_card: ModelCard) -> None:
    training = (replace(model_card.training[0], hours=None),)
    assert "hours" not in card_text(replace(model_card, training=training)).split("# nano")[1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("# nano\n", "no model card", id="no facts"),
        pytest.param("hello\n---\na: 1\n---\nbody", "begins with ---", id="text first"),
        pytest.param("---\nname: nano\n---\nbody", "digest: Field required", id="facts missing"),
        pytest.param("---\nsiz: nano\n---\nbody", "siz: unknown key", id="typo"),
        pytest.param("---\na: [\n---\nbody", "nano.md: while parsing", id="not YAML"),
    ],
)
def test_what_is_no_card_is_named(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "nano.md"
    path.write_text(text)
    with pytest.raises(InputError, match=said):
        read_card(path)
