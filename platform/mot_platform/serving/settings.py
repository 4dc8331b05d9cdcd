"""Settings of the endpoint; `args` of `configs/serve.yaml`."""

from __future__ import annotations

from dataclasses import dataclass, field

_MIB = 2**20


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """What the endpoint accepts; everything beyond is refused with a problem, never queued without bound.

    Raises:
        ValueError: if a limit is not positive.
    """

    max_streams: int = 16
    """Streams and uploads at a time, per gate; the next is refused with 429."""
    window: int = 16
    """Unanswered frames of a stream; a frame beyond is dropped and counted."""
    max_frame_bytes: int = 8 * _MIB
    """Largest encoded picture."""
    max_pixels: int = 4096 * 4096
    """Most pixels of a picture or video frame."""
    max_upload_bytes: int = 2048 * _MIB
    """Largest video file of `POST /v1/videos`."""
    max_duration_s: float = 4 * 3600.0
    """Longest video of `POST /v1/videos`."""
    receive_timeout_s: float = 60.0
    """Longest silence while a video is being uploaded."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if not getattr(self, name) > 0:
                raise ValueError(f"limits.{name} must be positive, got {getattr(self, name)}")


@dataclass(frozen=True, kw_only=True, slots=True)
class SessionPolicy:
    """How long a session lives and how often its state is made durable.

    Raises:
        ValueError: if a value is not positive.
    """

    snapshot_frames: int = 30
    """Frames between snapshots, at most; as many are computed again after a failure."""
    snapshot_s: float = 1.0
    """Seconds between snapshots, at most, while frames come."""
    idle_s: float = 60.0
    """A session without frames leaves a replica's memory after this, its state in the store."""
    keep_s: float = 900.0
    """A session without frames leaves the store after this: it has ended."""
    max_kept: int = 256
    """Sessions in the store; beyond, those unused for longest end first."""

    def __post_init__(self) -> None:
        for name in self.__dataclass_fields__:
            if not getattr(self, name) > 0:
                raise ValueError(f"sessions.{name} must be positive, got {getattr(self, name)}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ServeConfig:
    """One endpoint.

    Raises:
        ValueError: if a value is impossible.
    """

    weights: str
    """A file, a run folder or `models:/name@alias`; resolved once, when the application is built."""
    tracker: str | None = None
    """Tracker settings, a YAML file; default: those that suit the network."""
    store: str
    """Folder of session snapshots; shared by all nodes when there are several."""
    token_file: str | None = None
    """File of bearer tokens, one a line. Without it only clients on the gate's own machine are answered."""
    replicas: int = 2
    """Tracker replicas; with one alone, a failure lasts as long as its restart."""
    gates: int = 1
    """Gates."""
    cpus_per_replica: float = 1.0
    """CPUs that Ray sets aside for a tracker replica."""
    gpus_per_replica: float = 0.0
    """GPUs (or parts of one) of a tracker replica."""
    max_batch: int = 8
    """Frames of different streams that go through the network together; on a CPU they go one by one."""
    limits: Limits = field(default_factory=Limits)
    """What is accepted."""
    sessions: SessionPolicy = field(default_factory=SessionPolicy)
    """How sessions live."""

    def __post_init__(self) -> None:
        for name in ("replicas", "gates", "max_batch"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.cpus_per_replica < 0 or self.gpus_per_replica < 0:
            raise ValueError("cpus_per_replica and gpus_per_replica must not be negative")
