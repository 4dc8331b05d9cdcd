"""The stages of a run: most of what there is to learn shows on small images too, several times faster."""

from __future__ import annotations

from dataclasses import dataclass

from mot_platform.training.config import TrainConfig


@dataclass(frozen=True, slots=True)
class Stage:
    """Consecutive steps on images of one size."""

    steps: range
    """Of the run, from 0."""
    first_clip: int
    """Number of its first clip in the stream of clips."""
    clips_per_step: int
    input_wh: tuple[int, int]

    @property
    def stop_clip(self) -> int:
        """Number of the first clip after it."""
        return self.first_clip + len(self.steps) * self.clips_per_step

    def clips_of(self, step: int) -> range:
        """Return the clips of one of its steps, by their number in the stream."""
        first = self.first_clip + (step - self.steps.start) * self.clips_per_step
        return range(first, first + self.clips_per_step)


def stages_of(config: TrainConfig) -> list[Stage]:
    """Return the stages in order; the last, on images of the network's own size, ends with the run."""
    stages: list[Stage] = []
    step = clip = 0
    for stage in config.stages:
        steps = range(step, step + stage.steps)
        stages.append(Stage(steps, clip, stage.clips_per_step or config.clips_per_step, stage.input_wh))
        step, clip = steps.stop, stages[-1].stop_clip
    stages.append(Stage(range(step, config.steps), clip, config.clips_per_step, config.network.input_wh))
    return stages
