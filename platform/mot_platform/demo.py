"""The main job, start to finish, at a size for two cores: corpus, training, evaluation, labelling, report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from mot_platform.cluster import ray_session, usable_cpus
from mot_platform.config import load_config, plain, shipped_config
from mot_platform.corpus import LabelledVideo, read_corpus
from mot_platform.engines import load_engine, tracker_for
from mot_platform.evaluating import Evaluation, evaluate
from mot_platform.experiment import ExperimentRun
from mot_platform.labelling.job import LabelSummary, label_folder
from mot_platform.labelling.settings import LabelConfig, LabelRequest
from mot_platform.model_identity import resolve_model
from mot_platform.provenance import code_version
from mot_platform.report.contents import ReportContents, StageTiming
from mot_platform.report.machine import this_machine
from mot_platform.report.page import write_report
from mot_platform.synth.corpus import CorpusConfig, generate_corpus
from mot_platform.synth.difficulty import DifficultyName
from mot_platform.training.config import SourceConfig, TrainConfig
from mot_platform.training.run import Progress, TrainingResult, train

RUN_NAME = "demo"
TARGETS = {"IDF1": 0.75, "detection_AP50": 0.80, "action_accuracy": 0.60}
"""What a demo at its default size is to reach on the held-out videos."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoConfig:
    """What the demo makes and trains. Held-out videos come from another seed than the training videos."""

    train_videos: int = 160
    """Videos to train on."""
    test_videos: int = 8
    """Held-out videos to evaluate and label."""
    train_seconds: float = 2.0
    """Length of each training video; many short ones show more people than few long ones."""
    test_seconds: float = 6.0
    """Length of each held-out video."""
    size_wh: tuple[int, int] = (320, 192)
    """Size of the videos in pixels."""
    difficulty: DifficultyName = "easy"
    """Of the scenes: few people, near and apart, a still camera; what minutes of training can learn."""
    train_seed: int = 1
    test_seed: int = 1001
    training: str = "train/demo.yaml"
    """Training configuration, below the shipped `configs/`."""
    overrides: tuple[str, ...] = field(default=())
    """Changes to the training configuration, as `train --set`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoResult:
    """What the demo made."""

    report: Path
    weights: Path
    labels: Path
    evaluation: Evaluation
    seconds: float


class StageClock:
    """Times the stages and announces each as it begins and ends."""

    def __init__(self, announce: Callable[[str], None]) -> None:
        self.timings: list[StageTiming] = []
        self._announce = announce

    @contextmanager
    def stage(self, name: str) -> Iterator[list[str]]:
        """Time the block; it appends to the list what the stage came to."""
        self._announce(f"{name} ...")
        begun_s = time.perf_counter()
        detail: list[str] = []
        yield detail
        timing = StageTiming(name=name, seconds=time.perf_counter() - begun_s, detail=", ".join(detail))
        self.timings.append(timing)
        self._announce(f"{name} done in {timing.seconds:.1f} s: {timing.detail}")


def run_demo(
    out: Path,
    config: DemoConfig | None = None,
    *,
    announce: Callable[[str], None] = print,
    progress: Progress | None = None,
) -> DemoResult:
    """Make a corpus, train on it, evaluate and label held-out videos, and write `out/report.html`.

    Run again, it takes up what is finished: corpus, training checkpoints and labelled videos stay.

    Args:
        out: Folder for everything.
        config: Sizes; None takes the defaults.
        announce: Called with a line at the beginning and end of each stage.
        progress: Called with the metrics of the running training.

    Raises:
        InputError: if `out` holds a demo of other settings.
    """
    config = config or DemoConfig()
    begun_s = time.perf_counter()
    clock = StageClock(announce)
    with clock.stage("Synthetic corpus") as detail:
        detail.append(make_corpora(out, config))
    # One Ray for training and labelling: it takes seconds to start.
    with ray_session(num_cpus=usable_cpus() + 2):
        with clock.stage("Training") as detail:
            training = train(
                training_config(out, config), name=RUN_NAME, storage=out / "runs", progress=progress
            )
            detail.append(
                f"{training.metrics['step']:.0f} steps, {training.metrics['frames_per_second']:.0f} frames/s"
            )
        videos = read_corpus(out / "test")
        with clock.stage("Evaluation") as detail:
            evaluation = evaluate_held_out(training, videos)
            detail.append(f"{sum(video.truth.info.num_frames for video in videos)} held-out frames")
        with clock.stage("Labelling a folder") as detail:
            summary = label_held_out(out, training)
            detail.append(f"{summary.done} videos done, {summary.dead} dead, {summary.rows} rows")
    with clock.stage("Report"):
        contents = report_contents(out, config, training, evaluation, videos, clock)
        write_report(out / "report.html", contents)
    return DemoResult(
        report=out / "report.html",
        weights=training.weights,
        labels=out / "labels",
        evaluation=evaluation,
        seconds=time.perf_counter() - begun_s,
    )


def make_corpora(out: Path, config: DemoConfig) -> str:
    """Write the training and the held-out corpus and return how large they are."""
    frames = 0
    for name, num_videos, seconds, seed in (
        ("train", config.train_videos, config.train_seconds, config.train_seed),
        ("test", config.test_videos, config.test_seconds, config.test_seed),
    ):
        corpus = CorpusConfig(
            num_videos=num_videos,
            seconds=seconds,
            size_wh=config.size_wh,
            seed=seed,
            difficulty=config.difficulty,
        )
        frames += generate_corpus(out / name, config=corpus, workers=usable_cpus()).num_frames
    width, height = config.size_wh
    counts = f"{config.train_videos} + {config.test_videos} videos"
    return f"{counts}, {frames} frames of {width}x{height}, {config.difficulty}"


def training_config(out: Path, config: DemoConfig) -> TrainConfig:
    """Return the shipped demo training on the corpus in `out`."""
    settings = load_config(shipped_config(config.training), TrainConfig, config.overrides)
    sources = (SourceConfig(root=str((out / "train").resolve())),)
    return replace(settings, data=replace(settings.data, sources=sources))


def evaluate_held_out(training: TrainingResult, videos: list[LabelledVideo]) -> Evaluation:
    """Score the trained weights on the held-out videos and log the scores to the training's run."""
    evaluation = evaluate(load_engine(str(training.weights)), videos)
    run = ExperimentRun(tracking_uri=training.tracking_uri, run_id=training.mlflow_run_id)
    scores = {f"test/{name}": value for name, value in evaluation.report.scalars().items()}
    run.log_metrics(scores, int(training.metrics["step"]))
    return evaluation


def label_held_out(out: Path, training: TrainingResult) -> LabelSummary:
    """Label the folder of held-out videos into `out/labels`."""
    weights = str(training.weights)
    identity = resolve_model(weights)
    request = LabelRequest(
        folder=str(out / "test"),
        out=out / "labels",
        model_uri=identity.uri,
        model_digest=identity.digest,
        tracker_settings=plain(asdict(tracker_for(identity))),
        mlflow_run_id=training.mlflow_run_id,
        config=LabelConfig(segment_seconds=4.0),
    )
    return label_folder(request, partial(load_engine, weights))


def report_contents(
    out: Path,
    config: DemoConfig,
    training: TrainingResult,
    evaluation: Evaluation,
    videos: list[LabelledVideo],
    clock: StageClock,
) -> ReportContents:
    """Gather what the report shows."""
    run = ExperimentRun(tracking_uri=training.tracking_uri, run_id=training.mlflow_run_id)
    engine = load_engine(str(training.weights))
    width, height = config.size_wh
    return ReportContents(
        title="mot-action demo",
        created_at=datetime.now(UTC),
        code_version=code_version(),
        machine=this_machine(),
        total_seconds=sum(timing.seconds for timing in clock.timings),
        corpus=(
            f"{len(videos)} held-out synthetic videos of {config.test_seconds:g} s, {width}x{height}, "
            f"difficulty {config.difficulty}, of another seed than the {config.train_videos} training videos"
        ),
        evaluation=evaluation.report,
        targets=TARGETS,
        tracks=evaluation.tracks,
        truths=[video.truth for video in videos],
        video_uris={video.name: video.uri for video in videos},
        class_names=engine.class_names,
        action_ids=engine.action_ids,
        action_names=engine.action_names,
        curves=run.history(),
        labels_folder=out / "labels",
        stages=clock.timings,
        commands=next_commands(out),
        lineage={
            "model digest": resolve_model(str(training.weights)).digest,
            "MLflow run": training.mlflow_run_id,
            "seeds": f"training {config.train_seed}, held out {config.test_seed}",
        },
    )


def next_commands(out: Path) -> list[tuple[str, str]]:
    """Return what to try next, as pairs of purpose and command."""
    weights = out / "runs" / RUN_NAME
    return [
        ("Track a video of your own", f"mot-action track VIDEO.mp4 --weights {weights} --out tracked.mp4"),
        ("Label a folder of videos", f"mot-action label FOLDER --out LABELS --weights {weights}"),
        (
            "Look at the runs",
            f"mlflow ui --backend-store-uri sqlite:///{(out / 'runs' / 'mlflow.db').resolve()}",
        ),
        ("Train longer, on harder scenes", "mot-action data synth CORPUS --videos 200 --difficulty default"),
    ]
