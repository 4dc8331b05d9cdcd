"""`mot-action models`: the weights that are shipped, and those in the MLflow registry by version."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from mot_jobs.models_table import shipped_table, version_table, versions_table
from mot_jobs.terminal import one_line_errors, print_json, print_markdown, print_table
from mot_platform.errors import InputError
from mot_platform.experiment import tracking_uri
from mot_platform.registry import (
    CHAMPION,
    MODEL_NAME,
    RUNS_FOLDER,
    RegisteredVersion,
    open_registry,
    store_exists,
)
from mot_platform.shipped_weights import shipped_card, shipped_names
from mot_platform.shipping.card import read_card, shipped_cards, split_card

app = typer.Typer(no_args_is_help=True)

Name = Annotated[str, typer.Option(help="The registered model.")]
Storage = Annotated[Path, typer.Option(help="Folder of runs, unless MLFLOW_TRACKING_URI is set.")]
Json = Annotated[bool, typer.Option("--json", help="Print the result as one line of JSON.")]


@app.callback()
def models_help() -> None:
    """Weights by name or version: `--weights nano`, `--weights models:/mot-action@champion`.

    Example: mot-action models register runs/first; mot-action models promote 1
    """


@app.command("list")
def list_versions(name: Name = MODEL_NAME, storage: Storage = RUNS_FOLDER, as_json: Json = False) -> None:
    """List the shipped weights, and every registered version, newest first."""
    with one_line_errors():
        cards = shipped_cards()
        # Who has never trained anything has no registry, and is told so only if there is nothing else.
        is_expected = not cards or storage != RUNS_FOLDER
        has_store = is_expected or store_exists(tracking_uri(storage))
        versions = open_registry(storage).versions(name) if has_store else []
    if as_json:
        listed = [as_data(version) for version in versions]
        print_json({"name": name, "versions": listed, "shipped": [asdict(card) for card in cards]})
        return
    if cards:
        print_table(shipped_table(cards))
    if has_store:
        print_table(versions_table(name, versions))


@app.command("register")
def register_weights(
    weights: Annotated[str, typer.Argument(help="A run folder, or a .safetensors file in one.")],
    name: Name = MODEL_NAME,
    storage: Storage = RUNS_FOLDER,
    as_json: Json = False,
) -> None:
    """Make a version of trained weights; the same weights twice are one version.

    Example: mot-action models register runs/first
    """
    from mot_platform.registering import register  # only here: it checks the weights, with PyTorch

    with one_line_errors():
        version, is_new = register(open_registry(storage), weights, name)
    if as_json:
        print_json(as_data(version) | {"is_new": is_new})
    else:
        print(f"{version.uri}{'' if is_new else ' is these weights already'}, digest {version.digest}")


@app.command("promote")
def promote(
    version: Annotated[str, typer.Argument(help="A version; an older one to roll back.")],
    alias: Annotated[str, typer.Option(help="The alias to move.")] = CHAMPION,
    name: Name = MODEL_NAME,
    storage: Storage = RUNS_FOLDER,
    as_json: Json = False,
) -> None:
    """Point an alias at a version.

    Example: mot-action models promote 2
    """
    with one_line_errors():
        registry = open_registry(storage)
        chosen = registry.version(version, name)
        before = registry.promote(chosen, alias)
    origin = before.version if before else None
    if as_json:
        print_json({"alias": alias, "from": origin, "to": chosen.version, "uri": f"models:/{name}@{alias}"})
    else:
        print(f"models:/{name}@{alias}: {origin or 'nothing'} -> {chosen.version}")


@app.command("show")
def show(
    version: Annotated[
        str, typer.Argument(help="A shipped name, a version such as 2, or an alias such as @champion.")
    ],
    name: Name = MODEL_NAME,
    storage: Storage = RUNS_FOLDER,
    as_json: Json = False,
) -> None:
    """Print the card of shipped weights, or what a version is: digest, run and its metrics, aliases.

    Example: mot-action models show nano
    """
    if (card_path := shipped_card(version)) is not None:
        with one_line_errors():
            card, (_, text) = read_card(card_path), split_card(card_path)
        if as_json:
            print_json(asdict(card))
        else:
            print_markdown(text)
        return
    with one_line_errors():
        if not (version.isdigit() or version.startswith("@")):
            names = ", ".join(shipped_names()) or "none"
            raise InputError(
                f"{version}: no shipped weights of that name, those are {names}; a registered version is a "
                "number or an @alias"
            )
        registry = open_registry(storage)
        found = registry.version(version, name)
        metrics = registry.run_metrics(found)
    if as_json:
        print_json(as_data(found) | {"metrics": metrics})
    else:
        print_table(version_table(found, metrics))


def as_data(version: RegisteredVersion) -> dict[str, Any]:
    """Return the version as plain values, its address first."""
    return {"uri": version.uri} | asdict(version)


if __name__ == "__main__":
    app()
