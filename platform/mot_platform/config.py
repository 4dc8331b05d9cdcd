"""YAML files and `a.b=c` overrides into frozen dataclasses, every unknown key an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from mot_platform.errors import InputError

Config = TypeVar("Config")


def load_config(path: Path | str | None, kind: type[Config], overrides: Sequence[str] = ()) -> Config:
    """Return the configuration in `path` as a `kind`.

    Args:
        path: A YAML file; None takes the defaults of `kind`.
        kind: A dataclass.
        overrides: Settings such as `network.size=small`, the value read as YAML; later ones win.

    Raises:
        InputError: if the file can't be read, a key is unknown or a value impossible; it names each.
    """
    data = read_yaml(Path(path)) if path is not None else {}
    for override in overrides:
        set_dotted(data, override)
    try:
        return TypeAdapter(kind).validate_python(data, extra="forbid")
    except ValidationError as error:
        raise InputError(f"{path or 'configuration'}: {describe(error)}") from None


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping in `path`; an empty file is an empty mapping."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"{path}: can't read the configuration: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise InputError(f"{path}: expected keys with values, got {type(data).__name__}")
    return data


def set_dotted(data: dict[str, Any], override: str) -> None:
    """Set one `a.b=value` in nested mappings, in place."""
    name, separator, value = override.partition("=")
    if not separator or not name:
        raise InputError(f"--set {override}: expected name=value, such as network.size=small")
    *parents, leaf = name.split(".")
    for parent in parents:
        data = data.setdefault(parent, {})
        if not isinstance(data, dict):
            raise InputError(f"--set {override}: {parent} is a value, not a section")
    data[leaf] = yaml.safe_load(value)


def describe(error: ValidationError) -> str:
    """Return every problem of `error` in one line, each with its dotted name."""
    problems = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"])
        unknown = problem["type"] in ("unexpected_keyword_argument", "extra_forbidden")
        message = "unknown key" if unknown else problem["msg"].removeprefix("Value error, ")
        problems.append(f"{name}: {message}" if name else message)
    return "; ".join(problems)


def dump_config(config: Any) -> str:  # any dataclass
    """Return `config` as YAML, which `load_config` reads back."""
    return yaml.safe_dump(plain(asdict(config)), sort_keys=False)


def plain(value: Any) -> Any:
    """Return nested tuples as lists, for YAML and JSON."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def shipped_config(name: str) -> Path:
    """Return the path of a configuration that ships with the project, such as `train/demo.yaml`."""
    path = shipped_configs() / name
    if not path.is_file():
        raise InputError(f"{name}: no such shipped configuration in {path.parent}")
    return path


def named_config(name: str | None, kind: str) -> Path | None:
    """Return the file that `name` stands for: a path, or a shipped configuration of a `kind`, by its stem.

    Raises:
        InputError: if there is neither; it lists the shipped ones.
    """
    if name is None or Path(name).is_file():
        return None if name is None else Path(name)
    shipped = {path.stem: path for path in (shipped_configs() / kind).glob("*.yaml")}
    if name not in shipped:
        raise InputError(
            f"{name}: no such file, and no shipped settings; those are {', '.join(sorted(shipped))}"
        )
    return shipped[name]


def shipped_configs() -> Path:
    """Return the folder of the configurations that ship with the project."""
    package = Path(__file__).parent
    installed, checkout = package / "configs", package.parents[1] / "configs"
    return installed if installed.is_dir() else checkout
