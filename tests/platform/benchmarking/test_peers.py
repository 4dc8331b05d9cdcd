"""The list of trackers to compare with."""

from __future__ import annotations

import pytest

from mot_platform.benchmarking.peers import PEERS, contestants
from mot_platform.errors import InputError


def test_ours_comes_first_and_every_name_once() -> None:
    names = [contestant.name for contestant in contestants()]
    assert names[0] == "mot-action tracker"
    assert len(names) == len(set(names)) == len(PEERS) + 2


def test_words_choose() -> None:
    chosen = [contestant.name for contestant in contestants(["bytetrack", "C-BIoU"])[2:]]
    assert "trackers C-BIoU" in chosen
    assert all("ByteTrack" in name or "C-BIoU" in name for name in chosen)


def test_a_word_in_no_name_is_an_error() -> None:
    with pytest.raises(InputError, match="--against deepsort: no such tracker; there are pyxtrackers SORT"):
        contestants(["SORT", "DeepSORT"])
