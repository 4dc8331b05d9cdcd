"""Text of numbers as an array, a row a line: separated by commas, or by tabs or spaces without commas."""

# R rows, C columns

from __future__ import annotations

import codecs

import numpy as np
import pyarrow as pa
import pyarrow.csv

from mot_model.structures import Array
from mot_platform.formats.row_errors import ZIP_FAULTS, FieldCheck, TextPath, line_of_row, malformed_row

_HEAD_BYTES = 4096
"""More than a line needs."""


def number_fields(line: str) -> list[str]:
    r"""Return the fields of a line; one comma too many at its end does not count.

    Examples:
        >>> number_fields("1, 2.5,"), number_fields("1\t2.5  3")
        (['1', '2.5'], ['1', '2.5', '3'])
    """
    if "," not in line:
        return line.split()
    fields = [field.strip() for field in line.split(",")]
    return fields if fields[-1] else fields[:-1]


def read_number_table(path: TextPath, check: FieldCheck, *, min_columns: int, max_columns: int) -> Array:
    """Return the numbers in a file as float64 `(R, C)`; C is `min_columns` if it is empty.

    Numbers may be NaN or infinite; that is for the caller to look at.

    Args:
        path: The file; blank lines, carriage returns and a byte order mark are fine.
        check: Returns what is wrong with the fields of a line, or None; called to explain a failure.
        min_columns: A row has as many or more.
        max_columns: A row has as many or fewer.

    Raises:
        ValueError: with file and line, if a row has another number of columns or something is no number; with
            the file, if it is no text or can't be unpacked.
    """
    content = _bytes(path).removeprefix(codecs.BOM_UTF8)
    head = content.lstrip()[:_HEAD_BYTES].splitlines()
    if not head:
        return np.zeros((0, min_columns))
    num_columns = len(number_fields(head[0].decode(errors="replace")))
    if not min_columns <= num_columns <= max_columns:
        _decoded(path, content)
        raise ValueError(
            f"{path}:{line_of_row(path, 0)}: {num_columns} columns; expected {min_columns} to {max_columns}"
        )
    try:
        return _parsed(content, num_columns)
    except pa.ArrowInvalid:
        lines = _decoded(path, content).splitlines()
    tidy = "\n".join(",".join(number_fields(line)) for line in lines if line.strip())
    try:
        return _parsed(tidy.encode(), num_columns)
    except pa.ArrowInvalid as error:

        def problem(row: list[str]) -> str | None:
            if len(row) != num_columns:
                return f"{len(row)} columns, but the first row has {num_columns}"
            return check(row)

        raise malformed_row(path, problem, error, fields_of=number_fields) from error


def _bytes(path: TextPath) -> bytes:
    try:
        return path.read_bytes()
    except ZIP_FAULTS as error:
        raise ValueError(f"{path}: cannot be unpacked: {error}") from error


def _decoded(path: TextPath, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"{path}: not a text file: {error}") from error


def _parsed(content: bytes, num_columns: int) -> Array:
    """Return comma-separated numbers.

    Raises:
        ArrowInvalid: if a row has another number of columns, or a field is no number.
    """
    names = [str(number) for number in range(num_columns)]
    table = pyarrow.csv.read_csv(
        pa.BufferReader(content),
        read_options=pyarrow.csv.ReadOptions(column_names=names, use_threads=False),
        parse_options=pyarrow.csv.ParseOptions(quote_char=False),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.float64()), null_values=[]
        ),
    )
    # not to_numpy, which imports pandas: half a second
    return np.stack([np.from_dlpack(table[name].combine_chunks()) for name in names], axis=1)
