"""Charts of scores."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from mot_platform.metrics.actions.action_map import ActionMap
from mot_platform.metrics.evaluation_report import EvaluationReport
from mot_platform.metrics.identity.embedded_people import EmbeddedPeople
from mot_platform.metrics.identity.separation import identity_separation
from mot_platform.report.action_tables import action_rows
from mot_platform.report.contents import ReportContents
from mot_platform.report.score_charts import (
    MAX_ACTIONS,
    action_chart,
    detection_chart,
    hota_charts,
    separation_chart,
)


def evaluated(contents: ReportContents) -> EvaluationReport:
    assert contents.evaluation is not None
    return contents.evaluation


def test_hota_stands_with_its_parts_and_by_sequence_where_there_are_several(contents: ReportContents) -> None:
    report = evaluated(contents)
    (parts,) = hota_charts(report)
    assert [line.name for line in parts.legend] == ["HOTA", "DetA", "AssA", "LocA"]
    assert parts.legend[0].value == report.scalars()["HOTA"]
    (one,) = report.sequences
    _, each = hota_charts(replace(report, sequences=(one, replace(one, name="b"))))
    assert [line.name for line in each.legend] == ["all", "a", "b"]


def test_precision_of_boxes_needs_boxes_to_find(contents: ReportContents) -> None:
    detection = evaluated(contents).combined.detection
    chart = detection_chart(detection)
    assert chart is not None
    assert [round(line.value or 0, 2) for line in chart.legend] == [1, 1, 1]
    assert detection_chart(replace(detection, precision=np.full((10, 101), np.nan))) is None


def test_only_the_commonest_actions_are_drawn() -> None:
    actions = range(MAX_ACTIONS + 3)
    found = ActionMap(
        mean_ap=0.5,
        ap_by_action=dict.fromkeys(actions, 0.5),
        precision_by_action=dict.fromkeys(actions, np.ones(101)),
        num_truth_by_action={action: 10 + action for action in actions},
    )
    chart = action_chart(found, action_rows(found, None, str))
    assert chart is not None
    assert [line.name for line in chart.legend] == ["8", "7", "6", "5", "4", "3"]


def test_similarity_has_a_line_for_one_person_and_one_for_two(people: EmbeddedPeople) -> None:
    chart = separation_chart(identity_separation([people], min_similarity=0.6))
    assert chart is not None
    assert [line.name for line in chart.legend] == ["same, 1 frame apart", "different, 1"]
    assert separation_chart(identity_separation([], min_similarity=0.6)) is None
