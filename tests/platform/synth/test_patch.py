import numpy as np

from mot_platform.synth.patch import darken_ellipse, lay_over, overlap_of


def test_patch_covers_by_its_alpha_and_is_cut_at_the_border() -> None:
    frame = np.full((6, 8, 3), 100, np.uint8)
    rgba = np.zeros((4, 4, 4), np.uint8)
    rgba[:, :2] = (200, 10, 10, 255)
    overlap = overlap_of(frame.shape, rgba.shape, left=-1, top=4)
    assert overlap is not None
    lay_over(frame, rgba, overlap)
    assert frame[4, 0].tolist() == [200, 10, 10]
    assert (frame[4:, 1:] == 100).all()
    assert (frame[:4] == 100).all()


def test_patch_outside_the_frame_meets_nothing() -> None:
    assert overlap_of((6, 8), (4, 4), left=8, top=0) is None
    assert overlap_of((6, 8), (4, 4), left=0, top=-4) is None


def test_shadow_darkens_its_middle_most() -> None:
    frame = np.full((40, 40, 3), 200, np.uint8)
    darken_ellipse(frame, centre=(20, 20), radii=(8, 4), strength=0.4)
    assert frame[20, 20, 0] < frame[20, 27, 0] <= 200
    assert frame[0, 0, 0] == 200
