"""How much memory the whole system takes."""

import os
from pathlib import Path


def tree(root: int) -> list[int]:
    """A process and all that descend from it (Linux)."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            try:
                parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue  # it ended while we looked
            children.setdefault(parent, []).append(int(folder.name))
    found = [root]
    for pid in found:
        found.extend(children.get(pid, []))
    return found


def proportional_mib(pid: int) -> float:
    """One process's memory, what it shares counted by its share (PSS); 0 when it ended meanwhile or is not ours."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def total_mib() -> float | None:
    """The memory of this process and all that descend from it in MiB; None where the system does not tell."""
    if not Path("/proc/self/smaps_rollup").exists():
        return None
    return sum(proportional_mib(pid) for pid in tree(os.getpid()))
