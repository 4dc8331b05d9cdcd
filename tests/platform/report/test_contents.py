"""Names of actions in a report."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mot_platform.report.contents import ReportContents


def test_an_action_has_the_models_name_or_else_its_number(contents: ReportContents) -> None:
    assert contents.action_name(11) == "sit"
    assert contents.action_name(5) == "action 5"


def test_each_action_needs_a_name(contents: ReportContents) -> None:
    with pytest.raises(ValueError, match="2 action names for 1 action ids"):
        replace(contents, action_ids=(11,))
