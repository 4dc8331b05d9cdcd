"""A flag is not enough: only pictures that nothing after them looks behind are entry points."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from mot_platform.video.random_access import is_disposable, is_entry_point, is_fresh_start, is_hidden

MakeVideo = Callable[..., Path]


def packets(path: Path) -> list[av.Packet]:
    with av.open(str(path)) as container:
        return [packet for packet in container.demux(video=0) if packet.size]


@pytest.mark.parametrize("name", ["a.mp4", "a.ts", "a.mkv"])
def test_closed_h264_keyframes_are_entry_points_in_either_framing(make_video: MakeVideo, name: str) -> None:
    path = make_video(name, options={"x264-params": "keyint=12:scenecut=0:bframes=2"})
    starts = [n for n, packet in enumerate(packets(path)) if is_fresh_start(packet, "h264")]
    assert starts == [0, 12, 24, 36]


def test_open_h264_groups_are_flagged_but_are_no_entry_points(make_video: MakeVideo) -> None:
    path = make_video(options={"x264-params": "keyint=12:scenecut=0:bframes=3:open-gop=1"})
    flagged = [packet for packet in packets(path) if packet.is_keyframe]
    assert len(flagged) > 2
    assert [is_entry_point(packet, "h264") for packet in flagged] == [True] + [False] * (len(flagged) - 1)


def test_an_open_hevc_group_is_an_entry_point_but_no_fresh_start(make_video: MakeVideo) -> None:
    options = {"x265-params": "keyint=12:min-keyint=12:bframes=3:open-gop=1:log-level=none"}
    path = make_video(codec="libx265", options=options)
    flagged = [packet for packet in packets(path) if packet.is_keyframe]
    assert len(flagged) > 2
    assert all(is_entry_point(packet, "hevc") for packet in flagged)
    assert [is_fresh_start(packet, "hevc") for packet in flagged] == [True] + [False] * (len(flagged) - 1)


def test_unknown_codecs_have_no_entry_points(make_video: MakeVideo) -> None:
    assert not any(is_entry_point(packet, "cinepak") for packet in packets(make_video(num_frames=3)))


def test_only_vp8_packets_without_the_show_bit_are_hidden(make_video: MakeVideo) -> None:
    frames = packets(make_video("a.webm", codec="libvpx", num_frames=3))
    assert not any(is_hidden(packet, "vp8") for packet in frames)
    data = bytes(frames[0])
    assert is_hidden(av.Packet(bytes([data[0] & ~0x10]) + data[1:]), "vp8")


@pytest.mark.parametrize("name", ["a.mp4", "a.ts"])
def test_pictures_that_no_other_refers_to_are_disposable(make_video: MakeVideo, name: str) -> None:
    flat = "keyint=48:scenecut=0:bframes=3:b-adapt=0:b-pyramid=none"
    frames = packets(make_video(name, options={"x264-params": flat}))
    assert [is_disposable(packet, "h264") for packet in frames[:9]] == [False] * 2 + [True] * 3 + [
        False,
        *[True] * 3,
    ]
    assert not any(is_disposable(packet, "hevc") for packet in frames)
