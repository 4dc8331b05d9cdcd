"""Which packets a decoder can start at and give exactly what it gives when started at the first frame.

A keyframe flag does not promise that: an H.264 recovery point or the I-frame of an open group is flagged too,
while pictures after it may lean on pictures before it. So H.264 and HEVC packets are looked into.
"""

from __future__ import annotations

from collections.abc import Iterator

import av

# NAL unit types: IDR, and for HEVC the broken link too. What follows in decoding order never refers back.
_FRESH_START = {"h264": {5}, "hevc": {16, 17, 18, 19, 20}}
# HEVC's CRA: what follows in both decoding and presentation order never refers back.
_HEVC_CRA = 21
_RESETTING_CODECS = {"vp8", "vp9", "av1"}
# Frames without memory, and (MPEG-4) P-frames that refer to the I-frame at most.
_OTHER_CODECS = {"mjpeg", "mpeg4"}


def is_entry_point(packet: av.Packet, codec: str) -> bool:
    """Return whether decoding may start at `packet`, judged by its own bytes.

    Source: ITU-T H.264 section 7.4.1.2.4 (IDR), ITU-T H.265 section 3 (IRAP picture).
    """
    if is_fresh_start(packet, codec):
        return True
    if not packet.is_keyframe or packet.is_corrupt:
        return False
    return codec in _OTHER_CODECS or (codec == "hevc" and _HEVC_CRA in _nal_types(packet, codec))


def is_fresh_start(packet: av.Packet, codec: str) -> bool:
    """Return whether no packet after `packet` needs anything before it, so that the decoder may be reset."""
    if not packet.is_keyframe or packet.is_corrupt or packet.size == 0:
        return False
    if codec in _FRESH_START:
        return not _FRESH_START[codec].isdisjoint(_nal_types(packet, codec))
    return codec in _RESETTING_CODECS


def allows_leading_pictures(codec: str) -> bool:
    """Return whether pictures shown before an entry point may be decoded after it, and simply be dropped."""
    return codec == "hevc"


def is_hidden(packet: av.Packet, codec: str) -> bool:
    """Return whether `packet` holds no picture to show, such as VP8's alternate reference frames.

    Source: RFC 6386 section 9.1 (the show_frame bit).
    """
    return bool(codec == "vp8" and packet.size > 0 and not memoryview(packet)[0] & 0x10)


def is_disposable(packet: av.Packet, codec: str) -> bool:
    """Return whether no other picture refers to `packet`, so that it may be left out where it is not wanted.

    False where that is not looked into.

    Source: ITU-T H.264 section 7.4.1 (nal_ref_idc). HEVC has such pictures too, but only relative to the
    layers above them.
    """
    if codec != "h264" or packet.is_corrupt:
        return False
    slices = [byte for byte in (unit[0] for unit in _nal_units(packet, codec)) if 1 <= byte & 31 <= 5]
    return bool(slices) and not any(byte & 0b0110_0000 for byte in slices)


def _nal_types(packet: av.Packet, codec: str) -> set[int]:
    """Return the types of the NAL units in an H.264 or HEVC packet."""
    first_bytes = (unit[0] for unit in _nal_units(packet, codec))
    return {byte & 31 if codec == "h264" else byte >> 1 & 63 for byte in first_bytes}


def _nal_units(packet: av.Packet, codec: str) -> Iterator[memoryview]:
    """Yield the non-empty NAL units of an H.264 or HEVC packet, in either framing."""
    data = memoryview(packet)
    extradata = packet.stream.codec_context.extradata or b""
    if extradata[:1] != b"\x01":
        yield from _annex_b(data)
        return
    # avcC keeps the size of the length field in byte 4, hvcC in byte 21.
    size_at = 4 if codec == "h264" else 21
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
