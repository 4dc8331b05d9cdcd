"""A sheet of labelled frames of each source, so that a person sees whether labels sit right."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mot_model.structures import Array
from mot_platform.datasets.labelled_pictures import LabelledPicture, labelled_pictures
from mot_platform.datasets.source import BoxLabels, Source
from mot_platform.errors import InputError
from mot_platform.report.marks import UNFOUND_COLOR, short_action
from mot_platform.video.overlay import DrawnBox, draw_boxes, track_color

SHEET_SUFFIXES = (".jpg", ".jpeg", ".png")
SHEET_WIDTH_PX = 1600
COLUMNS = 3

Color = tuple[int, int, int]
"""RGB."""

_GAP_PX = 16
_TILE_WIDTH_PX = (SHEET_WIDTH_PX - (COLUMNS + 1) * _GAP_PX) // COLUMNS
_TILE_HEIGHT_PX = 420
_HEADER_PX = 20
_CAPTION_PX = 14
_GROUND = (24, 26, 31)
_NO_PICTURE = (52, 55, 62)
_INK = (235, 236, 240)
_FAINT_INK = (160, 163, 172)
_LEGEND = (
    "Coloured boxes: objects, by identity. Dashed grey boxes: ignored, neither an object nor background."
)
_CROWD = 12
"""From so many boxes on, letters are small, lest they hide the people."""
_MAX_ACTIONS = 3
"""Actions that are spelt out at a box."""
_JPEG_QUALITY = 85


def check_sheet_path(path: Path) -> None:
    """Raise unless a sheet can be written under that name.

    Raises:
        InputError: if its ending names no format of pictures.
    """
    if path.suffix.lower() not in SHEET_SUFFIXES:
        raise InputError(f"{path}: a picture sheet ends in {', '.join(SHEET_SUFFIXES)}")


def write_picture_sheet(path: Path, sources: Sequence[Source]) -> None:
    """Write the sheet of `sources` as JPEG or PNG, as the ending of `path` says.

    Raises:
        InputError: if its ending names no format of pictures.
        OSError: if it can't be written.
    """
    check_sheet_path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(draw_picture_sheet(sources)).save(path, quality=_JPEG_QUALITY)


def draw_picture_sheet(sources: Sequence[Source]) -> Array:
    """Return a picture uint8 `(H, SHEET_WIDTH_PX, 3)` with some labelled frames of each source.

    What can't be shown gets a tile that says why, with its boxes on it where their place is known.
    """
    count = (2 if len(sources) == 1 else 1) * COLUMNS
    parts = [_text(_LEGEND, SHEET_WIDTH_PX - 2 * _GAP_PX, _CAPTION_PX, _FAINT_INK)]
    for source in sources:
        parts.append(_text(headline(source), SHEET_WIDTH_PX - 2 * _GAP_PX, _HEADER_PX, _INK))
        pictures = labelled_pictures(source, count, max_wh=(_TILE_WIDTH_PX, _TILE_HEIGHT_PX))
        tiles = [_tile(source, picture) for picture in pictures]
        parts += [_row(tiles[first : first + COLUMNS]) for first in range(0, len(tiles), COLUMNS)]
    height = sum(part.height + _GAP_PX for part in parts) + _GAP_PX
    sheet = Image.new("RGB", (SHEET_WIDTH_PX, height), _GROUND)
    top = _GAP_PX
    for part in parts:
        sheet.paste(part, (_GAP_PX, top))
        top += part.height + _GAP_PX
    return np.asarray(sheet)


def headline(source: Source) -> str:
    """Return one line that says what is in a source."""
    ready = sum(video.status == "ready" for video in source.videos)
    labelled = sum(len(video.labelled_frames) for video in source.videos)
    boxes = sum(len(video.boxes) for video in source.videos)
    parts = [
        f"{source.name} ({source.kind})",
        f"{ready} of {len(source.videos)} videos ready",
        f"{labelled:,} labelled frames",
        f"{boxes:,} boxes",
        "identities" if source.has_ids else "no identities",
        f"{len(source.action_names)} actions" if source.action_names else "no actions",
    ]
    return "   ".join(parts)


def _tile(source: Source, picture: LabelledPicture) -> Image.Image:
    """Return a picture with its boxes, above what it is."""
    pixels = _empty_picture(picture) if picture.pixels is None else picture.pixels
    boxes, size_wh = picture.boxes, (pixels.shape[1], pixels.shape[0])
    draw_boxes(pixels, _drawn(source, picture, size_wh), scale=0.75 if len(boxes) < _CROWD else 0.5)
    minutes, seconds = divmod(picture.time_s, 60)
    when = f"frame {picture.frame_index}, {minutes:.0f}:{seconds:04.1f}"
    caption = _text(f"{picture.video.name}   {when}", _TILE_WIDTH_PX, _CAPTION_PX, _FAINT_INK)
    tile = Image.new("RGB", (_TILE_WIDTH_PX, size_wh[1] + caption.height + 4), _GROUND)
    tile.paste(Image.fromarray(pixels), (0, 0))
    tile.paste(caption, (0, size_wh[1] + 4))
    return tile


def _empty_picture(picture: LabelledPicture) -> Array:
    """Return a plain ground that says why there is no picture."""
    ground = Image.new("RGB", (_TILE_WIDTH_PX, _TILE_WIDTH_PX * 9 // 16), _NO_PICTURE)
    words = _text(
        f"{picture.video.status}: {picture.problem}", _TILE_WIDTH_PX - 16, _CAPTION_PX, _INK, _NO_PICTURE
    )
    ground.paste(words, (8, ground.height - words.height - 8))
    return np.array(ground)


def _drawn(source: Source, picture: LabelledPicture, size_wh: tuple[int, int]) -> list[DrawnBox]:
    """Return the boxes of a picture in its pixels; none if it is not known where in it they are."""
    boxes, facts = picture.boxes, picture.video.facts
    if picture.video.box_unit == "frame":
        shares = boxes.xyxy
    elif facts is not None:
        shares = boxes.xyxy / (*facts.size_wh, *facts.size_wh)
    else:
        return []
    xyxy = shares * (*size_wh, *size_wh)
    order = np.argsort(~boxes.ignored, kind="stable")  # those that are ignored lie below
    return [
        DrawnBox(
            xyxy=xyxy[row],
            color=UNFOUND_COLOR if boxes.ignored[row] else _color(boxes, row),
            label="" if boxes.ignored[row] else _label(source, boxes, row),
            is_dashed=bool(boxes.ignored[row]),
        )
        for row in order
    ]


def _color(boxes: BoxLabels, row: int) -> Color:
    """Return the colour of an identity, or of a class where there are none."""
    track_id = int(boxes.track_id[row])
    return track_color(track_id if track_id >= 0 else int(boxes.class_id[row]) + 1)


def _label(source: Source, boxes: BoxLabels, row: int) -> str:
    """Return identity, class (where there are several) and actions of a box."""
    parts = [str(boxes.track_id[row])] if boxes.track_id[row] >= 0 else []
    if len(source.class_names) > 1:
        parts.append(source.class_names[int(boxes.class_id[row])])
    if boxes.has_action[row]:
        names = [short_action(source.action_names[column]) for column in np.flatnonzero(boxes.action[row])]
        more = f" +{len(names) - _MAX_ACTIONS}" if len(names) > _MAX_ACTIONS else ""
        parts.append(", ".join(names[:_MAX_ACTIONS]) + more)
    return "  ".join(parts)


def _row(tiles: Sequence[Image.Image]) -> Image.Image:
    """Return tiles side by side."""
    row = Image.new("RGB", (SHEET_WIDTH_PX - 2 * _GAP_PX, max(tile.height for tile in tiles)), _GROUND)
    for column, tile in enumerate(tiles):
        row.paste(tile, (column * (_TILE_WIDTH_PX + _GAP_PX), 0))
    return row


def _text(text: str, max_width_px: int, size_px: int, ink: Color, ground: Color = _GROUND) -> Image.Image:
    """Return a line of text, its end cut off where there is no room."""
    font = _font(size_px)
    while font.getlength(text) > max_width_px:
        text = text.rstrip("…")[:-1] + "…"
    line = Image.new("RGB", (max_width_px, round(size_px * 1.4)), ground)
    ImageDraw.Draw(line).text((0, 0), text, fill=ink, font=font)
    return line


@lru_cache(maxsize=4)
def _font(size_px: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size_px)
