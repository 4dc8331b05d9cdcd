"""All that a session is, as a value and as bytes: enough for any replica to go on with it.

Safetensors and JSON, no pickle: a store may be shared, and its bytes are then input like any other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from mot_model.temporal_state import TemporalState
from mot_model.tracker_state import TrackerState

_FORMAT = "mot-action-session/1"
_PLAIN = ("next_track_id", "num_frames", "clock_s", "time_s")
"""Fields of `TrackerState` that are numbers; the others are arrays."""


class SnapshotError(ValueError):
    """Bytes that are no snapshot, or one of another model."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """A session after some frame. A value: its arrays and tensors are never written to."""

    model_digest: str
    """The model whose states these are."""
    next_seq: int
    """Number that the next frame must have at least."""
    num_frames: int
    """Frames applied."""
    source_wh: tuple[int, int] | None
    """Size of the source's frames, None before the first."""
    started_at: float
    """Unix time when the session began."""
    temporal: TemporalState
    tracker: TrackerState
    answers: Mapping[int, dict[str, Any]] = field(default_factory=dict)
    """The last answers by `seq`, for frames that are sent again."""


def to_bytes(snapshot: Snapshot) -> bytes:
    """Return `snapshot` as safetensors with the plain values in the header."""
    tensors = {f"temporal.{name}": tensor.contiguous() for name, tensor in snapshot.temporal.buffers.items()}
    for spec in fields(TrackerState):
        if spec.name not in _PLAIN:
            array = np.ascontiguousarray(getattr(snapshot.tracker, spec.name))
            tensors[f"tracker.{spec.name}"] = torch.from_numpy(array)
    plain = {
        "model_digest": snapshot.model_digest,
        "next_seq": snapshot.next_seq,
        "num_frames": snapshot.num_frames,
        "source_wh": snapshot.source_wh,
        "started_at": snapshot.started_at,
        "tracker": {name: getattr(snapshot.tracker, name) for name in _PLAIN},
        "answers": list(snapshot.answers.items()),
    }
    data: bytes = save(tensors, metadata={"format": _FORMAT, "session": json.dumps(plain)})
    return data


def from_bytes(data: bytes) -> Snapshot:
    """Return the snapshot in `data`.

    Raises:
        SnapshotError: if it is none.
    """
    try:
        (header_bytes,) = np.frombuffer(data[:8], "<u8")
        metadata = json.loads(data[8 : 8 + int(header_bytes)])["__metadata__"]
        if metadata["format"] != _FORMAT:
            raise SnapshotError(f"format {metadata['format']!r}, expected {_FORMAT!r}")
        plain = json.loads(metadata["session"])
        tensors = load(data)
        arrays: dict[str, Any] = {
            name: tensor.numpy() for name, tensor in _below(tensors, "tracker.").items()
        }
        size = plain["source_wh"]
        return Snapshot(
            model_digest=plain["model_digest"],
            next_seq=plain["next_seq"],
            num_frames=plain["num_frames"],
            source_wh=None if size is None else (size[0], size[1]),
            started_at=plain["started_at"],
            temporal=TemporalState(_below(tensors, "temporal.")),
            tracker=TrackerState(**plain["tracker"], **arrays),
            answers=dict(plain["answers"]),
        )
    except (SafetensorError, ValueError, KeyError, TypeError) as error:
        raise SnapshotError(f"not a session snapshot: {error}") from error


def _below(tensors: Mapping[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
