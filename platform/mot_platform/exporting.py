"""Weights as a program that runs without this package, in a file that says how to feed it."""

from __future__ import annotations

import json
import os
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import torch

from mot_model.exporting import StreamingStep, export_program
from mot_platform.commit import committed
from mot_platform.errors import InputError
from mot_platform.model_identity import resolve_model
from mot_platform.provenance import code_version
from mot_platform.weights import load_network

ExportFormat = Literal["torch", "onnx", "openvino"]
SUFFIX = ".pt2"
FACTS = "mot-action.json"
"""Beside the program in the file: what it is and how it is fed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExportSummary:
    """What was written."""

    out: Path
    size_bytes: int
    model_digest: str
    inputs: dict[str, tuple[int, ...]]
    """Shape of each argument by name, in order: uint8 RGB first, then the state, which begins with zeros."""
    outputs: tuple[str, ...]
    """Names of the results, in order; `next_NAME` is the next state NAME."""


def export_weights(weights: str, out: Path, export_format: ExportFormat = "torch") -> ExportSummary:
    """Write one step of the network of `weights` to `out`, for one stream.

    Args:
        weights: See `resolve_model`.
        out: A .pt2 file, which `torch.export.load` reads.
        export_format: Only torch so far.

    Raises:
        InputError: if there are no such weights, or the format or the name of the file is another.
        OSError: if the file can't be written.
    """
    if export_format != "torch":
        raise InputError(f"--format {export_format}: not there yet; torch is")
    if out.suffix != SUFFIX:
        raise InputError(f"--out {out}: a program of PyTorch is a {SUFFIX} file")
    model = resolve_model(weights)
    network = load_network(model.path)
    program = export_program(network)
    step = StreamingStep(network, max_detections=1)
    shapes = [tuple(value.shape) for value in step.initial_inputs()]
    inputs = dict(zip(step.input_names, shapes, strict=True))
    facts = {
        "inputs": inputs,
        "outputs": step.output_names,
        "network": asdict(network.config),
        "model": {"uri": model.uri, "digest": model.digest, "mlflow_run_id": model.mlflow_run_id},
        "code_version": code_version(),
    }
    out.parent.mkdir(parents=True, exist_ok=True)
    with committed(out, scratch=out.parent) as draft, draft.open("wb") as file, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "No complete tensor found")  # of kernels that lie channels last
        torch.export.save(program, file, extra_files={FACTS: json.dumps(facts)})
    return ExportSummary(
        out=out,
        size_bytes=os.path.getsize(out),
        model_digest=model.digest,
        inputs=inputs,
        outputs=step.output_names,
    )
