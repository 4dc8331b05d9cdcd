"""From a template and values to one HTML file that needs nothing else; every value is escaped."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from mot_platform.commit import commit_text

_TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: object) -> str:
    """Return the page that the template named `template` makes of `values`."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"share": share, "count": count, "duration": duration}
    return environment.get_template(template).render(**values).strip() + "\n"


def write_page(path: Path, page: str) -> None:
    """Write `page` to `path`; it appears there complete, in place of one that was there before.

    Raises:
        OSError: if the file can't be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    commit_text(path, page, scratch=path.parent)


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
