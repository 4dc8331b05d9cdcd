"""The window, as far as a machine without a screen can tell."""

from __future__ import annotations

import numpy as np
import pytest

from mot_platform.errors import InputError
from mot_platform.video.viewer import LiveWindow


def test_a_disabled_window_never_stops_the_work() -> None:
    with LiveWindow("a", enabled=False) as window:
        assert window.show(np.zeros((4, 4, 3), np.uint8))


def test_a_machine_without_windows_says_what_to_do() -> None:
    import cv2

    if "GUI:                           NONE" not in cv2.getBuildInformation():
        pytest.skip("this OpenCV has windows")
    with pytest.raises(InputError, match="use --out"):
        LiveWindow("a")
