"""Weights written as a program, and what the file says of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from mot_platform.errors import InputError
from mot_platform.exporting import FACTS, export_weights
from mot_platform.registry import file_digest
from mot_platform.weights import load_network


@torch.inference_mode()
def test_the_file_says_how_to_feed_the_program(untrained_weights: Path, tmp_path: Path) -> None:
    summary = export_weights(str(untrained_weights), tmp_path / "made" / "tiny.pt2")
    extra = {FACTS: ""}
    step = torch.export.load(summary.out, extra_files=extra).module()
    facts = json.loads(extra[FACTS])
    assert facts["model"]["digest"] == summary.model_digest == file_digest(untrained_weights)
    assert facts["network"]["action_names"] == ["sit", "stand"]
    assert list(facts["inputs"]) == ["pixels", "temporal_0", "temporal_1"]
    pixels, *buffers = (torch.zeros(shape) for shape in facts["inputs"].values())
    results = dict(zip(facts["outputs"], step(pixels.to(torch.uint8), *buffers), strict=True))
    network = load_network(untrained_weights).for_inference()
    found, _ = network.step(pixels.to(torch.uint8), network.initial_state(), 300)
    torch.testing.assert_close(results["score"], found.score, atol=1e-4, rtol=0)
    assert results["next_temporal_1"].shape == tuple(facts["inputs"]["temporal_1"])


@pytest.mark.parametrize(
    ("export_format", "name", "said"),
    [
        pytest.param("onnx", "a.onnx", "--format onnx: not there yet; torch is", id="onnx"),
        pytest.param("torch", "a.onnx", "is a .pt2 file", id="name"),
        pytest.param("torch", "a.pt2", "nowhere: no weights there", id="weights"),
    ],
)
def test_what_can_not_be_exported_is_said_in_one_line(
    export_format: str, name: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=said):
        export_weights("nowhere", tmp_path / name, export_format)  # type: ignore[arg-type]
