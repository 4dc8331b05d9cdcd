"""`configs/serve.yaml`: Ray Serve's own format, whose `args` are our settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from mot_platform.config import describe, read_yaml, shipped_config
from mot_platform.errors import InputError
from mot_platform.serving.settings import ServeConfig

SHIPPED = "serve.yaml"


def load_serve_config(path: Path | None, given: Mapping[str, object]) -> ServeConfig:
    """Return the settings of the first application in a Serve file.

    Args:
        path: The file; None takes the shipped one.
        given: Settings that stand above those of the file; paths are made absolute, because replicas run in
            another folder.

    Raises:
        InputError: if the file can't be read or a setting is unknown or impossible.
    """
    path = path or shipped_config(SHIPPED)
    try:
        args: dict[str, Any] = dict(read_yaml(path)["applications"][0]["args"])
    except (KeyError, IndexError, TypeError) as error:
        raise InputError(f"{path}: no `applications` with `args`; see configs/serve.yaml") from error
    args |= {n: str(v.resolve()) if isinstance(v, Path) else v for n, v in given.items()}
    args["store"] = str(Path(args["store"]).resolve())
    try:
        return TypeAdapter(ServeConfig).validate_python(args, extra="forbid")
    except ValidationError as error:
        raise InputError(f"{path}: {describe(error)}") from None
