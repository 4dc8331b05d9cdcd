"""A table of the scores of actions for the terminal: a row per action, the means over actions last."""

from __future__ import annotations

import math

from rich.table import Table

from mot_platform.metrics.actions.action_report import ActionReport

TUBE_IOUS = (0.2, 0.5, 0.75)


def action_table(report: ActionReport) -> Table:
    """Return the figures of `report`: shares in percent, counts as they are, a dash where undefined."""
    table = Table(caption="\n".join([_headline(report), *report.notes]))
    table.add_column("action", no_wrap=True)
    for name in _column_names(report):
        table.add_column(name, justify="right")
    actions = sorted(report.action_map.ap_by_action)
    for number, action in enumerate(actions, start=1):
        table.add_row(
            f"{action} {report.action_names.get(action, '')}",
            *_row(report, action),
            end_section=number == len(actions),
        )
    table.add_row("MEAN", *_means(report))
    return table


def _headline(report: ActionReport) -> str:
    return f"benchmark {report.benchmark}, {report.num_images} images; shares in %"


def _column_names(report: ActionReport) -> list[str]:
    tubes = [f"video-AP {100 * tube_iou:.0f}" for tube_iou in TUBE_IOUS]
    columns = ["frame-AP 50", "boxes"]
    columns += ["recall"] if report.accuracy else []
    return columns + ([*tubes, "video-AP 50:95", "tubes"] if report.video_map else [])


def _row(report: ActionReport, action: int) -> list[str]:
    """Return the figures of one action, in the order of the columns."""
    scores, accuracy, tubes = report.action_map, report.accuracy, report.video_map
    cells = [_share(scores.ap_by_action[action]), str(scores.num_truth_by_action[action])]
    if accuracy:
        cells.append(_share(accuracy.recall_by_action.get(action, math.nan)))
    if tubes:
        place = tubes.action_ids.index(action)
        shares = [*(tubes.ap_at(tube_iou)[place] for tube_iou in TUBE_IOUS), tubes.ap_50_95[place]]
        cells += [*map(_share, shares), str(tubes.num_truth[place])]
    return cells


def _means(report: ActionReport) -> list[str]:
    """Return the means over actions, and the sums of what is counted."""
    scores, accuracy, tubes = report.action_map, report.accuracy, report.video_map
    cells = [_share(scores.mean_ap), str(sum(scores.num_truth_by_action.values()))]
    if accuracy:
        cells.append(_share(accuracy.mean_recall))
    if tubes:
        shares = [*map(tubes.mean_ap, TUBE_IOUS), tubes.mean_ap_50_95]
        cells += [*map(_share, shares), str(tubes.num_truth.sum())]
    return cells


def _share(value: float) -> str:
    return "-" if math.isnan(value) else f"{100 * value:.2f}"
