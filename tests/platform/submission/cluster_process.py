"""A Ray node with its Jobs API as its own process, for tests that submit: NUM_CPUS TEMP_DIR.

Prints the address of the dashboard and stays until its stdin closes.
"""

import sys
from pathlib import Path

import ray

if __name__ == "__main__":
    num_cpus, temp_dir = sys.argv[1:]
    context = ray.init(
        address="local",
        num_cpus=int(num_cpus),
        include_dashboard=True,
        dashboard_host="127.0.0.1",
        dashboard_port=0,
        object_store_memory=100 * 2**20,
        log_to_driver=False,
        _node_ip_address="127.0.0.1",
        _temp_dir=temp_dir,
    )
    # Jobs look for the cluster here; without it they would take any cluster that runs on this machine.
    (Path(temp_dir) / "ray_current_cluster").write_text(context.address_info["gcs_address"])
    print(f"http://{context.dashboard_url}", flush=True)
    sys.stdin.read()
    ray.shutdown()
