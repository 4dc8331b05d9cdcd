"""Finds the line of a text file that made a fast reader fail, so that the error can name it."""

from __future__ import annotations

import math
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

TextPath: TypeAlias = Path | zipfile.Path
"""A file, in a zip too."""
ZIP_FAULTS = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What reading from a zip raises that is damaged, encrypted or packed in an unknown way."""

FieldCheck = Callable[[list[str]], str | None]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A line that can't be used."""

    line: int
    """From 1."""
    what: str


@dataclass(frozen=True, slots=True)
class SiftedRows:
    """The lines of a file, good ones apart from bad ones."""

    fields: list[list[str]]
    """Those of each good line."""
    lines: list[int]
    """Number of each good line, from 1."""
    problems: tuple[RowProblem, ...]


def comma_fields(line: str) -> list[str]:
    """Return the stripped fields of a comma-separated line."""
    return [field.strip() for field in line.split(",")]


def numbered_lines(path: TextPath) -> Iterator[tuple[int, str]]:
    """Yield the line number, from 1, and the text of each non-blank line."""
    with path.open(encoding="utf-8-sig") as lines:
        for line_number, line in enumerate(lines, start=1):
            if line.strip():
                yield line_number, line


def numbered_fields(
    path: TextPath, fields_of: Callable[[str], list[str]] = comma_fields
) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number, from 1, and the fields of each non-blank line."""
    for line_number, line in numbered_lines(path):
        yield line_number, fields_of(line)


def sift_rows(
    path: TextPath, check: FieldCheck, *, fields_of: Callable[[str], list[str]] = comma_fields
) -> SiftedRows:
    """Return the lines that `check` has nothing against apart from the others; blank lines don't count."""
    fields, lines, problems = [], [], []
    for line, row in numbered_fields(path, fields_of):
        if what := check(row):
            problems.append(RowProblem(line, what))
        else:
            fields.append(row)
            lines.append(line)
    return SiftedRows(fields, lines, tuple(problems))


def line_of_row(path: TextPath, row: int) -> int:
    """Return the line number, from 1, of the 0-based data row `row`, counting no blank lines."""
    for index, (line_number, _) in enumerate(numbered_fields(path)):
        if index == row:
            return line_number
    raise ValueError(f"{path} has no row {row}")


def malformed_row(
    path: TextPath,
    check: FieldCheck,
    otherwise: object,
    *,
    fields_of: Callable[[str], list[str]] = comma_fields,
) -> ValueError:
    """Return the error for the first line that `check` objects to.

    Args:
        path: The file that could not be read.
        check: Returns what is wrong with the fields of a line, or None.
        otherwise: What to report when no single line is to blame.
        fields_of: Splits a line.
    """
    for line_number, fields in numbered_fields(path, fields_of):
        if problem := check(fields):
            return ValueError(f"{path}:{line_number}: {problem}")
    return ValueError(f"{path}: {otherwise}")


def finite_numbers(fields: Sequence[str]) -> list[float] | None:
    """Return the numbers in `fields`, None if one is no finite number; `number_problem` says which."""
    try:
        numbers = list(map(float, fields))
    except ValueError:
        return None
    return numbers if math.isfinite(sum(map(abs, numbers))) and "_" not in "".join(fields) else None


def number_problem(field: str, name: str) -> str | None:
    """Return what keeps `field` from being a finite number, or None."""
    try:
        value = float("" if "_" in field else field)  # Python's 1_000 is no number in a file
    except ValueError:
        return f"{name} is {field!r}, not a number"
    return None if abs(value) < float("inf") else f"{name} is {field}; it must be finite"
