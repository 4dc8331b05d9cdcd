"""What a run ran on, for people who compare timings."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

from mot_platform.cluster import usable_cpus

_CPU_FILE = Path("/proc/cpuinfo")


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """The computer of a run."""

    cpu_model: str
    num_cpus: int
    """Processors that the run may use, which can be fewer than there are."""
    memory_gib: float | None
    """Main memory; None where the system does not say."""
    system: str
    """Operating system and Python, such as "Linux 6.1, Python 3.12.3"."""


def this_machine() -> Machine:
    """Return the computer that this process runs on."""
    return Machine(
        cpu_model=_cpu_model(),
        num_cpus=usable_cpus(),
        memory_gib=_memory_gib(),
        system=f"{platform.system()} {platform.release()}, Python {platform.python_version()}",
    )


def _cpu_model() -> str:
    """Return the name of the processor, as Linux has it, else its architecture."""
    lines = _CPU_FILE.read_text().splitlines() if _CPU_FILE.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _memory_gib() -> float | None:
    if "SC_PHYS_PAGES" not in getattr(os, "sysconf_names", {}):
        return None
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
