"""Promise P1 holds after export: the program, stepped frame by frame, gives what the network gives a clip."""

from __future__ import annotations

import io

import pytest
import torch
from torch import nn

from mot_model.exporting import StreamingStep, export_program
from mot_model.network import SIZES, JointNetwork, NetworkConfig, Size
from mot_model.temporal import CausalLayer

FRAMES, STREAMS, DETECTIONS = 12, 2, 10


def network(size: Size) -> JointNetwork:
    torch.manual_seed(0)
    made = JointNetwork(
        NetworkConfig(size=size, input_wh=(96, 64), action_ids=(11, 12), action_names=("sit", "stand"))
    )
    for part in made.modules():
        if isinstance(part, nn.BatchNorm2d) and part.running_var is not None:
            nn.init.uniform_(part.running_var, 0.5, 2)
        if isinstance(part, CausalLayer):
            nn.init.normal_(part.taps)  # as after training: an untrained one knows only the present
    return made.eval()


@pytest.mark.filterwarnings("default")  # PyTorch's own deprecations
@pytest.mark.parametrize("size", list(SIZES))
@torch.inference_mode()
def test_the_exported_stream_equals_the_clip(size: Size) -> None:
    model = network(size)
    frames = torch.randint(0, 255, (STREAMS, FRAMES, 64, 96, 3), dtype=torch.uint8)
    clip, _ = model.for_inference().detect(frames, model.initial_state(STREAMS), DETECTIONS)
    file = io.BytesIO()
    torch.export.save(export_program(model, num_streams=STREAMS, max_detections=DETECTIONS), file)
    file.seek(0)
    step = torch.export.load(file).module()
    _, *state = StreamingStep(model, max_detections=DETECTIONS).initial_inputs(STREAMS)
    found = []
    for t in range(FRAMES):
        results = step(frames[:, t], *state)
        found.append(results[: len(clip)])
        state = results[len(clip) :]
    for streamed, wanted in zip(zip(*found, strict=True), clip, strict=True):
        joined = torch.stack(streamed, 1).flatten(0, 1)
        torch.testing.assert_close(joined.float(), wanted.float(), atol=1e-4, rtol=1e-4)


def test_inputs_and_outputs_have_names_in_order() -> None:
    step = StreamingStep(network("pico"), max_detections=DETECTIONS)
    buffers = ("temporal_0", "temporal_1", "temporal_2")
    assert step.input_names == ("pixels", *buffers)
    assert step.output_names[:5] == ("xyxy", "score", "class_id", "embedding", "action_feature")
    assert step.output_names[5:] == tuple(f"next_{name}" for name in buffers)
    assert [tuple(value.shape[:2]) for value in step.initial_inputs(2)] == [(2, 64), (2, 2), (2, 4), (2, 8)]
