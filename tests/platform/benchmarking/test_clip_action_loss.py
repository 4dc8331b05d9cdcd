"""What the clip model learns from."""

from __future__ import annotations

import pytest
import torch

from mot_platform.benchmarking.clip_action_loss import (
    KeyFrame,
    background,
    clip_action_loss,
    simulated_assignment,
)
from mot_platform.benchmarking.clip_action_network import ClipActionNetwork, ClipOutput, cells

CENTRE, STRIDE = cells(torch.Size((8, 8)), 8)


def key_frame(*boxes: tuple[float, float, float, float], has_boxes: bool = True) -> KeyFrame:
    num = len(boxes)
    return KeyFrame(
        xyxy=torch.tensor(boxes).reshape(-1, 4),
        action=torch.tensor([[1.0, 0.0, 1.0]]).expand(num, -1),
        knows_action=torch.ones(num, 3, dtype=torch.bool),
        ignored_xyxy=torch.zeros(0, 4),
        has_boxes=has_boxes,
    )


def output_of(xyxy: torch.Tensor) -> ClipOutput:
    num = len(CENTRE)
    return ClipOutput(
        torch.full((1, num), -3.0).requires_grad_(),
        torch.zeros(1, num, 3).requires_grad_(),
        xyxy[None],
        CENTRE,
        STRIDE,
    )


def assigned(frame: KeyFrame, xyxy: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    output = output_of(xyxy)
    return simulated_assignment(
        output.confidence_logit[0], output.action_logit[0], xyxy, CENTRE, STRIDE, frame
    )


def test_cells_in_the_middle_that_draw_the_box_answer_for_it() -> None:
    frame = key_frame((8.0, 8.0, 24.0, 40.0), (40.0, 16.0, 56.0, 48.0))
    size = torch.tensor([8.0, 16.0])
    drawn = torch.cat([CENTRE - size, CENTRE + size], 1)
    cell, target = assigned(frame, drawn)
    assert set(target.tolist()) == {0, 1}
    for number, box in enumerate(frame.xyxy):
        centres = CENTRE[cell[target == number]]
        assert 1 <= len(centres) <= 10
        assert ((centres > box[:2]) & (centres < box[2:])).all()
    assert len(cell.unique()) == len(cell)


def test_an_object_between_cells_still_has_one() -> None:
    cell, _ = assigned(key_frame((15.0, 15.0, 17.0, 17.0)), torch.cat([CENTRE - 1, CENTRE + 1], 1))
    assert len(cell) >= 1


@pytest.mark.parametrize("has_boxes", [True, False])
def test_a_frame_without_objects_has_a_finite_loss(has_boxes: bool) -> None:
    output = output_of(torch.cat([CENTRE - 8, CENTRE + 8], 1))
    loss = clip_action_loss(output, [key_frame(has_boxes=has_boxes)])
    loss.backward()
    assert torch.isfinite(loss)
    assert (loss > 0) == has_boxes


def test_ignored_regions_are_no_background() -> None:
    frame = key_frame()
    masked = KeyFrame(
        xyxy=frame.xyxy,
        action=frame.action,
        knows_action=frame.knows_action,
        ignored_xyxy=torch.tensor([[0.0, 0.0, 64.0, 32.0]]),
        has_boxes=True,
    )
    assert background(CENTRE, frame).all()
    assert background(CENTRE, masked).view(8, 8).all(1).tolist() == [False] * 4 + [True] * 4


def test_one_clip_is_learnt() -> None:
    torch.manual_seed(0)
    network = ClipActionNetwork(3)
    pixels = torch.randint(0, 256, (1, 2, 32, 64, 3), dtype=torch.uint8)
    frames = [key_frame((10.0, 2.0, 26.0, 30.0), (38.0, 6.0, 56.0, 28.0))]
    optimizer = torch.optim.AdamW(network.parameters(), lr=5e-3)
    losses = []
    for _ in range(20):
        loss = clip_action_loss(network(pixels), frames)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]
