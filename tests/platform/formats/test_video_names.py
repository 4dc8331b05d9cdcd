"""Videos that two files name differently."""

from __future__ import annotations

import pytest

from mot_platform.errors import InputError
from mot_platform.formats.video_names import same_videos


def test_the_nearest_spelling_is_taken() -> None:
    wanted = ["clap_b", "x", "g/v.mp4", "w.mp4", "9.5"]
    names = ["clap/b.avi", "deep/x.mp4", "g/v.mp4", "far/w.mp4", "9.5", "other.mp4"]
    assert same_videos(names, wanted) == dict(zip(names[:5], wanted, strict=True))


def test_two_videos_of_one_name_are_an_error() -> None:
    with pytest.raises(InputError, match=r"a/v.mp4 and b/v.mp4 are both v of the ground truth"):
        same_videos(["a/v.mp4", "b/v.mp4"], ["v"])
