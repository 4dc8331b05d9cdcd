"""Weights that come with the package: `--weights nano` takes them by name, wherever it is installed.

`shipped/NAME.safetensors` holds the weights, `shipped/NAME.md` beside it is their model card.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent / "shipped"
WEIGHTS_SUFFIX = ".safetensors"
CARD_SUFFIX = ".md"


def shipped_names() -> tuple[str, ...]:
    """Return the names of all weights that come with the package, in alphabetical order."""
    return tuple(sorted(path.stem for path in FOLDER.glob(f"*{WEIGHTS_SUFFIX}")))


def shipped_file(name: str) -> Path | None:
    """Return the weights of that name, None if none are shipped under it."""
    return FOLDER / f"{name}{WEIGHTS_SUFFIX}" if name in shipped_names() else None


def shipped_card(name: str) -> Path | None:
    """Return the model card of the weights of that name, None if none are shipped under it."""
    return FOLDER / f"{name}{CARD_SUFFIX}" if name in shipped_names() else None
