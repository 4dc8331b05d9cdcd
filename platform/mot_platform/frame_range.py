"""A part of a sequence that the user names: `START:STOP` in frames from 1, or its second half."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mot_platform.errors import InputError

SECOND_HALF = "second-half"


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameRange:
    """Which frames of a sequence count.

    Raises:
        ValueError: if the range is empty or begins before the first frame.
    """

    first: int = 1
    """First frame, from 1."""
    last: int | None = None
    """Last frame, itself included; None for the last of the sequence."""
    second_half: bool = False
    """Only the half of each sequence that the validation on MOT17 takes, whatever `first` and `last`."""

    def __post_init__(self) -> None:
        if self.first < 1 or (self.last is not None and self.last < self.first):
            raise ValueError(f"frames {self.first}:{self.last} are empty; the first frame is 1")

    @classmethod
    def parse(cls, text: str) -> FrameRange:
        """Return the range that a text such as `302:600`, `302:`, `:301` or `second-half` names.

        Raises:
            InputError: if it names none.
        """
        if text == SECOND_HALF:
            return cls(second_half=True)
        match = re.fullmatch(r"(\d*):(\d*)", text)
        if match is None or not (match[1] or match[2]):
            raise InputError(
                f"--frames {text}: expected FIRST:LAST such as 302:600 or 302:, or {SECOND_HALF}"
            )
        try:
            return cls(first=int(match[1] or 1), last=int(match[2]) if match[2] else None)
        except ValueError as error:
            raise InputError(f"--frames {text}: {error}") from None

    def of(self, num_frames: int) -> range:
        """Return the 0-based frames of a sequence of `num_frames`; empty if it ends before.

        Source: the second half is that of the half validation of CenterTrack and ByteTrack
        (tools/convert_mot17_to_coco.py): the frames from `num_frames // 2 + 1`, counted from 0.

        Examples:
            >>> FrameRange.parse("second-half").of(600)
            range(301, 600)
            >>> FrameRange.parse("10:").of(12)
            range(9, 12)
        """
        if self.second_half:
            return range(min(num_frames // 2 + 1, num_frames), num_frames)
        stop = num_frames if self.last is None else min(self.last, num_frames)
        return range(min(self.first - 1, stop), stop)
