from dataclasses import fields

from mot_platform.synth.difficulty import DIFFICULTIES
from mot_platform.synth.motion import MOVEMENTS
from mot_platform.synth.props import PAINTERS


def test_grades_get_harder() -> None:
    easy, default, hard = (DIFFICULTIES[name] for name in ("easy", "default", "hard"))
    assert easy.num_people[1] < default.num_people[1] < hard.num_people[1]
    assert easy.person_height[0] > default.person_height[0] > hard.person_height[0]
    assert easy.camera_share == 0


def test_ranges_are_in_order_and_every_stay_can_be_played() -> None:
    for difficulty in DIFFICULTIES.values():
        for field in fields(difficulty):
            value = getattr(difficulty, field.name)
            if isinstance(value, tuple) and len(value) == 2:
                assert value[0] <= value[1]
        assert set(difficulty.repertoire.stays) <= {*MOVEMENTS, "wave"}
        assert difficulty.occluder_kinds <= set(PAINTERS)
