"""What a track remembers in training is what it remembers in the tracker."""

from __future__ import annotations

import torch

from mot_model.track_memory import TrackActionHead, causal_windows


def test_windows_hold_the_last_sightings_without_holes() -> None:
    feature = torch.arange(1.0, 6.0).view(1, 5, 1)
    present = torch.tensor([[True, False, True, True, True]])
    memory, valid = causal_windows(feature, present, 3)
    assert memory[0, 4, :, 0].tolist() == [3, 4, 5]
    assert memory[0, 2, :, 0].tolist() == [0, 1, 3]
    assert valid[0, 2].tolist() == [False, True, True]
    assert memory[0, 1, :, 0].tolist() == [0, 0, 1], "an absent frame adds nothing"


def test_windows_of_several_tracks_do_not_mix() -> None:
    feature = torch.stack([torch.ones(4, 2), 2 * torch.ones(4, 2)])
    memory, valid = causal_windows(feature, torch.ones(2, 4, dtype=torch.bool), 8)
    assert memory.shape == (2, 4, 8, 2)
    assert set(memory[0][valid[0]].flatten().tolist()) == {1.0}
    assert set(memory[1][valid[1]].flatten().tolist()) == {2.0}


def test_empty_slots_do_not_matter() -> None:
    torch.manual_seed(0)
    head = TrackActionHead(action_dim=8, num_actions=3, memory_frames=4)
    memory = torch.randn(2, 4, 8)
    valid = torch.tensor([[False, False, True, True], [True, True, True, True]])
    changed = memory.clone()
    changed[0, :2] = 0
    kept = memory * valid[..., None]
    torch.testing.assert_close(head(kept, valid), head(changed * valid[..., None], valid))
    assert head(memory, valid).shape == (2, 3)
    assert torch.isfinite(head(memory, valid)).all()


def test_one_sighting_is_enough() -> None:
    head = TrackActionHead(action_dim=8, num_actions=3, memory_frames=4)
    valid = torch.tensor([[False, False, False, True]])
    assert torch.isfinite(head(torch.randn(1, 4, 8) * valid[..., None], valid)).all()
