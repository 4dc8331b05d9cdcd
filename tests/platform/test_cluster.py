import os
import subprocess
import sys
from pathlib import Path

import pytest

from mot_platform.cluster import usable_cpus

SCRIPT = """
import os, ray
from mot_platform.cluster import ray_session
with ray_session(num_cpus=3):
    folder = ray._private.worker._global_node.get_temp_dir_path()
    print(ray.cluster_resources()["CPU"], os.environ["RAY_AUTH_MODE"], len(os.environ["RAY_AUTH_TOKEN"]))
    with ray_session():
        pass
    print(ray.is_initialized())
print(ray.is_initialized(), os.path.exists(folder))
"""


@pytest.mark.ray
def test_local_session_is_private_quiet_and_leaves_nothing(tmp_path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["3.0", "token", "64", "True", "False", "False"]
    assert done.stderr == ""
    assert not list(tmp_path.iterdir())


def test_usable_cpus_are_those_of_this_process():
    assert 1 <= usable_cpus() <= (os.cpu_count() or 1)
    assert Path("/").exists()
