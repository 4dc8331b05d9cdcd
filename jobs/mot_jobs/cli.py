"""`mot-action`: every command under one name, each imported only when it is used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

MODULES = {
    "demo": "mot_jobs.demo",
    "data": "mot_jobs.data",
    "train": "mot_jobs.train",
    "evaluate": "mot_jobs.evaluate",
    "score": "mot_jobs.score",
    "associate": "mot_jobs.associate",
    "track": "mot_jobs.track",
    "label": "mot_jobs.label",
    "submit": "mot_jobs.submit",
    "query": "mot_jobs.query",
    "serve": "mot_jobs.serve",
    "models": "mot_jobs.models",
    "export": "mot_jobs.export",
    "bench": "mot_jobs.bench",
}
"""Where each command lives: a module with a Typer `app`."""


class LazyCommands(TyperGroup):
    """Imports a command's module when it is called or its help is asked for: some take seconds."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the commands in the order of the main job."""
        return list(MODULES)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of that name, or None."""
        if cmd_name not in MODULES:
            return None
        command = typer.main.get_command(import_module(MODULES[cmd_name]).app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=LazyCommands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def main_help() -> None:
    """Multi-object tracking and action recognition in one causal network, on Ray."""


def main() -> None:
    """Run the command line."""
    app(prog_name="mot-action")


if __name__ == "__main__":
    main()
