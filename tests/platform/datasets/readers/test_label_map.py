"""Behaviour of label maps."""

from __future__ import annotations

import pytest

from mot_platform.datasets.readers.label_map import LabelMap, read_label_map
from mot_platform.errors import InputError


def test_a_label_map(write_text) -> None:
    path = write_text(
        "map.yaml",
        "classes: {pedestrian: person, car: null}\nactions: {walking: walk}\n"
        "ignored: [crowd]\ncomplete: [person]\n",
    )
    assert read_label_map(path) == LabelMap(
        classes={"pedestrian": "person", "car": None},
        actions={"walking": "walk"},
        ignored=("crowd",),
        complete=("person",),
    )
    assert read_label_map(None) == LabelMap()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("clases: {a: b}", "clases: unknown key"),
        ("classes: [a, b]", "classes: Input should be a valid "),
        ("classes: {a: [b]}", "classes.a: Input should be a valid string"),
        ("ignored: crowd", "ignored: Input should be a valid tuple"),
        ("classes: {crowd: null}\nignored: [crowd]", "ignored: crowd is dropped by classes"),
    ],
)
def test_a_wrong_key_or_value_is_named(write_text, text, message) -> None:
    with pytest.raises(InputError, match=message):
        read_label_map(write_text("map.yaml", text))
