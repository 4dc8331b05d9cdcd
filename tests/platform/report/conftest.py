"""A run as small as can be: one video of two people, its truth and its tracks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from mot_model.structures import Tracks
from mot_platform.formats.motchallenge import MotRows, SequenceInfo
from mot_platform.metrics.evaluation import evaluate_sequences
from mot_platform.metrics.ground_truth import SequenceTruth
from mot_platform.metrics.identity.embedded_people import EmbeddedPeople
from mot_platform.report import clip
from mot_platform.report.contents import ReportContents
from mot_platform.report.machine import Machine
from mot_platform.video.writer import VideoWriter

NUM_FRAMES = 8
SIZE_WH = (64, 48)
ACTIONS = {11: "sit", 14: "walk (on <foot>)"}


class Outline(HTMLParser):
    """Collects elements, what they load, and checks that they close."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.loads: list[str] = []
        self.attributes: set[str] = set()
        self._open: list[str] = []
        self.feed(page)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.loads += [value or "" for name, value in attrs if name in ("src", "href", "poster", "srcset")]
        if tag not in ("meta", "img", "br", "link"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)


@pytest.fixture
def outline_of() -> Callable[[str], Outline]:
    """Return what reads the elements of a page and checks that they close."""
    return Outline


@pytest.fixture(autouse=True)
def small_clips(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make clips small, which encodes quickly."""
    monkeypatch.setattr(clip, "CLIP_WIDTH_PX", 192)


@pytest.fixture
def truth() -> SequenceTruth:
    """Return two people, 1 walking on the left and 2 sitting on the right, in every frame."""
    frame_index = np.repeat(np.arange(NUM_FRAMES), 2)
    person = np.tile([1, 2], NUM_FRAMES)
    left = np.where(person == 1, 4.0 + frame_index, 40.0)
    rows = MotRows(
        frame_index=frame_index,
        track_id=person,
        xyxy=np.stack([left, np.full(len(left), 10.0), left + 16, np.full(len(left), 40.0)], axis=1),
        score=np.ones(len(left)),
        class_id=np.ones(len(left), np.int64),
        visibility=np.ones(len(left)),
    )
    info = SequenceInfo(
        name="a", frame_rate_hz=10.0, num_frames=NUM_FRAMES, width_px=SIZE_WH[0], height_px=SIZE_WH[1]
    )
    actions = np.stack([person == 2, person == 1], axis=1)
    return SequenceTruth(info=info, rows=rows, actions=actions, action_ids=(11, 14))


@pytest.fixture
def tracks(truth: SequenceTruth) -> Tracks:
    """Return the truth as tracks 7 and 8; track 7 becomes 9 for the last two frames."""
    rows = truth.rows
    late = (rows.track_id == 1) & (rows.frame_index >= NUM_FRAMES - 2)
    return Tracks(
        frame_index=rows.frame_index.astype(np.int32),
        time_s=rows.frame_index / 10,
        track_id=np.where(late, 9, rows.track_id + 6).astype(np.int32),
        class_id=np.zeros(len(rows), np.int16),
        xyxy=rows.xyxy.astype(np.float32),
        score=np.full(len(rows), 0.9, np.float32),
        action_score=np.where(truth.actions, 0.8, 0.1).astype(np.float32),
    )


@pytest.fixture
def people() -> EmbeddedPeople:
    """Return two people in two frames who look different from each other, each always the same."""
    return EmbeddedPeople(
        frame_index=np.array([0, 0, 1, 1]),
        person=np.array([1, 2, 1, 2]),
        embedding=np.eye(2, dtype=np.float32)[[0, 1, 0, 1]],
    )


@pytest.fixture
def video(tmp_path: Path) -> Path:
    """Return a grey video of the sequence."""
    path = tmp_path / "a.mp4"
    with VideoWriter(path, SIZE_WH, 10.0) as writer:
        for level in range(NUM_FRAMES):
            writer.write(np.full((SIZE_WH[1], SIZE_WH[0], 3), 60 + 10 * level, np.uint8))
    return path


@pytest.fixture
def empty_contents() -> ReportContents:
    """Return contents of which everything optional is missing."""
    return ReportContents(
        title="A run",
        created_at=datetime(2025, 1, 2, 3, 4, tzinfo=UTC),
        code_version="1.2.3",
        machine=Machine(cpu_model="CPU", num_cpus=2, memory_gib=None, system="Linux"),
        total_seconds=61.0,
        corpus="one video",
    )


@pytest.fixture
def contents(
    empty_contents: ReportContents, truth: SequenceTruth, tracks: Tracks, video: Path
) -> ReportContents:
    """Return contents with scores and pictures of the sequence."""
    evaluation = evaluate_sequences(
        [truth], {"a": tracks}, action_ids=tuple(ACTIONS), action_names=ACTIONS, with_motmetrics=False
    )
    return replace(
        empty_contents,
        evaluation=evaluation,
        tracks={"a": tracks},
        truths=(truth,),
        video_uris={"a": str(video)},
        class_names=("person",),
        action_ids=tuple(ACTIONS),
        action_names=tuple(ACTIONS.values()),
    )
