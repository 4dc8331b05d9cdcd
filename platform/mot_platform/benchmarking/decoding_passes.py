"""Ways to read a video for training, each timed on its own: what `bench decode` compares."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from mot_model.letterbox import Letterbox
from mot_model.structures import Array
from mot_platform.training.augmentation import AugmentationConfig, augment
from mot_platform.training.clips import Clip
from mot_platform.training.frame_cache import FrameCache
from mot_platform.video.index import VideoIndex
from mot_platform.video.opening import open_video

SEED = 7
NEIGHBOURS = 8
"""Clips of a run where places follow each other, as `data.neighbours` has them."""
MAX_RANDOM_CLIPS = 16
"""Clips of a pass in random order; each may cost a whole group of pictures."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One pass over a video."""

    cpu_s: float
    """Time of the processor."""
    num_delivered: int
    num_decoded: int

    @property
    def frame_s(self) -> float:
        """Time for each frame delivered."""
        return self.cpu_s / self.num_delivered


@dataclass(frozen=True, slots=True)
class Task:
    """A video and what is to be read of it."""

    facts: VideoIndex
    input_wh: tuple[int, int]
    num_frames: int
    clip_frames: int

    @property
    def letterbox(self) -> Letterbox:
        """How the video lies in the input."""
        return Letterbox(self.facts.size_wh, self.input_wh)

    @property
    def clips(self) -> list[Array]:
        """The frames of each clip, one clip after the other."""
        starts = range(0, self.num_frames, self.clip_frames)
        return [np.arange(start, min(start + self.clip_frames, self.num_frames)) for start in starts]


Read = Callable[[Task], Reading]


def read_bare(task: Task) -> Reading:
    """Decode and scale as a PyAV loop does, with its defaults and the scaler kept."""
    width, height = task.letterbox.content_wh
    reformatter = VideoReformatter()

    def scaled(frame: av.VideoFrame) -> Array:
        pixels: Array = reformatter.reformat(frame, width, height, "rgb24", threads=1).to_ndarray()
        return pixels

    return _read_plainly(task, scaled)


def read_unscaled(task: Task) -> Reading:
    """Decode and do nothing with the frames."""
    return _read_plainly(task, lambda frame: None)


def read_in_order(task: Task) -> Reading:
    """Read clip after clip as training does, without its memory of decoded frames."""
    return _read_clips(task, task.clips)


def read_augmented(task: Task) -> Reading:
    """Read clip after clip, padded to the input and augmented."""
    random = np.random.default_rng(SEED)
    return _read_clips(task, task.clips, lambda pixels: augmented(task.letterbox.pad(pixels), random))


def read_neighbours(task: Task) -> Reading:
    """Read runs of clips that follow each other, the runs in random order."""
    starts = range(0, len(task.clips), NEIGHBOURS)
    runs = [task.clips[start : start + NEIGHBOURS] for start in starts]
    order = np.random.default_rng(SEED).permutation(len(runs))
    return _joined(_read_clips(task, runs[number]) for number in order)


def read_at_random(task: Task) -> Reading:
    """Read clips in random order, each from a file that has to be opened: a corpus far beyond memory."""
    order = np.random.default_rng(SEED).permutation(len(task.clips))[:MAX_RANDOM_CLIPS]
    return _joined(_read_clips(task, [task.clips[number]]) for number in order)


WAYS: dict[str, Read] = {
    "bare PyAV decode and resize": read_bare,
    "decode alone": read_unscaled,
    "clips in file order": read_in_order,
    "clips in file order, augmented": read_augmented,
    f"runs of {NEIGHBOURS} clips in random order": read_neighbours,
    "clips in random order": read_at_random,
}
"""Ways of reading; the first is what the others are compared with."""


def _read_plainly(task: Task, use: Callable[[av.VideoFrame], object]) -> Reading:
    begun_s, count = time.process_time(), 0
    with open_video(task.facts.uri) as (container, stream):
        for frame in container.decode(stream):
            use(frame)
            count += 1
            if count == task.num_frames:
                break
    return Reading(cpu_s=time.process_time() - begun_s, num_delivered=count, num_decoded=count)


def _read_clips(
    task: Task, clips: Sequence[Array], use: Callable[[Array], object] = lambda pixels: None
) -> Reading:
    begun_s = time.process_time()
    cache = FrameCache(input_wh=task.input_wh, capacity_mib=0)
    count = 0
    for frames in clips:
        pixels = cache.read(task.facts, frames)
        use(pixels)
        count += len(pixels)
    cache.close()
    taken_s = time.process_time() - begun_s
    return Reading(cpu_s=taken_s, num_delivered=count, num_decoded=cache.num_decoded)


def augmented(pixels: Array, random: np.random.Generator) -> Clip:
    """Return a clip without objects, augmented."""
    shape = (len(pixels), 0)
    clip = Clip(
        pixels=pixels,
        xyxy=np.zeros((*shape, 4), np.float32),
        present=np.zeros(shape, bool),
        ignored=np.zeros(shape, bool),
        class_id=np.zeros(shape, np.int64),
        track_id=np.zeros(shape, np.int64),
        action=np.zeros((*shape, 0), np.float32),
        has_action=np.zeros((*shape, 0), bool),
        has_boxes=np.ones((len(pixels), 1), bool),
    )
    return augment(clip, AugmentationConfig(), random)


def _joined(readings: Iterator[Reading]) -> Reading:
    """Return several passes as one."""
    parts = list(readings)
    return Reading(
        cpu_s=sum(part.cpu_s for part in parts),
        num_delivered=sum(part.num_delivered for part in parts),
        num_decoded=sum(part.num_decoded for part in parts),
    )
