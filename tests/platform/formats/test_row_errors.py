"""Behaviour of the search for the line that broke a reader."""

from __future__ import annotations

from pathlib import Path

import pytest

from mot_platform.formats.row_errors import (
    finite_numbers,
    line_of_row,
    malformed_row,
    number_problem,
    sift_rows,
)


def test_blank_lines_count_as_lines_but_not_as_rows(tmp_path: Path) -> None:
    path = tmp_path / "rows.txt"
    path.write_text("\n1,2\n\n3,4\n")
    assert line_of_row(path, 1) == 4


def test_file_is_blamed_when_no_line_is(tmp_path: Path) -> None:
    path = tmp_path / "rows.txt"
    path.write_text("1,2\n")
    assert str(malformed_row(path, lambda row: None, "odd")) == f"{path}: odd"


@pytest.mark.parametrize(
    ("field", "finite"), [("1e3", True), ("nan", False), ("-inf", False), ("x", False), ("1_0", False)]
)
def test_number_must_be_finite(field: str, finite: bool) -> None:
    assert (number_problem(field, "left") is None) == finite
    assert (finite_numbers(["1", field]) is not None) == finite


def test_sifting_parts_good_lines_from_bad(tmp_path: Path) -> None:
    path = tmp_path / "rows.txt"
    path.write_text("1\n\nx\n2\n")
    sifted = sift_rows(path, lambda row: number_problem(row[0], "n"))
    assert (sifted.fields, sifted.lines) == ([["1"], ["2"]], [1, 4])
    assert [(problem.line, problem.what) for problem in sifted.problems] == [(3, "n is 'x', not a number")]
