"""What the page of scores is given."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mot_platform.report.score_contents import ScoreContents


def test_a_page_needs_scores() -> None:
    with pytest.raises(ValueError, match="needs an evaluation"):
        ScoreContents(title="Scores", created_at=datetime.now(UTC), code_version="1")
