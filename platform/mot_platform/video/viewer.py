"""A window that shows frames as they are tracked."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import cv2

from mot_model.structures import Array
from mot_platform.errors import InputError

_QUIT_KEYS = (ord("q"), 27)


class LiveWindow:
    """Shows RGB frames; a context manager.

    Args:
        title: Title of the window.
        enabled: False makes every call do nothing.

    Raises:
        InputError: if this OpenCV has no windows, or there is no screen.
    """

    def __init__(self, title: str, *, enabled: bool = True) -> None:
        self._title = title
        self._enabled = enabled
        if enabled:
            try:
                cv2.namedWindow(title, cv2.WINDOW_NORMAL)
            except cv2.error as error:
                raise InputError(
                    "--show: no window can be opened here; use --out to write a video "
                    "(windows need a screen, and opencv-python instead of opencv-python-headless)"
                ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._enabled:
            cv2.destroyWindow(self._title)

    def show(self, picture: Array | None) -> bool:
        """Show a frame and return whether to go on: False once the user pressed q or Escape."""
        if not self._enabled or picture is None:
            return True
        cv2.imshow(self._title, cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))
        return cv2.waitKey(1) & 0xFF not in _QUIT_KEYS
