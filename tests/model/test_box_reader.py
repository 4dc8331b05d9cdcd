"""What is read in a box follows the box."""

from __future__ import annotations

import torch

from mot_model.box_reader import GRID_HW, BoxReader, points_in


def test_points_fill_the_box_row_by_row() -> None:
    points = points_in(torch.tensor([[[10.0, 20, 40, 70]]]))[0, 0]
    assert points.shape == (GRID_HW[0] * GRID_HW[1], 2)
    assert points[0].tolist() == [15, 25]
    assert points[1].tolist() == [25, 25]
    assert points[-1].tolist() == [35, 65]


def identity_reader() -> BoxReader:
    """Return a reader of one channel that gives its samples as they are."""
    num_points = GRID_HW[0] * GRID_HW[1]
    reader = BoxReader(1, num_points, stride=8)
    torch.nn.init.eye_(reader.mix.weight)
    torch.nn.init.zeros_(reader.mix.bias)
    return reader


def test_a_sample_is_the_map_at_its_place() -> None:
    rows, columns = torch.meshgrid(torch.arange(12.0), torch.arange(20.0), indexing="ij")
    x, y = (columns + 0.5) * 8, (rows + 0.5) * 8  # each cell knows where its middle is
    boxes = torch.tensor([[[20.0, 16, 60, 90], [30, 30, 34, 36]]])
    for coordinate, values in ((0, x), (1, y)):
        read = identity_reader()(values[None, None], boxes)
        torch.testing.assert_close(read[0], points_in(boxes)[0, ..., coordinate])


def test_boxes_beyond_the_image_read_its_edge() -> None:
    values = torch.arange(20.0).view(1, 1, 4, 5)
    far = torch.tensor([[[-1e6, -1e6, -9e5, -9e5], [1e6, 1e6, 1e7, 1e7]]])
    assert identity_reader()(values, far)[0].tolist() == [[0.0] * 15, [19.0] * 15]


def test_an_object_reads_the_same_alone_or_among_others() -> None:
    torch.manual_seed(0)
    reader, values = BoxReader(4, 6, stride=8), torch.randn(2, 4, 6, 8)
    boxes = torch.rand(2, 7, 4) * 20 + torch.tensor([0, 0, 20, 20])
    together = reader(values, boxes)
    torch.testing.assert_close(together[:, 3:4], reader(values, boxes[:, 3:4]))
    torch.testing.assert_close(together[1:], reader(values[1:], boxes[1:]))
