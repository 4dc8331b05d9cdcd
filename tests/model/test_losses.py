"""Promise P8: any subset of labels trains, and what is not labelled costs nothing.

The losses of 20 steps are compared with those on record. A change that is meant to change them records anew:

    RECORD_GOLDEN=1 python -m pytest tests/model/test_losses.py -k on_record
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from mot_model.clip import ClipBatch
from mot_model.losses import TASKS, MultiTaskLoss, background, generalised_iou_loss
from mot_model.network import JointNetwork, NetworkConfig

SIZE_WH = (64, 64)
GOLDEN_FILE = Path(__file__).parents[1] / "golden" / "loss_of_20_steps.json"
GOLDEN_TOLERANCE = 1e-3
"""Relative. These steps blow a difference up a million times, and kernels of other machines add up in another
order: in float64 that leaves about 1e-9, in float32 it would leave nothing to compare."""


def network() -> JointNetwork:
    torch.manual_seed(0)
    return JointNetwork(
        NetworkConfig(
            size="pico",
            input_wh=SIZE_WH,
            temporal_dilations=(1,),
            embedding_dim=16,
            action_dim=16,
            memory_frames=2,
            action_ids=(11, 12),
            action_names=("sit", "stand"),
        )
    )


def clip_batch(num_objects: int = 2, num_frames: int = 4) -> ClipBatch:
    """Return one clip of white squares that move right, the second of which `sits`."""
    pixels = torch.zeros(1, num_frames, SIZE_WH[1], SIZE_WH[0], 3, dtype=torch.uint8)
    xyxy = torch.zeros(1, num_frames, num_objects, 4)
    for t in range(num_frames):
        for g in range(num_objects):
            x, y = 6 + 40 * (g % 2) + 3 * t, 8 + 6 * (g // 2)
            pixels[0, t, y : y + 40, x : x + 20] = torch.tensor([250, 120 * g % 250, 30])
            xyxy[0, t, g] = torch.tensor([x, y, x + 20, y + 40])
    shape = (1, num_frames, num_objects)
    action = torch.zeros(*shape, 2)
    action[..., 0::2, 1] = 1
    action[..., 1::2, 0] = 1
    return ClipBatch(
        pixels=pixels,
        xyxy=xyxy,
        present=torch.ones(shape, dtype=torch.bool),
        ignored=torch.zeros(shape, dtype=torch.bool),
        class_id=torch.zeros(shape, dtype=torch.long),
        track_id=torch.arange(num_objects).expand(shape).clone(),
        action=action,
        has_action=torch.ones(*shape, 2, dtype=torch.bool),
        has_boxes=torch.ones(1, num_frames, 1, dtype=torch.bool),
    )


def without_ids(clips: ClipBatch) -> ClipBatch:
    return replace(clips, track_id=torch.full_like(clips.track_id, -1))


def without_actions(clips: ClipBatch) -> ClipBatch:
    return replace(clips, has_action=torch.zeros_like(clips.has_action))


def without_objects(clips: ClipBatch) -> ClipBatch:
    return replace(clips, present=torch.zeros_like(clips.present))


def without_complete_boxes(clips: ClipBatch) -> ClipBatch:
    return replace(clips, has_boxes=torch.zeros_like(clips.has_boxes))


def with_an_empty_frame(clips: ClipBatch) -> ClipBatch:
    present = clips.present.clone()
    present[:, 1] = False
    return replace(clips, present=present)


def total_and_terms(model: JointNetwork, clips: ClipBatch) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    output, _ = model(clips.pixels, model.initial_state(1))
    total, terms = MultiTaskLoss()(model, output, clips)
    return total, terms


@pytest.mark.parametrize(
    ("clips", "silent"),
    [
        pytest.param(clip_batch(), set(), id="everything labelled"),
        pytest.param(without_ids(clip_batch()), {"identity"}, id="boxes and actions"),
        pytest.param(without_actions(clip_batch()), {"action_frame", "action_track"}, id="boxes and ids"),
        pytest.param(
            without_ids(without_actions(clip_batch())),
            {"identity", "action_frame", "action_track"},
            id="boxes",
        ),
        pytest.param(
            without_objects(clip_batch()),
            {"box", "distance", "identity", "action_frame", "action_track"},
            id="empty frames",
        ),
        pytest.param(with_an_empty_frame(clip_batch()), set(), id="one empty frame"),
        pytest.param(
            clip_batch(0),
            {"box", "distance", "identity", "action_frame", "action_track"},
            id="no slot at all",
        ),
        pytest.param(clip_batch(1), {"identity"}, id="one object, with nobody to be confused with"),
        pytest.param(clip_batch(300, 1), {"identity"}, id="three hundred objects in one frame"),
    ],
)
def test_unlabelled_terms_are_zero_and_every_gradient_is_finite(clips: ClipBatch, silent: set[str]) -> None:
    model = network()
    total, terms = total_and_terms(model, clips)
    total.backward()
    assert torch.isfinite(total)
    assert {name for name, term in terms.items() if name.removesuffix("_many") in silent} == {
        name for name, term in terms.items() if term == 0
    }
    missing = [name for name, p in model.named_parameters() if p.grad is None]
    assert not missing, "data-parallel training needs a gradient for every parameter"
    assert all(torch.isfinite(p.grad).all() for p in model.parameters() if p.grad is not None)


def test_frames_without_complete_boxes_teach_no_background() -> None:
    unlabelled = without_complete_boxes(without_objects(clip_batch()))
    _, terms = total_and_terms(network(), unlabelled)
    assert terms["score"] == 0


def test_an_action_that_a_source_does_not_label_costs_nothing() -> None:
    clips = clip_batch()
    has_action = clips.has_action.clone()
    has_action[..., 1] = False
    partly = replace(clips, has_action=has_action)
    told_otherwise = replace(partly, action=torch.stack([clips.action[..., 0], 1 - clips.action[..., 1]], -1))
    terms, others = (total_and_terms(network(), labels)[1] for labels in (partly, told_otherwise))
    for name in ("action_frame", "action_track"):
        assert 0 < terms[name] == others[name] < total_and_terms(network(), clips)[1][name]


def test_background_is_taught_of_the_classes_that_are_complete() -> None:
    clips = clip_batch()
    has_boxes = torch.tensor([True, False]).expand(1, 4, 2)
    cells = background(replace(clips, has_boxes=has_boxes), (8, 8))
    assert cells.shape == (4, 64, 2)
    assert cells[..., 0].all()
    assert not cells[..., 1].any()


def test_ignored_regions_are_neither_object_nor_background() -> None:
    clips = clip_batch()
    ignored = replace(
        clips, ignored=torch.ones_like(clips.ignored), xyxy=clips.xyxy * 0 + torch.tensor([0, 0, *SIZE_WH])
    )
    _, terms = total_and_terms(network(), ignored)
    assert terms["score"] == 0
    assert terms["box"] == 0


def steps(model: JointNetwork, clips: ClipBatch, num_steps: int) -> Iterator[tuple[float, float]]:
    """Train on the same clips with a falling rate; yield the total and the sum of terms of each step."""
    loss = MultiTaskLoss()
    optimizer = torch.optim.AdamW([*model.parameters(), *loss.parameters()], lr=8e-3)
    falling = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda i: min(1, (i + 1) / 4) * (1 - i / num_steps)
    )
    for _ in range(num_steps):
        output, _ = model(clips.pixels, model.initial_state(1))
        total, terms = loss(model, output, clips)
        yield total.item(), sum(term.item() for term in terms.values())
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        falling.step()


@pytest.mark.parametrize(
    "reduce_labels",
    [
        pytest.param(lambda clips: clips, id="all labels"),
        pytest.param(lambda clips: without_ids(without_actions(clips)), id="boxes"),
        pytest.param(without_actions, id="boxes and ids"),
        pytest.param(without_ids, id="boxes and actions"),
        pytest.param(without_complete_boxes, id="ids and actions of some, boxes not complete"),
    ],
)
def test_one_clip_is_learnt_by_heart(reduce_labels: Callable[[ClipBatch], ClipBatch]) -> None:
    sums = [terms for _, terms in steps(network(), reduce_labels(clip_batch(num_frames=2)), 32)]
    assert sums[-1] < 0.1 * sums[0]


def on_a_grid(model: JointNetwork) -> JointNetwork:
    """Return the model in float64, without the last bits of its weights, in which machines may differ."""
    model = model.double()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_((parameter * 2**12).round() / 2**12)
    return model


def test_losses_of_twenty_steps_are_those_on_record() -> None:
    totals = [total for total, _ in steps(on_a_grid(network()), clip_batch(num_frames=2), 20)]
    if os.environ.get("RECORD_GOLDEN"):
        GOLDEN_FILE.write_text(json.dumps({"torch": torch.__version__, "total": totals}, indent=1) + "\n")
    assert totals == pytest.approx(json.loads(GOLDEN_FILE.read_text())["total"], rel=GOLDEN_TOLERANCE)


def test_giou_of_apart_boxes_grows_with_distance() -> None:
    box = torch.tensor([[0.0, 0, 10, 10]])
    near, far = torch.tensor([[12.0, 0, 22, 10]]), torch.tensor([[50.0, 0, 60, 10]])
    assert generalised_iou_loss(box, box) == 0
    assert 1 < generalised_iou_loss(box, near) < generalised_iou_loss(box, far) < 2


def test_every_term_has_a_task() -> None:
    _, terms = total_and_terms(network(), clip_batch())
    assert set(terms) == {name for names in TASKS.values() for name in names}
