"""From a finished run to `shipped/NAME.safetensors` and its model card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path

import torch

from mot_platform import shipped_weights
from mot_platform.commit import commit_text, committed
from mot_platform.datasets.truth import read_labelled
from mot_platform.engines import load_engine, load_tracker_config
from mot_platform.errors import InputError
from mot_platform.evaluating import evaluate
from mot_platform.model_identity import resolve_model
from mot_platform.provenance import code_version
from mot_platform.registry import file_digest
from mot_platform.schema import Vocabulary
from mot_platform.shipping.card import SCORES, EvaluationFacts, ModelCard, card_text
from mot_platform.shipping.training_record import drawn_corpus, training_facts
from mot_platform.weights import load_network, save_weights

LIBRARIES = ("torch", "ray", "numpy", "safetensors")
LICENCE = "mit"


def ship(
    run: Path,
    name: str,
    *,
    data: Path,
    hardware: str,
    tracker: Path | None = None,
    moved: Mapping[str, Path] | None = None,
    video_done: Callable[[str], None] | None = None,
) -> ModelCard:
    """Write the weights of `run` and their card into the package, under `name`, and return the card.

    Args:
        run: Folder of a finished training.
        name: What `--weights` will take.
        data: Synthetic corpus that none of the training has seen; the stored file is evaluated on it.
        hardware: What the training ran on, in words.
        tracker: Association settings that were chosen for these weights, to go with them.
        moved: See `training_facts`.
        video_done: Called with the name of each video that was evaluated.

    Raises:
        InputError: if there is no such run, corpus or setting, the data may not be given away, or `data`
            shares videos with it.
    """
    training, held_out = training_facts(run, moved), drawn_corpus(data)
    if held_out.seed in {corpus.seed for part in training for corpus in part.data}:
        raise InputError(f"{data}: seed {held_out.seed} was trained on; evaluate on a corpus of another seed")
    model = resolve_model(str(run))
    network = load_network(model.path)
    settings = None if tracker is None else load_tracker_config(tracker)
    folder = shipped_weights.FOLDER
    folder.mkdir(exist_ok=True)
    with committed(folder / f"{name}{shipped_weights.WEIGHTS_SUFFIX}", scratch=folder) as draft:
        save_weights(draft, network, dtype=torch.float16, mlflow_run_id=model.mlflow_run_id, tracker=settings)
        draft.chmod(0o644)  # whoever installs the package reads it
        engine = load_engine(str(draft))
        videos = read_labelled(data, None, Vocabulary.of(engine))
        report = evaluate(engine, videos, video_done=video_done).report
        scores = report.scalars()
        card = ModelCard(
            name=name,
            license=LICENCE,
            library_name="mot-action",
            digest=file_digest(draft),
            size=network.config.size,
            parameters=sum(value.numel() for value in network.parameters()),
            inference_parameters=sum(value.numel() for value in network.for_inference().parameters()),
            input_wh=network.config.input_wh,
            receptive_field_frames=network.temporal.receptive_field_frames,
            class_names=network.config.class_names,
            action_ids=network.config.action_ids,
            action_names=network.config.action_names,
            tracker=settings,
            hardware=hardware,
            training=training,
            evaluation=EvaluationFacts(
                data=held_out,
                videos=len(videos),
                frames=report.combined.num_frames,
                scores={key: round(float(scores[key]), 4) for key in SCORES if key in scores},
            ),
            code_version=code_version(),
            versions={library: metadata.version(library) for library in LIBRARIES},
        )
        commit_text(folder / f"{name}{shipped_weights.CARD_SUFFIX}", card_text(card), scratch=folder)
    return card
