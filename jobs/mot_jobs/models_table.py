"""Tables of registered versions for the terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Table

from mot_platform.registry import DIGEST_TAG, RegisteredVersion
from mot_platform.shipping.card import ModelCard

DIGEST_CHARS = 12
SHOWN_TAGS = ("network_size", "input_size", "classes", "actions")


def shipped_table(cards: Sequence[ModelCard]) -> Table:
    """Return a row for each of the weights that come with the package."""
    table = Table(caption="shipped")
    for heading in ("name", "digest", "parameters", *(tag.replace("_", " ") for tag in SHOWN_TAGS)):
        table.add_column(heading, no_wrap=True)
    for card in cards:
        table.add_row(
            card.name,
            card.digest[:DIGEST_CHARS],
            f"{card.inference_parameters:,}",
            card.size,
            "x".join(str(side) for side in card.input_wh),
            ", ".join(card.class_names),
            str(len(card.action_ids)),
        )
    return table


def versions_table(name: str, versions: Sequence[RegisteredVersion]) -> Table:
    """Return a row per version, newest first."""
    table = Table(caption=name)
    for heading in ("version", "aliases", "digest", "run", "registered", *SHOWN_TAGS):
        table.add_column(heading.replace("_", " "), no_wrap=True)
    for version in versions:
        table.add_row(
            str(version.version),
            ", ".join(version.aliases),
            version.digest[:DIGEST_CHARS],
            version.mlflow_run_id,
            f"{version.created_at:%Y-%m-%d %H:%M}",
            *(version.tags.get(tag, "-") for tag in SHOWN_TAGS),
        )
    return table


def version_table(version: RegisteredVersion, metrics: Mapping[str, float]) -> Table:
    """Return all that is known of one version, a row each."""
    table = Table(show_header=False)
    facts = {
        "address": version.uri,
        "aliases": ", ".join(version.aliases) or "-",
        DIGEST_TAG: version.digest,
        "run": version.mlflow_run_id,
        "source": version.source,
        "registered": f"{version.created_at:%Y-%m-%d %H:%M:%S} UTC",
    }
    for fact, value in (facts | dict(version.tags)).items():
        table.add_row(fact.replace("_", " "), value)
    table.add_section()
    for metric, figure in sorted(metrics.items()):
        table.add_row(metric, f"{figure:.6g}")
    return table
