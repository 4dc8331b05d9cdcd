"""Tracker replicas as a Ray Serve deployment: a session always goes to the same one."""

from __future__ import annotations

from pathlib import Path

from ray import serve
from ray.serve.config import RequestRouterConfig

from mot_model.engine import Engine
from mot_model.tracker import compile_tracker
from mot_platform.engines import load_engine, tracker_for
from mot_platform.model_identity import ModelIdentity
from mot_platform.provenance import code_version
from mot_platform.schema import Vocabulary
from mot_platform.serving.replica import TrackerReplica
from mot_platform.serving.replies import ModelDescription
from mot_platform.serving.session_store import FolderStore
from mot_platform.serving.settings import ServeConfig

MAX_WAITING_CALLS = 4096
DRAIN_S = 10.0
HEALTH_CHECK_S = 0.3
"""How soon a dead replica is noticed and its sessions go elsewhere."""
ROUTER_BACKOFF_S = 0.1


@serve.deployment(
    max_ongoing_requests=MAX_WAITING_CALLS,
    health_check_period_s=HEALTH_CHECK_S,
    graceful_shutdown_timeout_s=DRAIN_S,
    request_router_config=RequestRouterConfig(
        request_router_class="ray.serve.experimental.consistent_hash_router.ConsistentHashRouter",
        request_router_kwargs={"num_fallback_replicas": 0},
        max_backoff_s=ROUTER_BACKOFF_S,
    ),
)
class Tracker(TrackerReplica):
    """`TrackerReplica` as a deployment."""

    def __init__(self, config: ServeConfig, model: ModelIdentity) -> None:
        super().__init__(config, lambda: loaded(config, model), FolderStore(Path(config.store)))


def loaded(config: ServeConfig, model: ModelIdentity) -> tuple[Engine, ModelDescription]:
    """Return the engine of an endpoint, ready to run at once, and what to say of it."""
    compile_tracker()
    settings = tracker_for(model, None if config.tracker is None else Path(config.tracker))
    engine = load_engine(model, tracker=settings, use_gpu=config.gpus_per_replica > 0)
    words = Vocabulary(
        class_names=engine.class_names, action_ids=engine.action_ids, action_names=engine.action_names
    )
    return engine, ModelDescription(
        uri=model.uri,
        digest=model.digest,
        input_wh=engine.perceiver.input_wh,
        vocabulary=words,
        code_version=code_version(),
    )
