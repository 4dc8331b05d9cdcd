"""Which cells answer for which object."""

from __future__ import annotations

import torch
from torch import Tensor

from mot_model.assignment import Assignment, assign
from mot_model.network import cell_centres

MAP_HW = (6, 8)


def assigned(boxes: Tensor, cells_per_object: int, *, score: Tensor | None = None) -> Assignment:
    """Assign objects `(B, G, 4)` on a map whose cells all predict a 16 px square."""
    centre = cell_centres(MAP_HW)
    predicted = torch.cat([centre - 8, centre + 8], -1).expand(len(boxes), -1, -1)
    return assign(
        score_BNK=torch.full((len(boxes), len(centre), 1), 0.1) if score is None else score,
        box_BN4=predicted,
        centre_N2=centre,
        target_BG4=boxes,
        class_BG=torch.zeros(boxes.shape[:2], dtype=torch.long),
        present_BG=boxes[..., 2] > boxes[..., 0],
        cells_per_object=cells_per_object,
    )


def test_one_to_one_takes_the_centre_cell() -> None:
    found = assigned(torch.tensor([[[12.0, 12, 28, 28]]]), 1)
    assert found.cell.tolist() == [2 * 8 + 2]
    assert found.quality.tolist() == [1.0]


def test_one_to_many_takes_several_cells_of_falling_quality() -> None:
    found = assigned(torch.tensor([[[8.0, 8, 32, 32]]]), 5)
    assert len(found.cell) == 5
    assert found.quality.max() > found.quality.min() > 0


def test_a_cell_belongs_to_one_object_only() -> None:
    found = assigned(torch.tensor([[[8.0, 8, 32, 32], [8, 10, 32, 34]]]), 9)
    assert len(set(found.cell.tolist())) == len(found.cell)
    assert set(found.target.tolist()) == {0, 1}


def test_an_object_smaller_than_a_cell_is_not_lost() -> None:
    assert len(assigned(torch.tensor([[[9.0, 9, 11, 11]]]), 1).cell) == 1


def test_an_object_half_outside_is_found_where_it_shows() -> None:
    found = assigned(torch.tensor([[[-40.0, 8, 8, 40]]]), 1)
    assert (found.cell % 8).tolist() == [0]


def test_empty_frames_and_slots_give_nothing() -> None:
    assert len(assigned(torch.zeros(2, 0, 4), 9).cell) == 0
    assert len(assigned(torch.zeros(2, 3, 4), 9).cell) == 0
