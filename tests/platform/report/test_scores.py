"""Cards and tables of scores."""

from __future__ import annotations

from dataclasses import replace

from mot_platform.report.contents import ReportContents
from mot_platform.report.scores import headline, sequence_rows


def test_cards_hold_the_combined_scores_and_their_goals(contents: ReportContents) -> None:
    cards = {card.label: card for card in headline(replace(contents, targets={"IDF1": 0.75}))}
    assert cards["IDF1"].target == 0.75
    assert cards["HOTA"].target is None
    assert 0.5 < cards["IDF1"].value < 1  # type: ignore[operator]
    assert cards["Action accuracy"].value == 1
    assert "0.50" in cards["Action accuracy"].note


def test_each_sequence_has_a_row_and_the_last_is_all_together(contents: ReportContents) -> None:
    rows = sequence_rows(contents)
    assert [row.name for row in rows] == ["a", "COMBINED"]
    assert rows[0].counts == (1, 0, 0)


def test_without_an_evaluation_there_is_nothing(empty_contents: ReportContents) -> None:
    assert headline(empty_contents) == sequence_rows(empty_contents) == ()
