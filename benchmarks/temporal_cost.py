"""What the temporal encoder costs: one frame of each size of the network with it, relative to without.

    python benchmarks/temporal_cost.py [--sizes nano small] [--input 320x192] [--rounds 9]

Networks with random weights as they run in inference, one thread of the CPU, in turns, CPU time.
"""

from __future__ import annotations

import argparse

from mot_model.network import SIZES, JointNetwork, NetworkConfig
from mot_platform.benchmarking.step_cost import step_costs
from mot_platform.report.machine import this_machine

DILATIONS = ((), (1,), (1, 2), (1, 2, 4))


def main() -> None:
    options = parsed()
    print("| size | R = 1, ms | R = 3 | R = 7 | R = 15 |\n| --- | --- | --- | --- | --- |")
    for size in options.sizes:
        networks = {
            str(dilations): JointNetwork(
                NetworkConfig(size=size, input_wh=options.input, temporal_dilations=dilations)
            ).for_inference()
            for dilations in DILATIONS
        }
        off, *others = step_costs(networks, rounds=options.rounds).values()
        ratios = " | ".join(f"{cost.median_ms:.2f} (x {cost.ratio:.3f})" for cost in others)
        print(f"| {size} | {off.median_ms:.2f} | {ratios} |", flush=True)
    machine = this_machine()
    print(
        f"\n{machine.cpu_model}, {machine.num_cpus} CPUs; one thread, {options.input[0]}x{options.input[1]}"
    )


def size_wh(text: str) -> tuple[int, int]:
    """Return width and height of `320x192`."""
    width, height = text.split("x")
    return int(width), int(height)


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", nargs="+", choices=list(SIZES), default=list(SIZES))
    parser.add_argument("--input", type=size_wh, default=(320, 192), metavar="WxH")
    parser.add_argument("--rounds", type=int, default=9)
    return parser.parse_args()


if __name__ == "__main__":
    main()
