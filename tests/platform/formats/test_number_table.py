"""How text of numbers is read, however it is separated."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from mot_platform.formats.number_table import read_number_table
from mot_platform.formats.row_errors import TextPath, number_problem


def _read(path: TextPath) -> np.ndarray:
    return read_number_table(path, lambda row: number_problem(row[0], "first"), min_columns=2, max_columns=3)


@pytest.mark.parametrize("content", [b"", b"\n \n", b"\xef\xbb\xbf"], ids=["empty", "blank", "only a mark"])
def test_file_without_rows_is_an_empty_table(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rows.txt").write_bytes(content)
    assert _read(tmp_path / "rows.txt").shape == (0, 2)


@pytest.mark.parametrize("separator", [",", ", ", "\t", "  ", " , "])
def test_separators_and_line_ends_give_the_same_numbers(tmp_path: Path, separator: str) -> None:
    for end in ("\n", "\r\n", ",\n" if "," in separator else " \n"):
        text = end.join(separator.join(row) for row in (("1", "2e1", "-.5"), ("4", "nan", "6."))) + end
        (tmp_path / "rows.txt").write_text("\n  \n" + text, newline="")
        np.testing.assert_array_equal(_read(tmp_path / "rows.txt"), [[1, 20, -0.5], [4, np.nan, 6]])


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param(b"1,2\n\nx,4\n", ":3: first is 'x', not a number", id="text"),
        pytest.param(b"1,2\n3,4,5\n", ":2: 3 columns, but the first row has 2", id="long row"),
        pytest.param(b"1,2\n,4\n", ":2: first is '', not a number", id="empty field"),
        pytest.param(b"\n1\n", ":2: 1 columns; expected 2 to 3", id="too few columns"),
        pytest.param(b"\xff\xfe1\x00,\x002\x00", ": not a text file", id="another encoding"),
        pytest.param(b"1,\x93\n", ": not a text file", id="binary in a field"),
    ],
)
def test_malformed_file_is_named_by_its_place(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "rows.txt").write_bytes(content)
    with pytest.raises(ValueError, match=r"rows\.txt") as caught:
        _read(tmp_path / "rows.txt")
    assert str(caught.value).startswith(f"{tmp_path / 'rows.txt'}{problem}")


def test_member_of_a_zip_is_read_and_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("in/good.txt", "1,2\n")
        archive.writestr("in/bad.txt", "1,2\nx,2\n")
    folder = zipfile.Path(tmp_path / "all.zip") / "in"
    assert _read(folder / "good.txt").tolist() == [[1, 2]]
    with pytest.raises(ValueError, match=r"all.zip/in/bad.txt:2: first is 'x'"):
        _read(folder / "bad.txt")


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED], ids=["stored", "deflated"])
def test_a_damaged_member_of_a_zip_is_said_in_a_line(tmp_path: Path, packing: int) -> None:
    path = tmp_path / "damaged.zip"
    with zipfile.ZipFile(path, "w", packing) as archive:
        archive.writestr("rows.txt", "".join(f"{number},{number**2}\n" for number in range(50)))
    content = bytearray(path.read_bytes())
    content[60:64] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"damaged.zip/rows.txt: cannot be unpacked: "):
        _read(zipfile.Path(path, "rows.txt"))
