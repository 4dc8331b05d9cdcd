"""One worker's training: network, loss, optimiser, average and clips, stepped one optimiser step at a time.

Knows nothing of Ray, so that a test or a notebook can step it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from mot_model.clip import ClipBatch
from mot_model.heads import DetectionMap, HeadOutput
from mot_model.losses import MultiTaskLoss
from mot_model.network import JointNetwork
from mot_platform.training.checkpoint import load_checkpoint, save_checkpoint
from mot_platform.training.clip_loading import clip_numbers, load_clips
from mot_platform.training.config import TrainConfig
from mot_platform.training.initial_weights import take_over
from mot_platform.training.schedule import AveragedNetwork, build_optimizer, learning_rate
from mot_platform.training.stages import Stage, stages_of


class TrainingModule(nn.Module):
    """Network and loss as the one module that data-parallel training wraps."""

    def __init__(self, network: JointNetwork, loss: MultiTaskLoss, autocast: torch.dtype | None) -> None:
        super().__init__()
        self.network = network
        self.loss = loss
        self._autocast = autocast

    def forward(self, clips: ClipBatch) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the total loss and its terms for a batch of clips."""
        device = clips.pixels.device.type
        state = self.network.initial_state(len(clips.pixels), input_wh=clips.input_wh)
        with torch.autocast(device, dtype=self._autocast, enabled=self._autocast is not None):
            output, _ = self.network(clips.pixels, state)
        total, terms = self.loss(self.network, in_float32(output), clips)
        return total, terms


def in_float32(output: HeadOutput) -> HeadOutput:
    """Return `output` in the precision that losses need."""

    def detection(branch: DetectionMap | None) -> DetectionMap | None:
        return branch and DetectionMap(branch.score_logit.float(), branch.log_distance.float())

    one_to_one = detection(output.one_to_one)
    assert one_to_one is not None  # noqa: S101  the branch is always there
    return HeadOutput(
        one_to_one=one_to_one,
        one_to_many=detection(output.one_to_many),
        identity=output.identity.float(),
        action=output.action.float(),
        scene=output.scene.float(),
    )


def autocast_dtype(precision: str, device: torch.device) -> torch.dtype | None:
    """Return what to compute in: bfloat16 where asked, or on `auto` where the hardware multiplies in it."""
    if precision != "auto":
        return torch.bfloat16 if precision == "bfloat16" else None
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else None
    abilities = torch.cpu.get_capabilities()
    return torch.bfloat16 if abilities.get("avx512_bf16") or abilities.get("amx_bf16") else None


class TrainingSession:
    """Everything that one worker holds between steps.

    Args:
        config: The run; the network's words must be filled in.
        device: Where to compute.
        rank: This worker's number.
        world_size: Workers in all; more than one needs an initialised process group.
    """

    def __init__(
        self, config: TrainConfig, *, device: torch.device, rank: int = 0, world_size: int = 1
    ) -> None:
        if config.clips_per_step % world_size:
            raise ValueError(f"clips_per_step {config.clips_per_step} must divide by {world_size} workers")
        self.config = config
        self.device = device
        self.step = 0
        self._rank = rank
        self._world_size = world_size
        torch.manual_seed(config.seed)
        network = JointNetwork(config.network).to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        autocast = autocast_dtype(config.precision, device)
        self._module = TrainingModule(network, MultiTaskLoss(config.loss), autocast).to(device)
        self._parallel = DistributedDataParallel(self._module) if world_size > 1 else self._module
        self._optimizer = build_optimizer(nn.ModuleList([self._module]), config.optimizer)
        self.average = AveragedNetwork(network, config.optimizer.ema_decay)

    def begin_with(self, weights: Path) -> None:
        """Take over what fits of the file `weights`, before the first step."""
        take_over(self._module.network, weights)
        self.average = AveragedNetwork(self._module.network, self.config.optimizer.ema_decay)

    def save(self, folder: Path) -> None:
        """Write a checkpoint into `folder`."""
        save_checkpoint(
            folder, modules=self._modules(), average=self.average, optimizer=self._optimizer, step=self.step
        )

    def restore(self, folder: Path) -> None:
        """Continue from the checkpoint in `folder`."""
        self.step = load_checkpoint(
            folder, modules=self._modules(), average=self.average, optimizer=self._optimizer
        )

    def _modules(self) -> nn.ModuleDict:
        return nn.ModuleDict({"network": self._module.network, "loss": self._module.loss})

    @property
    def stage(self) -> Stage:
        """The stage of the last finished step."""
        return next(stage for stage in stages_of(self.config) if self.step <= stage.steps.stop)

    def clip_numbers(self) -> list[range]:
        """Return this worker's clips of each step that is left."""
        return clip_numbers(self.config, step=self.step, rank=self._rank, world_size=self._world_size)

    def run(self, batches: Iterable[ClipBatch] | None = None) -> Iterator[dict[str, float]]:
        """Train the steps that are left, yielding the losses and rates of each.

        Args:
            batches: Those of `clip_numbers`, in order; None prepares them here.
        """
        if batches is None:
            on_gpu = self.device.type == "cuda"
            batches = load_clips(self.config, self.clip_numbers(), pin_memory=on_gpu)
        begun_s = time.perf_counter()
        for clips in batches:
            metrics = self._train_step(clips.to(str(self.device)))
            num_frames = self._world_size * len(clips.pixels) * self.config.data.clip_frames
            yield metrics | {"frames": num_frames, "step_seconds": time.perf_counter() - begun_s}
            begun_s = time.perf_counter()

    def _train_step(self, clips: ClipBatch) -> dict[str, float]:
        """Do one optimiser step and return its numbers."""
        rate = learning_rate(self.step, self.config.steps, self.config.optimizer)
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        self._module.train()
        total, terms = self._parallel(clips)
        self._optimizer.zero_grad(set_to_none=True)
        total.backward()
        norm = nn.utils.clip_grad_norm_(self._module.parameters(), self.config.optimizer.gradient_clip)
        self._optimizer.step()
        self.average.update(self._module.network, self.step)
        self.step += 1
        losses = {f"loss/{name}": float(term.detach()) for name, term in terms.items()}
        weights = {
            f"task_weight/{task}": float(torch.exp(-value.detach()))
            for task, value in self._module.loss.log_variance.items()
        }
        rates = {"learning_rate": rate, "gradient_norm": float(norm)}
        return {"loss/total": float(total.detach())} | losses | weights | rates


def mean_of(steps: list[dict[str, float]]) -> dict[str, float]:
    """Return the mean of each metric over `steps`, all of the same names."""
    return {name: sum(step[name] for step in steps) / len(steps) for name in steps[0]} if steps else {}


def device_of_worker() -> torch.device:
    """Return the device to compute on: the first GPU that this process sees, or the CPU."""
    with contextlib.suppress(RuntimeError):
        if torch.cuda.is_available():
            return torch.device("cuda", 0)
    return torch.device("cpu")
