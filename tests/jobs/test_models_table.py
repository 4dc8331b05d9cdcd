"""What a person sees of registered versions."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from mot_jobs.models_table import shipped_table, version_table, versions_table
from mot_platform.registry import RegisteredVersion
from mot_platform.shipping.card import ModelCard

VERSION = RegisteredVersion(
    name="mot-action",
    version=3,
    digest="0123456789abcdef" * 4,
    mlflow_run_id="run",
    source="runs:/run/model.safetensors",
    created_at=datetime(2026, 11, 22, tzinfo=UTC),
    aliases=("champion",),
    tags={"network_size": "nano", "input_size": "320x192", "classes": "person", "actions": "8"},
)


def text(table: Table) -> str:
    console = Console(width=180)
    with console.capture() as capture:
        console.print(table)
    return capture.get()


def test_a_version_is_a_row() -> None:
    row = next(line for line in text(versions_table("mot-action", [VERSION])).splitlines() if "nano" in line)
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells == [
        "3",
        "champion",
        "0123456789ab",
        "run",
        "2026-11-22 00:00",
        "nano",
        "320x192",
        "person",
        "8",
    ]


def test_shipped_weights_are_a_row(model_card: ModelCard) -> None:
    row = next(line for line in text(shipped_table([model_card])).splitlines() if "nano" in line)
    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells == ["nano", "abababababab", "1,302,234", "nano", "320x192", "person", "2"]


def test_one_version_shows_its_full_digest_and_metrics() -> None:
    shown = text(version_table(VERSION, {"validation/IDF1": 0.75}))
    assert VERSION.digest in shown
    assert "models:/mot-action/3" in shown
    assert "0.75" in shown
