"""Files of pages."""

from __future__ import annotations

from pathlib import Path

from mot_platform.report.rendering import write_page


def test_a_page_replaces_the_one_before_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "out" / "report.html"
    for page in ("the first", "the second"):
        write_page(path, page)
        assert path.read_text() == page
    assert list(path.parent.iterdir()) == [path]
