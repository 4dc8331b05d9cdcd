"""Pairs of people, counted by their similarity."""

from __future__ import annotations

import numpy as np
import pytest

from mot_platform.metrics.identity import similarity_counts
from mot_platform.metrics.identity.embedded_people import EmbeddedPeople
from mot_platform.metrics.identity.similarity_counts import NUM_STEPS, add_counts, count_pairs


@pytest.fixture
def crowd() -> EmbeddedPeople:
    """Return up to nine people in each of thirty frames, with looks at random."""
    random = np.random.default_rng(0)
    there = random.random((30, 9)) < 0.6
    frame_index, person = np.nonzero(there)
    embedding = random.normal(size=(len(person), 8)).astype(np.float32)
    embedding /= np.linalg.norm(embedding, axis=1, keepdims=True)
    return EmbeddedPeople(frame_index=frame_index, person=person, embedding=embedding)


def test_counts_are_those_of_all_pairs_whatever_is_looked_at_together(
    crowd: EmbeddedPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = count_pairs(crowd, 16)
    apart = crowd.frame_index[None] - crowd.frame_index[:, None] == 16
    is_same = crowd.person[None] == crowd.person[:, None]
    similarity = (crowd.embedding @ crowd.embedding.T).astype(np.float64)
    expected, _ = np.histogram(similarity[apart & ~is_same], NUM_STEPS, range=(-1, 1))
    assert whole.same.sum() == (apart & is_same).sum() > 20
    assert np.abs(np.cumsum(whole.different - expected)).max() <= 1, "sums differ in their last bit"
    nearest = np.where(apart, similarity, -2).argmax(axis=1)
    ranked = (apart & is_same).any(axis=1) & (apart & ~is_same).any(axis=1)
    assert whole.num_ranked == ranked.sum()
    assert whole.num_nearest == (crowd.person[nearest] == crowd.person)[ranked].sum()
    assert whole.num_nearest_by_chance == pytest.approx((1 / apart.sum(axis=1)[ranked]).sum())
    monkeypatch.setattr(similarity_counts, "_MAX_PAIRS_AT_ONCE", 7)
    in_blocks = count_pairs(crowd, 16)
    np.testing.assert_array_equal(in_blocks.same, whole.same)
    np.testing.assert_array_equal(in_blocks.different, whole.different)
    assert (in_blocks.num_ranked, in_blocks.num_nearest) == (whole.num_ranked, whole.num_nearest)


def test_nothing_adds_nothing(crowd: EmbeddedPeople) -> None:
    nobody = EmbeddedPeople(
        frame_index=crowd.frame_index[:0], person=crowd.person[:0], embedding=crowd.embedding[:0]
    )
    assert add_counts([count_pairs(nobody, 1), count_pairs(crowd, 64)]).num_ranked == 0
