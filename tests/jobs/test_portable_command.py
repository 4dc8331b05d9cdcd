"""Command lines made fit for a cluster."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from mot_jobs.portable_command import absolute_place, portable_command
from mot_platform.errors import InputError


def test_a_training_travels_as_one_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text("data: {sources: [{root: corpus}], validation: held}\nclips_per_step: 4\n")
    options = ["--config", "small.yaml", "--set", "steps=7", "--workers", "1:2", "--storage", "runs"]
    command = portable_command("train", options)
    assert command.name == "small"
    expected = "train --config config.yaml --name small --storage RUNS --address auto"
    assert command.argv == tuple(expected.replace("RUNS", str(tmp_path / "runs")).split())
    sent = yaml.safe_load(command.files["config.yaml"])
    assert (sent["steps"], sent["workers"]) == (7, [1, 2])
    assert sent["data"]["sources"][0]["root"] == str(tmp_path / "corpus")
    assert sent["data"]["validation"] == str(tmp_path / "held")


def test_labelling_keeps_urls_and_flags(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tracker.yml").write_text("# defaults\n")
    options = ["--out", "labels", "--weights", "models:/mot-action@champion", "--strict", "--workers", "3"]
    command = portable_command("label", ["s3://bucket/videos", *options, "--tracker", "tracker.yml"])
    weights = ["--weights", "models:/mot-action@champion"]
    out = ["--out", str(tmp_path / "labels")]
    rest = ["--tracker", "tracker.yaml", "--workers", "3", "--strict", "--address", "auto"]
    assert command.argv == ("label", *out, *weights, *rest, "--", "s3://bucket/videos")
    assert command.files == {"tracker.yaml": "# defaults\n"}
    assert command.name == "videos"


@pytest.mark.parametrize(
    "text", [pytest.param("segment_secondz: 3", id="unknown key"), pytest.param("a: [", id="not YAML")]
)
def test_files_are_checked_before_they_travel(tmp_path: Path, text: str) -> None:
    config = tmp_path / "label.yaml"
    config.write_text(text)
    with pytest.raises(InputError, match=r"label\.yaml"):
        portable_command("label", ["f", "--out", "o", "--weights", "w", "--config", str(config)])


def test_places() -> None:
    assert absolute_place("weights", "nano") == "nano"
    assert absolute_place("weights", "runs/first") == str(Path("runs/first").absolute())
    with pytest.raises(InputError, match="--data s3:/b: URLs are not supported"):
        absolute_place("data", Path("s3://b"))
