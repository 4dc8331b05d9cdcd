"""`mot-action models`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from mot_jobs.models import app
from mot_platform import shipped_weights
from mot_platform.shipping.card import ModelCard, card_text

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own deprecations


def run(storage: Path, name: str, *arguments: object) -> Result:
    options = ["--storage", str(storage), "--name", name]
    return CliRunner().invoke(app, [*(str(argument) for argument in arguments), *options])


def data(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout.splitlines()[-1])


def test_weights_are_registered_promoted_and_shown(recorded_runs: Path) -> None:
    def models(*arguments: object) -> Any:
        return data(run(recorded_runs, "shown", *arguments, "--json"))

    assert models("list")["versions"] == []
    first = models("register", recorded_runs / "first")
    assert (first["uri"], first["is_new"]) == ("models:/shown/1", True)
    assert models("register", recorded_runs / "first")["is_new"] is False
    models("register", recorded_runs / "second")
    assert models("promote", 1)["from"] is None
    assert models("promote", 2) == {
        "alias": "champion",
        "from": 1,
        "to": 2,
        "uri": "models:/shown@champion",
    }
    found = models("show", "@champion")
    assert (found["version"], found["aliases"]) == (2, ["champion"])
    assert found["metrics"] == {"validation/IDF1": 0.75}
    assert [version["version"] for version in models("list")["versions"]] == [2, 1]


def test_a_person_reads_the_same(recorded_runs: Path) -> None:
    registered = run(recorded_runs, "read", "register", recorded_runs / "first")
    digest = registered.stdout.strip()[-64:]
    promoted = run(recorded_runs, "read", "promote", 1)
    assert promoted.stdout == "models:/read@champion: nothing -> 1\n"
    assert digest in run(recorded_runs, "read", "show", "@champion").stdout
    listed = run(recorded_runs, "read", "list").stdout
    assert digest[:12] in listed
    assert "champion" in listed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(("promote", "9"), "has no version '9'", id="version"),
        pytest.param(("show", "@best"), "has no alias '@best'", id="alias"),
        pytest.param(("show", "best"), "best: no shipped weights of that name", id="name"),
        pytest.param(("register", "nowhere"), "nowhere: no weights there", id="weights"),
    ],
)
def test_what_is_not_there_exits_with_2_and_one_line(
    recorded_runs: Path, arguments: tuple[str, ...], said: str
) -> None:
    run(recorded_runs, "there", "register", recorded_runs / "first")
    result = run(recorded_runs, "there", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.strip().count("\n") == 0


@pytest.fixture
def shipped(tmp_path: Path, model_card: ModelCard, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working directory, and ship weights named `mini`."""
    folder, work = tmp_path / "shipped", tmp_path / "work"
    folder.mkdir()
    work.mkdir()
    monkeypatch.setattr(shipped_weights, "FOLDER", folder)
    monkeypatch.chdir(work)
    (folder / "mini.safetensors").touch()
    (folder / "mini.md").write_text(card_text(replace(model_card, name="mini")))
    return work


def test_who_has_trained_nothing_sees_what_is_shipped(shipped: Path, model_card: ModelCard) -> None:
    listed = CliRunner().invoke(app, ["list"])
    assert (listed.exit_code, "mini" in listed.stdout) == (0, True)
    found = data(CliRunner().invoke(app, ["list", "--json"]))
    assert ([card["name"] for card in found["shipped"]], found["versions"]) == (["mini"], [])
    assert CliRunner().invoke(app, ["show", "mini"]).stdout.startswith("# mini\n")
    assert data(CliRunner().invoke(app, ["show", "mini", "--json"]))["digest"] == model_card.digest


def test_shipped_and_registered_are_listed_together(shipped: Path, recorded_runs: Path) -> None:
    run(recorded_runs, "both", "register", recorded_runs / "first")
    found = data(run(recorded_runs, "both", "list", "--json"))
    assert (len(found["shipped"]), len(found["versions"])) == (1, 1)


def test_a_folder_without_a_store_exits_with_2(tmp_path: Path) -> None:
    result = run(tmp_path, "none", "list")
    assert result.exit_code == 2
    assert "no MLflow store at" in result.stderr
