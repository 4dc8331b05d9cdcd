"""A command line made fit for a cluster: checked here, small files beside it, paths absolute."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from mot_jobs.cli import MODULES
from mot_platform.config import dump_config, load_config
from mot_platform.errors import InputError

PLACES = frozenset({"folder", "out", "data", "storage", "weights"})
"""Parameters that name what stays where it is: every node must reach it by the same path or URL."""
FILES = frozenset({"config", "tracker"})
"""Parameters that name small files: they travel with the command."""
LEFT_OUT = frozenset({"address", "as_json"})
"""Parameters for who submits, not for what runs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PortableCommand:
    """What to run on a cluster."""

    name: str
    """What it works on, for people."""
    argv: tuple[str, ...]
    files: dict[str, str]
    """Text of the files that `argv` names, by name."""


def portable_command(kind: str, arguments: list[str]) -> PortableCommand:
    """Return `mot-action KIND ARGUMENTS` for a cluster that sees the same storage.

    An unknown or missing option ends the program as it does in the command itself.

    Raises:
        InputError: if a file that it names can't be read or holds impossible settings.
    """
    command = typer.main.get_command(import_module(MODULES[kind]).app)
    context = command.make_context(kind, list(arguments))
    values = {name: value for name, value in context.params.items() if name not in LEFT_OUT}
    files = {name: checked_file(kind, name, values) for name in FILES if values.get(name) is not None}
    name = values.get("name") or Path(values.get("folder") or values.get("data") or values["config"]).stem
    if kind == "train":  # all that these change is in the shipped configuration now
        values |= {"overrides": None, "workers": None, "name": name}
    values |= {name: f"{name}.yaml" for name in files}
    values |= {name: absolute_place(name, values[name]) for name in PLACES if values.get(name) is not None}
    options, positional = [kind], []
    for parameter in command.params:
        value = values.get(str(parameter.name))
        if parameter.param_type_name == "argument":
            positional.append(str(value))
        elif value is True:
            options.append(parameter.opts[0])
        elif value is not None and value is not False:
            options += [parameter.opts[0], str(value)]
    if "address" in context.params:
        options += ["--address", "auto"]
    end = ["--", *positional] if positional else []
    return PortableCommand(
        name=name, argv=(*options, *end), files={f"{key}.yaml": text for key, text in files.items()}
    )


def checked_file(kind: str, name: str, values: dict[str, Any]) -> str:
    """Return the text to ship for the file that parameter `name` names, once its settings are valid."""
    path = Path(values[name])
    if name == "tracker":
        from mot_platform.engines import load_tracker_config

        load_tracker_config(path)
    elif kind == "label":
        from mot_platform.labelling.settings import LabelConfig

        load_config(path, LabelConfig)
    else:
        from mot_jobs.train import load_settings
        from mot_platform.training.preparation import with_absolute_paths

        settings = load_settings(path, values["overrides"], values["workers"])
        return dump_config(with_absolute_paths(settings))
    return path.read_text(encoding="utf-8")


def absolute_place(name: str, value: str | Path) -> str:
    """Return a path as absolute, and a URL or the bare name of shipped weights as it is."""
    text = str(value)
    if re.match(r"[a-z][a-z0-9+.-]+:/", text):
        if isinstance(value, Path):
            raise InputError(
                f"--{name} {text}: URLs are not supported here; give a path that all nodes share"
            )
        return text
    if name == "weights":
        from mot_platform.model_identity import from_any_folder

        return from_any_folder(text)
    return str(Path(text).absolute())
