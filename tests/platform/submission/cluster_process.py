"""A Ray node with its Jobs API as its own process, for tests that submit: NUM_CPUS.

RAY_TMPDIR must be a folder of its own: there lies the address by which jobs find their cluster. Prints
the address of the dashboard and stays until its stdin closes.
"""

import socket
import sys

from ray.cluster_utils import Cluster


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    port = free_port()
    node = {
        "num_cpus": int(sys.argv[1]),
        "object_store_memory": 100 * 2**20,
        "include_dashboard": True,
        "dashboard_host": "127.0.0.1",
        "dashboard_port": port,
        "dashboard_agent_listen_port": free_port(),  # the default is that of any other cluster here
    }
    cluster = Cluster(initialize_head=True, head_node_args=node)
    print(f"http://127.0.0.1:{port}", flush=True)
    sys.stdin.read()
    cluster.shutdown()
