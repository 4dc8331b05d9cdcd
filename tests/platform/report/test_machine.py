"""The computer that a report names."""

from __future__ import annotations

from mot_platform.report.machine import this_machine


def test_this_machine_has_a_name_and_a_size() -> None:
    machine = this_machine()
    assert machine.cpu_model
    assert machine.num_cpus >= 1
    assert machine.memory_gib is None or machine.memory_gib > 0.1
    assert "Python 3" in machine.system
