import os
import subprocess
import sys

import pytest

from mot_platform.labelling.ownership import FolderBusyError, SupersededError, commit_right, sole_driver

HOLD = """
import sys, time
from pathlib import Path
from mot_platform.labelling.ownership import sole_driver
with sole_driver(Path(sys.argv[1]), "killed"):
    print("held", flush=True)
    time.sleep(60)
"""


def test_second_driver_is_refused_and_sigkill_frees_the_folder(tmp_path):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(FolderBusyError, match=str(holder.pid)), sole_driver(tmp_path, "second"):
            pass
        holder.kill()
    with sole_driver(tmp_path, "third"):
        assert (tmp_path / "driver.lock").read_text() == str(os.getpid())


def test_worker_of_an_earlier_epoch_may_not_commit(tmp_path):
    with sole_driver(tmp_path, "first"), commit_right(tmp_path, "first"):
        pass
    with sole_driver(tmp_path, "second"):
        with pytest.raises(SupersededError), commit_right(tmp_path, "first"):
            pass
        with commit_right(tmp_path, "second"):
            pass
