"""Tables of what is in data sets, for the terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rich import box
from rich.bar import Bar
from rich.console import Group, JustifyMethod, RenderableType
from rich.table import Table
from rich.text import Text

from mot_platform.datasets.source import Problem
from mot_platform.datasets.summary import SourceSummary, SplitCount

_BAR_WIDTH = 32
_DIGEST_LETTERS = 12
_ALIGNMENT: tuple[JustifyMethod, ...] = ("left", "right", "right", "left")
"""Of the columns of a histogram: name, count, share, bar."""


def source_table(summaries: Sequence[SourceSummary], digests: Mapping[str, str]) -> Table:
    """Return a table of what each source has and what it labels."""
    table = Table(caption="complete: of these classes, labelled frames show every object")
    for heading in ("source", "kind", "labels", "complete"):
        table.add_column(heading)
    for heading in ("ready", "missing", "dead", "minutes", "frames", "labelled", "boxes", "ignored", "ids"):
        table.add_column(heading, justify="right")
    table.add_column("digest")
    for one in summaries:
        counts = (one.frames, one.labelled_frames, one.boxes, one.ignored_boxes, one.identities)
        table.add_row(
            Text(one.name),
            one.kind,
            _labels(one),
            Text(", ".join(one.complete_classes) or "-"),
            *(str(one.videos.get(status, 0)) for status in ("ready", "missing", "dead")),
            f"{one.duration_s / 60:.1f}",
            *(f"{count:,}" for count in counts),
            digests.get(one.name, "-")[:_DIGEST_LETTERS],
        )
    return table


def split_table(summaries: Sequence[SourceSummary]) -> Table:
    """Return a table of the splits of each source."""
    table = Table()
    for heading in ("source", "split"):
        table.add_column(heading)
    for heading in ("videos", "frames", "labelled", "boxes"):
        table.add_column(heading, justify="right")
    for one in summaries:
        for number, split in enumerate(one.splits, start=1):
            table.add_row(Text(one.name), *_split_row(split), end_section=number == len(one.splits))
    return table


def histograms(summary: SourceSummary) -> list[RenderableType]:
    """Return the counts of classes, actions and sizes of one source, each as bars."""
    sizes = {name: count for name, count in summary.boxes_by_height.items() if count}
    titled = {
        "boxes by class": summary.boxes_by_class,
        "boxes by action": summary.boxes_by_action,
        "boxes by height as a share of the frame's": sizes,
    }
    return [histogram(f"{summary.name}: {title}", counts) for title, counts in titled.items() if counts]


def histogram(title: str, counts: Mapping[str, int]) -> RenderableType:
    """Return counts as bars; their length is logarithmic, so that rare ones can be told apart too."""
    table = Table(box=None, show_header=False, padding=(0, 2))
    for justify in _ALIGNMENT:
        table.add_column(justify=justify)
    longest, total = math.log1p(max(counts.values(), default=0)) or 1, sum(counts.values()) or 1
    for name, count in counts.items():
        if count:
            bar = Bar(longest, 0, math.log1p(count), width=_BAR_WIDTH)
            table.add_row(Text(name), f"{count:,}", f"{100 * count / total:.1f} %", bar)
    lines: list[RenderableType] = [Text(f"\n{title} (bars: log scale)", style="bold"), table]
    if absent := [name for name, count in counts.items() if not count]:
        lines.append(Text(f"  without any: {', '.join(absent)}"))
    return Group(*lines)


def problem_table(problems: Sequence[Problem]) -> Table:
    """Return a table of what is wrong and where, what must be mended first on top."""
    table = Table(box=box.SIMPLE)
    for heading in ("where", "what"):
        table.add_column(heading)
    for problem in sorted(problems, key=lambda problem: not problem.fatal):
        what = Text("must be mended: ", style="bold red") if problem.fatal else Text()
        table.add_row(Text(problem.where), what + Text(problem.what))
    return table


def not_ready_table(summaries: Sequence[SourceSummary]) -> Table:
    """Return a table of the videos that are missing or dead."""
    table = Table(box=box.SIMPLE)
    for heading in ("source", "video", "status", "why"):
        table.add_column(heading)
    for one in summaries:
        for name, status, error in one.not_ready:
            table.add_row(Text(one.name), Text(name), status, Text(error))
    return table


def _labels(summary: SourceSummary) -> str:
    kinds = {"boxes": True, "ids": summary.has_ids, "actions": summary.has_actions}
    return ", ".join(kind for kind, has in kinds.items() if has)


def _split_row(split: SplitCount) -> list[Text | str]:
    counts = (split.videos, split.frames, split.labelled_frames, split.boxes)
    return [Text(split.split or "(in none)"), *(f"{count:,}" for count in counts)]
