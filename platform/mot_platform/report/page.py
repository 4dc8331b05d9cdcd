"""The report as one HTML file that needs nothing else: styles, charts, pictures and a clip lie inside."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mot_platform.commit import commit_text
from mot_platform.report import curves
from mot_platform.report.contents import ReportContents
from mot_platform.report.labelled_folder import LabelledFolder, read_labelled_folder
from mot_platform.report.scores import action_rows, confusion_table, headline, sequence_rows
from mot_platform.report.videos import sample_clip, shown_videos

TEMPLATE = "template.html"


def write_report(path: Path, contents: ReportContents) -> None:
    """Write the page to `path`; it appears there complete, in place of one that was there before.

    Args:
        path: The HTML file; its folder is made if need be.
        contents: What to show. Whatever is missing in it is left out of the page.

    Raises:
        OSError: if the file can't be written.
    """
    page = render_page(contents)
    path.parent.mkdir(parents=True, exist_ok=True)
    commit_text(path, page, scratch=path.parent)


def render_page(contents: ReportContents) -> str:
    """Return the page as text; every value in it is escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"share": share, "count": count, "duration": duration}
    labels, labels_problem = _labels(contents)
    page = environment.get_template(TEMPLATE).render(
        contents=contents,
        cards=headline(contents),
        clip=sample_clip(contents),
        videos=shown_videos(contents),
        sequences=sequence_rows(contents),
        actions=action_rows(contents),
        confusion=confusion_table(contents),
        groups=curves.chart_groups(contents.curves),
        chart=curves,
        labels=labels,
        labels_problem=labels_problem,
        longest_stage_s=max((stage.seconds for stage in contents.stages), default=0.0) or 1.0,
    )
    return page.strip() + "\n"


def share(value: float | None) -> str:
    """Return a share with three decimals, a dash where there is none.

    Examples:
        >>> share(0.87654), share(None)
        ('0.877', '-')
    """
    return "-" if value is None else f"{value:.3f}"


def count(value: int | None) -> str:
    """Return a whole number in groups of three digits, a dash where there is none.

    Examples:
        >>> count(12345), count(None)
        ('12,345', '-')
    """
    return "-" if value is None else f"{value:,}"


def duration(seconds: float | None) -> str:
    """Return a time for people.

    Examples:
        >>> duration(3.21), duration(271.4), duration(7380), duration(None)
        ('3.2 s', '4 min 31 s', '2 h 03 min', '-')
    """
    if seconds is None:
        return "-"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02d} min"


def _labels(contents: ReportContents) -> tuple[LabelledFolder | None, str]:
    """Return the labelled folder, or None and what is wrong with it."""
    if contents.labels_folder is None:
        return None, ""
    try:
        return read_labelled_folder(contents.labels_folder), ""
    except OSError as error:
        return None, f"{contents.labels_folder}: its tables can't be read ({error})"
