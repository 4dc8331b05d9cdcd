"""Networks are timed in turns and compared within a round."""

from __future__ import annotations

from mot_model.network import JointNetwork, NetworkConfig
from mot_platform.benchmarking.step_cost import step_costs


def test_the_first_network_is_what_others_are_compared_with() -> None:
    network = JointNetwork(NetworkConfig(size="pico", input_wh=(64, 32))).for_inference()
    large = JointNetwork(NetworkConfig(size="pico", input_wh=(128, 128))).for_inference()
    costs = step_costs({"small": network, "large": large}, rounds=2, steps=2)
    assert list(costs) == ["small", "large"]
    assert costs["small"].ratio == 1
    assert costs["small"].median_ms > 0
    assert costs["large"].ratio > 1, "eight times the pixels"
