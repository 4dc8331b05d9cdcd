"""Which packets a decoder can start at and give exactly what it gives when started at the first frame.

A keyframe flag does not promise that: an H.264 recovery point or the I-frame of an open group is flagged too,
while pictures after it may lean on pictures before it. So H.264 and HEVC packets are looked into.
"""

from __future__ import annotations

from collections.abc import Iterator

import av

_H264_IDR = {5}
# BLA, IDR and CRA pictures. What follows them in both decoding and presentation order never refers back.
_HEVC_RANDOM_ACCESS = {16, 17, 18, 19, 20, 21}
# Codecs whose keyframes reset every reference.
_CLEAN_KEYFRAMES = {"vp8", "vp9", "av1", "mjpeg", "mpeg4"}


def is_entry_point(packet: av.Packet, codec: str) -> bool:
    """Return whether decoding may start at `packet`, judged by its own bytes.

    Source: ITU-T H.264 section 7.4.1.2.4 (IDR), ITU-T H.265 section 3 (IRAP picture).
    """
    if not packet.is_keyframe or packet.is_corrupt:
        return False
    if codec == "h264":
        return not _H264_IDR.isdisjoint(data[0] & 31 for data in _nal_units(packet))
    if codec == "hevc":
        return not _HEVC_RANDOM_ACCESS.isdisjoint(data[0] >> 1 & 63 for data in _nal_units(packet))
    return codec in _CLEAN_KEYFRAMES


def allows_leading_pictures(codec: str) -> bool:
    """Return whether pictures shown before an entry point may be decoded after it, and simply be dropped."""
    return codec == "hevc"


def is_hidden(packet: av.Packet, codec: str) -> bool:
    """Return whether `packet` holds no picture to show, such as VP8's alternate reference frames.

    Source: RFC 6386 section 9.1 (the show_frame bit).
    """
    return bool(codec == "vp8" and packet.size > 0 and not memoryview(packet)[0] & 0x10)


def _nal_units(packet: av.Packet) -> Iterator[memoryview]:
    """Yield the non-empty NAL units of an H.264 or HEVC packet, in either framing."""
    data = memoryview(packet)
    extradata = packet.stream.codec_context.extradata or b""
    if extradata[:1] != b"\x01":
        yield from _annex_b(data)
        return
    # avcC keeps the size of the length field in byte 4, hvcC in byte 21.
    size_at = 4 if packet.stream.codec_context.codec.canonical_name == "h264" else 21
    size = (extradata[size_at] & 3) + 1 if len(extradata) > size_at else 4
    position = 0
    while position + size < len(data):
        length = int.from_bytes(data[position : position + size], "big")
        unit = data[position + size : position + size + length]
        if len(unit):
            yield unit
        position += size + length


def _annex_b(data: memoryview) -> Iterator[memoryview]:
    """Yield what follows each start code."""
    raw = bytes(data)
    position = raw.find(b"\x00\x00\x01")
    while 0 <= position < len(raw) - 3:
        yield data[position + 3 :]
        position = raw.find(b"\x00\x00\x01", position + 3)
