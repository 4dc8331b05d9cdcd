"""Shapes and starting values of the heads."""

from __future__ import annotations

import torch

from mot_model.heads import Heads


def make_heads(**sizes: int) -> Heads:
    torch.manual_seed(0)
    given = {"num_classes": 1, "embedding_dim": 8, "action_dim": 8, "num_actions": 1} | sizes
    return Heads(channels=16, stride=8, **given)


def test_every_head_answers() -> None:
    heads = make_heads(num_classes=2, action_dim=12)
    out = heads(torch.randn(3, 16, 4, 6), torch.randn(3, 16, 4, 6))
    assert out.one_to_one.score_logit.shape == (3, 2, 4, 6)
    boxes = torch.tensor([[0.0, 0, 20, 30], [10, 2, 40, 30]]).expand(3, 2, 4)
    embedding = heads.embedding(out.identity, boxes)
    assert embedding.shape == (3, 2, 8)
    torch.testing.assert_close(embedding.norm(dim=-1), torch.ones(3, 2))
    feature = heads.action_feature(out.action, out.scene, boxes)
    assert feature.shape == (3, 2, 12)
    torch.testing.assert_close(feature[:, 0, 9:], feature[:, 1, 9:])  # the scene is everybody's


def test_nobody_to_read_is_no_error() -> None:
    heads = make_heads()
    out = heads(torch.randn(2, 16, 4, 6), torch.randn(2, 16, 4, 6))
    assert heads.embedding(out.identity, torch.zeros(2, 0, 4)).shape == (2, 0, 8)


def test_untrained_scores_are_low() -> None:
    heads = make_heads()
    score = heads(torch.randn(1, 16, 4, 6), torch.randn(1, 16, 4, 6)).one_to_one.score_logit.sigmoid()
    assert score.max() < 0.05


def test_training_branches_can_be_dropped() -> None:
    heads = make_heads()
    heads.drop_training_branches()
    out = heads(torch.randn(1, 16, 4, 6), torch.randn(1, 16, 4, 6))
    assert out.one_to_many is None
    assert heads.action_logit is None
