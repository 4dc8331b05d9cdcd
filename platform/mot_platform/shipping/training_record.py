"""What a finished run says of how its weights were trained, read from the folder that training left."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from mot_platform.config import load_config
from mot_platform.errors import InputError
from mot_platform.experiment import ExperimentRun, tracking_uri
from mot_platform.model_identity import file_at
from mot_platform.provenance import training_run_id
from mot_platform.shipped_weights import shipped_card
from mot_platform.shipping.card import DataFacts, TrainingFacts, read_card
from mot_platform.training.config import TrainConfig
from mot_platform.training.preparation import CONFIG_FILE
from mot_platform.training.stages import Stage, stages_of
from mot_platform.weights import FILE_NAME

CORPUS_FILE = "corpus.json"
DRAWN = "Drawn by this program, which holds no content of others"
SPEED = "frames_per_second"


def training_facts(folder: Path, moved: Mapping[str, Path] | None = None) -> tuple[TrainingFacts, ...]:
    """Return what is known of the run in `folder`, after that of the runs whose weights it began with.

    Args:
        folder: Folder of the run; its MLflow store is looked for beside it, unless the environment names one.
        moved: Where corpora lie now, by the path that the run knew; their `corpus.json` is enough.

    Raises:
        InputError: if the folder is no run, it learned from data that may not be given away, or nobody knows
            what the weights that it began with learned from.
    """
    path = folder / CONFIG_FILE
    if not path.is_file():
        raise InputError(f"{folder}: no run of `mot-action train`, for it holds no {CONFIG_FILE}")
    config = load_config(path, TrainConfig)
    earlier = facts_before(config, moved)
    run_id = training_run_id(folder / FILE_NAME)
    stages = stages_of(config)
    own = TrainingFacts(
        name=folder.resolve().name,
        mlflow_run_id=run_id,
        began_with=earlier[-1].name if earlier else None,
        steps=config.steps,
        clips=stages[-1].stop_clip,
        clip_frames=config.data.clip_frames,
        image_sizes=tuple("x".join(str(side) for side in stage.input_wh) for stage in stages),
        hours=None if run_id is None else hours_of_steps(folder.parent, run_id, config, stages),
        data=tuple(drawn_corpus((moved or {}).get(one.root, Path(one.root))) for one in config.data.sources),
    )
    return (*earlier, own)


def facts_before(config: TrainConfig, moved: Mapping[str, Path] | None) -> tuple[TrainingFacts, ...]:
    """Return what is known of the weights that a run began with: from their folder, or from their card."""
    if config.weights is None:
        return ()
    file = file_at(config.weights)
    if file is not None:
        return training_facts(file.parent, moved)
    card = shipped_card(config.weights)
    shipped = None if card is None else read_card(card)
    if shipped is None or shipped.digest != config.weights_digest:
        raise InputError(
            f"weights: {config.weights} is neither a run's folder nor what now comes with the package under "
            "that name; weights are shipped only where it is known what they learned from"
        )
    return shipped.training


def drawn_corpus(root: Path) -> DataFacts:
    """Return what the corpus at `root` is.

    Raises:
        InputError: if `mot-action data synth` did not make it: what others own is not ours to give away.
    """
    path = root / CORPUS_FILE
    try:
        config = json.loads(path.read_text(encoding="utf-8"))["config"]
        width, height = config["size_wh"]
        what = (
            f"{config['num_videos']} synthetic videos of {config['seconds']:g} s, {width}x{height} at "
            f"{config['frame_rate_hz']:g} frames/s, difficulty {config['difficulty']}, seed {config['seed']}"
        )
        seed = int(config["seed"])
    except (OSError, ValueError, KeyError) as error:
        raise InputError(
            f"{root}: not a corpus of `mot-action data synth` ({CORPUS_FILE}: {error!r}); weights are "
            "shipped only where all of their data may be given away"
        ) from error
    return DataFacts(what=what, seed=seed, licence=DRAWN)


def hours_of_steps(storage: Path, run_id: str, config: TrainConfig, stages: list[Stage]) -> float | None:
    """Return the time that the steps of a run took, from the speeds on record; None if there are none."""
    uri = tracking_uri(storage)
    if uri.startswith("sqlite") and not (storage / "mlflow.db").is_file():
        return None
    speeds = ExperimentRun(tracking_uri=uri, run_id=run_id).history().get(SPEED, [])
    seconds, clips_before = 0.0, 0
    for step, frames_per_second in speeds:
        clips = clips_until(step, stages)
        seconds += (clips - clips_before) * config.data.clip_frames / frames_per_second
        clips_before = clips
    return seconds / 3600 if speeds else None


def clips_until(step: int, stages: list[Stage]) -> int:
    """Return the clips of the first `step` steps."""
    return sum(
        len(stage.steps[: max(0, step - stage.steps.start)]) * stage.clips_per_step for stage in stages
    )
