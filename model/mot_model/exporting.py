"""The network as a program of plain tensors: one frame and the state in, objects and the next state out.

What an exporter sees has no Python objects: the ring buffers are arguments and results, in the order of their
names. Whoever runs the program hands the results back as the next arguments.
"""

# B streams, N detections, D embedding, F action feature, H W input pixels

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.export import ExportedProgram

from mot_model.network import Candidates, JointNetwork
from mot_model.temporal_state import TemporalState

PIXELS = "pixels"
"""Name of the input that is no state."""
NEXT = "next_"
"""Before the name of a buffer: the result that becomes it."""


class StreamingStep(nn.Module):
    """One step of a network, its state taken apart into positional tensors.

    Args:
        network: Result of `JointNetwork.for_inference`.
        max_detections: Objects N of each frame, fewer where the map has fewer cells.
    """

    def __init__(self, network: JointNetwork, *, max_detections: int) -> None:
        super().__init__()
        self.network = network
        self.max_detections = max_detections
        self.state_names = tuple(sorted(network.initial_state().buffers))

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of the arguments, in order."""
        return (PIXELS, *self.state_names)

    @property
    def output_names(self) -> tuple[str, ...]:
        """Names of the results, in order."""
        return (*Candidates._fields, *(f"{NEXT}{name}" for name in self.state_names))

    def initial_inputs(self, num_streams: int = 1) -> tuple[Tensor, ...]:
        """Return a black frame and the state before the first frame of `num_streams` streams."""
        width, height = self.network.config.input_wh
        state = self.network.initial_state(num_streams)
        device = next(self.network.parameters()).device
        pixels = torch.zeros(num_streams, height, width, 3, dtype=torch.uint8, device=device)
        return (pixels, *(state.buffers[name] for name in self.state_names))

    def forward(self, pixels_BHW3: Tensor, *state: Tensor) -> tuple[Tensor, ...]:
        """Return the fields of `Candidates`, then the next state.

        Args:
            pixels_BHW3: uint8, RGB, of the network's input size.
            state: Buffers in the order of `state_names`.
        """
        before = TemporalState(dict(zip(self.state_names, state, strict=True)))
        found, after = self.network.step(pixels_BHW3, before, self.max_detections)
        return (*found, *(after.buffers[name] for name in self.state_names))


def export_program(
    network: JointNetwork, *, num_streams: int = 1, max_detections: int = 300
) -> ExportedProgram:
    """Return one step of `network` as a program that needs none of this code, see `StreamingStep`.

    Args:
        network: In training form or for inference; the program holds it folded.
        num_streams: Frames B of each call, one of each stream; fixed in the program.
        max_detections: Objects N of each frame.
    """
    step = StreamingStep(network.for_inference(), max_detections=max_detections).eval()
    with torch.no_grad():
        return torch.export.export(step, step.initial_inputs(num_streams))
