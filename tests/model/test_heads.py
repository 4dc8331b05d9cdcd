"""Shapes and starting values of the heads."""

from __future__ import annotations

import torch

from mot_model.heads import Heads


def test_every_head_answers_for_every_cell() -> None:
    heads = Heads(channels=16, num_classes=2, embedding_dim=8, action_dim=12, num_actions=5)
    out = heads(torch.randn(3, 16, 4, 6), torch.randn(3, 16, 4, 6))
    assert out.one_to_one.score_logit.shape == (3, 2, 4, 6)
    assert out.embedding.shape == (3, 8, 4, 6)
    assert out.action_feature.shape == (3, 12, 4, 6)
    assert out.action_logit is not None
    assert out.action_logit.shape == (3, 5, 4, 6)
    torch.testing.assert_close(out.embedding.norm(dim=1), torch.ones(3, 4, 6))


def test_untrained_scores_are_low() -> None:
    heads = Heads(channels=16, num_classes=1, embedding_dim=8, action_dim=8, num_actions=1)
    score = heads(torch.randn(1, 16, 4, 6), torch.randn(1, 16, 4, 6)).one_to_one.score_logit.sigmoid()
    assert score.max() < 0.05


def test_training_branches_can_be_dropped() -> None:
    heads = Heads(channels=16, num_classes=1, embedding_dim=8, action_dim=8, num_actions=1)
    heads.drop_training_branches()
    out = heads(torch.randn(1, 16, 4, 6), torch.randn(1, 16, 4, 6))
    assert out.one_to_many is None
    assert out.action_logit is None
