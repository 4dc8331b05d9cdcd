import numpy as np

from mot_platform.synth.looks import random_looks


def test_people_differ_and_the_seed_decides() -> None:
    people = [random_looks(np.random.default_rng(seed)) for seed in range(40)]
    assert len({person.shirt for person in people}) == 40
    assert len({person.lower for person in people}) == 4
    assert people[3] == random_looks(np.random.default_rng(3))
    assert all(1.1 <= person.height_m <= 2.0 for person in people)
