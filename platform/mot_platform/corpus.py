"""A labelled corpus on disk: its videos, and their ground truth in the shape that evaluation reads.

Layout: `ROOT/<video>/<video>.mp4`, `seqinfo.ini` and `gt/gt.txt` for each video, and for actions
`ROOT/ava.csv` with `ROOT/ava_action_list.pbtxt`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mot_model.structures import Array
from mot_platform.errors import InputError
from mot_platform.metrics.ground_truth import SequenceTruth, read_ground_truth


@dataclass(frozen=True, kw_only=True, slots=True)
class LabelledVideo:
    """One video and what is labelled in it."""

    uri: str
    """The video file, or a folder of images."""
    truth: SequenceTruth
    frames: range | None = None
    """Those to track, None for all."""
    scored_frames: Array | None = None
    """int64, of `frames` those that are labelled and so can be scored, None for all."""
    scored_classes: frozenset[str] | None = None
    """Classes of which `truth` has every object, None for all."""
    has_ids: bool = True
    """Whether `truth` says who is who; if not, each box of it is an object of its own."""

    @property
    def name(self) -> str:
        """Name of the sequence."""
        return self.truth.info.name


def read_corpus(root: Path | str) -> list[LabelledVideo]:
    """Return the videos of the corpus at `root`, by name.

    Raises:
        InputError: if there is no labelled video, a video file is missing, or a label file is malformed.
    """
    root = Path(root)
    try:
        truths = read_ground_truth(root)
    except (ValueError, OSError) as error:
        raise InputError(str(error)) from error
    return [LabelledVideo(uri=str(_video_file(root / t.info.name)), truth=t) for t in truths]


def _video_file(folder: Path) -> Path:
    """Return the video of a sequence: the file named like its folder."""
    found = sorted(path for path in folder.glob(f"{folder.name}.*") if path.is_file())
    if not found:
        raise InputError(f"{folder}: no video beside seqinfo.ini; expected {folder.name}.mp4")
    return found[0]
