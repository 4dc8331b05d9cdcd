"""How well hand-made looks tell people apart."""

from __future__ import annotations

import json

import numpy as np
import pytest

from mot_platform.metrics.identity.embedded_people import EmbeddedPeople
from mot_platform.metrics.identity.separation import SIMILARITIES, identity_separation


def people(rows: list[tuple[int, int, float]]) -> EmbeddedPeople:
    """Return people from frame, person and the angle of a two-dimensional embedding in degrees."""
    frame_index, person, angle = (np.array(column) for column in zip(*rows, strict=True))
    radians = np.deg2rad(angle.astype(np.float64))
    embedding = np.stack([np.cos(radians), np.sin(radians)], axis=1).astype(np.float32)
    return EmbeddedPeople(frame_index=frame_index, person=person, embedding=embedding)


def test_figures_are_those_of_the_pairs_counted_by_hand() -> None:
    # One person: 0 to 60 degrees (0.5), 90 to 90 (1.0). Two people: 0 to 90 (0.0), 90 to 60 (0.866).
    one = people([(0, 1, 0), (0, 2, 90), (1, 1, 60), (1, 2, 90)])
    found = identity_separation([one], min_similarity=0.6, gaps_frames=[1])
    (gap,) = found.gaps
    assert (gap.num_same, gap.num_different) == (2, 2)
    assert gap.auc == pytest.approx(3 / 4)
    assert gap.true_positive_rate == pytest.approx(1 / 2)
    assert gap.same_similarity == pytest.approx(0.75, abs=1e-4)
    assert gap.different_similarity == pytest.approx(np.cos(np.pi / 6) / 2, abs=1e-4)
    assert (gap.same_accepted, gap.different_accepted) == (0.5, 0.5)
    assert (gap.rank_1, gap.rank_1_by_chance) == (1, 0.5)
    assert gap.same_above[SIMILARITIES <= 0.45].tolist() == [1] * 46
    assert gap.same_above[99] == 0.5
    assert found.scalars()["auc_gap_1"] == gap.auc


def test_videos_are_pooled_and_people_of_two_videos_are_no_pair() -> None:
    alike, apart = (people([(0, 1, 0), (0, 2, turn), (1, 1, 0), (1, 2, turn)]) for turn in (0, 90))
    (gap,) = identity_separation([alike, apart], min_similarity=0.6, gaps_frames=[1]).gaps
    assert (gap.num_same, gap.num_different) == (4, 4)
    assert gap.auc == pytest.approx(0.75)  # half of the pairs of two people look like one person: a tie
    assert gap.rank_1 == 0.5  # a tie is not nearest
    assert gap.true_positive_rate == 0


def test_gaps_count_frames_of_the_video() -> None:
    one = people([(0, 1, 0), (0, 2, 90), (16, 1, 0), (17, 2, 90)])
    near, far, none = identity_separation([one], min_similarity=0.6, gaps_frames=[16, 17, 64]).gaps
    assert (near.num_same, near.num_different, far.num_same, far.num_different) == (1, 1, 1, 1)
    assert near.auc == far.auc == 1
    assert np.isnan(near.rank_1), "nobody else is there then"
    assert none.scalars() == {"num_same_gap_64": 0, "num_different_gap_64": 0}
    assert json.loads(json.dumps(none.to_dict()))["auc"] is None


def test_one_per_cent_of_two_people_may_pass_for_one() -> None:
    # In frame 0 somebody at 0 degrees, in frame 1 the same at 30 and a hundred others: one nearer, 99 not.
    others = [(1, 3 + number, 10.0 if number == 0 else 90.0) for number in range(100)]
    (gap,) = identity_separation(
        [people([(0, 1, 0), (1, 1, 30), *others])], min_similarity=0.6, gaps_frames=[1]
    ).gaps
    assert gap.true_positive_rate == 1
    assert gap.rank_1 == 0
    assert gap.auc == pytest.approx(0.99)
