from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from mot_platform.serving.pictures import SentFrame, decode, decode_picture
from mot_platform.serving.problems import Problem

INPUT_WH = (160, 96)
MAX_PIXELS = 1_000_000


def encoded(pixels, kind="png", **options) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind, **options)
    return file.getvalue()


def noise(width, height, channels=3):
    return np.random.default_rng(0).integers(0, 255, (height, width, channels), np.uint8)


def decoded(data, **more):
    frame = SentFrame(seq=3, time_s=0.5, data=data, **more)
    return decode(frame, video="v", input_wh=INPUT_WH, max_pixels=MAX_PIXELS)


def png_header(width, height) -> bytes:
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100))


def test_a_picture_of_the_networks_size_is_used_bit_for_bit() -> None:
    pixels = noise(128, 96)
    ready = decoded(encoded(pixels), source_wh=(768, 576))
    np.testing.assert_array_equal(ready.batch.pixels[0], pixels)
    assert (ready.batch.frame_index[0], ready.batch.time_s[0]) == (3, 0.5)
    assert ready.letterbox.source_wh == (768, 576)


def test_raw_pixels_are_used_bit_for_bit() -> None:
    pixels = noise(128, 96)
    ready = decoded(pixels.tobytes(), source_wh=(768, 576), raw_wh=(128, 96))
    np.testing.assert_array_equal(ready.batch.pixels[0], pixels)


def test_another_size_is_scaled_to_the_networks_and_boxes_refer_to_the_picture() -> None:
    ready = decoded(encoded(np.full((576, 768, 3), 90, np.uint8), "jpeg"))
    assert ready.batch.pixels.shape == (1, 96, 128, 3)
    assert abs(int(ready.batch.pixels.mean()) - 90) <= 1
    assert ready.letterbox.source_wh == (768, 576)


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK", "1"])
def test_every_kind_of_picture_becomes_rgb(mode) -> None:
    file = io.BytesIO()
    Image.fromarray(noise(32, 16)).convert(mode).save(file, "jpeg" if mode == "CMYK" else "png")
    assert decode_picture(file.getvalue(), max_pixels=MAX_PIXELS).shape == (16, 32, 3)


def test_a_phones_picture_is_turned_as_its_exif_data_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90 degrees for display
    assert decode_picture(encoded(noise(32, 16), "jpeg", exif=exif), max_pixels=MAX_PIXELS).shape == (
        32,
        16,
        3,
    )


@pytest.mark.parametrize(
    ("data", "kind", "detail"),
    [
        pytest.param(b"", "not-decodable", "no JPEG or PNG", id="nothing"),
        pytest.param(b"\xff" * 5000, "not-decodable", "no JPEG or PNG", id="garbage"),
        pytest.param(encoded(noise(64, 64), "jpeg")[:900], "not-decodable", "truncated", id="cut JPEG"),
        pytest.param(encoded(noise(64, 64))[:900], "not-decodable", "900 bytes", id="cut PNG"),
        pytest.param(encoded(noise(64, 64), "bmp"), "not-decodable", "no JPEG or PNG", id="BMP"),
        pytest.param(
            png_header(50_000, 50_000), "too-large", "more pixels than", id="50,000 x 50,000 header"
        ),
        pytest.param(png_header(10_000, 10_000), "too-large", "over|more", id="where Pillow only warns"),
        pytest.param(png_header(1001, 1000), "too-large", "1001 x 1000 is over", id="just over the limit"),
        pytest.param(png_header(0, 7), "not-decodable", "bytes", id="no width"),
    ],
)
def test_what_is_no_acceptable_picture_is_a_problem(data, kind, detail) -> None:
    with pytest.raises(Problem, match=detail) as caught:
        decoded(data)
    assert caught.value.kind == kind


def test_a_claimed_source_size_is_limited_too() -> None:
    with pytest.raises(Problem, match="over the limit"):
        decoded(encoded(noise(16, 16)), source_wh=(10**6, 10**6))
