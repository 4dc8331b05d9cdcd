"""How commands speak: results on stdout, everything else on stderr, errors in one line with an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.console import Console, RenderableType
from rich.markdown import Markdown

from mot_platform.errors import InputError, MotActionError

EXIT_FAILED = 1
EXIT_BAD_INPUT = 2

errors = Console(stderr=True, soft_wrap=True, highlight=False)
"""For progress, tables and errors."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn exceptions into one line on stderr and an exit code: 2 for bad input, 1 for failure."""
    try:
        yield
    except (InputError, ValueError) as error:
        _fail(error, EXIT_BAD_INPUT)
    except (MotActionError, OSError) as error:
        _fail(error, EXIT_FAILED)


def _fail(error: Exception, code: int) -> None:
    print("error:", " ".join(str(error).split()), file=sys.stderr)
    raise typer.Exit(code) from error


def print_json(result: dict[str, Any]) -> None:
    """Print `result` as one line of JSON, the last of stdout."""
    print(json.dumps(result, default=str), flush=True)


def print_markdown(text: str) -> None:
    """Print Markdown on stdout: laid out on a terminal, as it is in a pipe."""
    if sys.stdout.isatty():
        Console().print(Markdown(text))
    else:
        print(text)


def print_table(table: RenderableType) -> None:
    """Print `table` on stdout as wide as it needs: a narrow terminal wraps it, but no figure is cut."""
    wide = Console(width=10_000)
    Console(width=max(Console().width, wide.measure(table).maximum)).print(table)
