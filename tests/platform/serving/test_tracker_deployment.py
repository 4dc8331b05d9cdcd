from __future__ import annotations

from ray.serve.experimental.consistent_hash_router import ConsistentHashRouter

from mot_platform.serving.tracker_deployment import Tracker


def test_a_session_never_falls_back_to_another_replica() -> None:
    router = Tracker._deployment_config.request_router_config
    assert router.get_request_router_class() is ConsistentHashRouter
    assert router.request_router_kwargs == {"num_fallback_replicas": 0}


def test_the_model_is_described_as_it_was_resolved(loaded_engine, untrained_weights) -> None:
    engine, description = loaded_engine
    assert description.uri == str(untrained_weights)
    assert description.vocabulary.action_names == engine.action_names
    assert description.input_wh == engine.perceiver.input_wh
