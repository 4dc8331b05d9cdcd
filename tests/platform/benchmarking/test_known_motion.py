from __future__ import annotations

import numpy as np

from mot_platform.benchmarking.known_motion import KnownMotion

FRAME = np.zeros((2, 2, 3), np.uint8)


def test_says_what_it_was_told_by_either_name() -> None:
    motion = KnownMotion()
    np.testing.assert_array_equal(motion.apply(FRAME), np.eye(2, 3))
    pan = np.array([[1, 0, 5], [0, 1, -3]], np.float32)
    motion.tell(pan)
    np.testing.assert_array_equal(motion.estimate(FRAME, None), pan)
    assert motion.apply(FRAME).dtype == np.float64
    motion.tell(None)
    np.testing.assert_array_equal(motion.apply(FRAME, None), np.eye(2, 3))
