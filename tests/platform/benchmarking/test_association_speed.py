"""What `bench associate` measures."""

from __future__ import annotations

import json

import pytest

from mot_platform.benchmarking.association_speed import measure_association
from mot_platform.benchmarking.contestants import present
from mot_platform.benchmarking.own_trackers import YARDSTICK, ours
from mot_platform.errors import InputError

FIELD = present([ours(), YARDSTICK])


def test_each_number_of_objects_has_each_tracker() -> None:
    speed = measure_association(FIELD, objects=[5, 2, 5], rounds=1)
    assert list(speed.steps) == [2, 5]
    result = json.loads(json.dumps(speed.to_dict()))
    assert [time["name"] for time in result["steps"]["5"]] == [each.name for each in FIELD.contestants]
    assert result["machine"]["num_cpus"] >= 1
    assert result["versions"]["mot-action"]


@pytest.mark.parametrize(("objects", "rounds"), [([0], 1), ([3], 0)])
def test_nothing_to_measure_is_an_error(objects: list[int], rounds: int) -> None:
    with pytest.raises(InputError, match="expected numbers from 1"):
        measure_association(FIELD, objects=objects, rounds=rounds)
