"""What files of actions are checked for before they are scored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from mot_platform.errors import InputError
from mot_platform.formats.action_rows import ActionRows
from mot_platform.formats.ava import AvaRows, read_ava
from mot_platform.formats.row_errors import malformed_row


def read_ava_truth(gt: Path) -> AvaRows:
    """Return the ground truth of an AVA csv.

    Raises:
        InputError: if it is no file, or has no rows.
        ValueError: with file and line, if a row is malformed or a box ends before it begins.
    """
    if gt.is_dir():
        raise InputError(f"{gt}: expected an AVA csv of ground truth, not a folder")
    rows = read_ava(gt)
    if not len(rows):
        raise InputError(f"{gt}: no ground truth in it")
    if (rows.xyxy[:, 2:] < rows.xyxy[:, :2]).any():
        raise malformed_row(gt, _inverted, "a box ends before it begins")
    return rows


def _inverted(row: list[str]) -> str | None:
    """Return what is wrong with the box of a row, or None."""
    if len(row) > 2:
        left, top, right, bottom = (float(field.strip('"')) for field in row[2:6])
        if right < left or bottom < top:
            return "x2 or y2 lies before x1 or y1; a box is left, top, right, bottom"
    return None


def require_common_videos(gt: Path, truth: ActionRows, pred: Path, predicted: ActionRows) -> None:
    """Raise `InputError` if there are predictions, but none of a video of the ground truth."""
    if predicted.videos and not set(predicted.videos) & set(truth.videos):
        raise InputError(
            f"{pred}: video {predicted.videos[0]} and all others in it are not in {gt}, which has "
            f"{truth.videos[0]}"
        )


def differing_names(names: Mapping[int, str], found: Mapping[int, str]) -> list[str]:
    """Return what to say about actions that the list of actions names otherwise than the predictions do."""

    def plain(name: str) -> str:
        return "".join(letter for letter in name.lower() if letter.isalnum())

    return [
        f"action {action} is {names[action]!r} in the list of actions, but {name!r} in the predictions"
        for action, name in found.items()
        if action in names and plain(names[action]) != plain(name)
    ]
