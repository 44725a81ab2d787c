"""What Linux tells of processes: CPU time used, memory, and on which cores they may run."""

import os
from pathlib import Path

from deploy.local.memory import tree

_TICKS = os.sysconf("SC_CLK_TCK")


def _times(pid: int) -> tuple[float, float]:
    """CPU seconds of a process, and of its children that have ended; zeros once it has ended itself."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0, 0.0
    own, ended = (int(fields[i]) + int(fields[i + 1]) for i in (11, 13))
    return own / _TICKS, ended / _TICKS


def cpu_seconds(pid: int) -> float:
    """CPU time the process has used, user and system."""
    return _times(pid)[0]


def tree_seconds(root: int) -> float:
    """CPU time of a process and all that descend from it, ended children of the root counted in."""
    return _times(root)[1] + sum(cpu_seconds(pid) for pid in tree(root))


def memory_mib(pid: int) -> tuple[float, float]:
    """(proportional, unshared) memory of a process in MiB: PSS, and what no other process has (USS)."""
    fields = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, value = line.partition(":")
        fields[name] = int(value.split()[0]) / 1024
    return fields["Pss"], fields["Private_Clean"] + fields["Private_Dirty"]


def cores() -> tuple[set[int], set[int]]:
    """(for the measured server, for everything else): one core of its own where there are two or more."""
    allowed = sorted(os.sched_getaffinity(0))
    return ({allowed[0]}, set(allowed[1:])) if len(allowed) > 1 else (set(allowed), set(allowed))
