"""What the machine did: CPU seconds of a process with its children, and of a whole core."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def _tree(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and those that it started."""
    total = 0
    for each in _tree(pid):
        try:
            fields = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICK


def memory_mb(pid: int) -> float:
    """The most resident memory so far, of a process and those that it started."""
    total = 0
    for each in _tree(pid):
        try:
            lines = Path(f"/proc/{each}/status").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return total / 1024


@dataclass(frozen=True)
class Cores:
    """Busy seconds of each core since the machine started, whoever used them."""

    busy: tuple[float, ...]

    @classmethod
    def now(cls) -> Cores:
        """Read /proc/stat."""
        busy = []
        for line in Path("/proc/stat").read_text().splitlines():
            if line.startswith("cpu") and line[3].isdigit():
                user, nice, system, _, _, irq, softirq, steal = (int(field) for field in line.split()[1:9])
                busy.append((user + nice + system + irq + softirq + steal) / _TICK)
        return cls(tuple(busy))


def wait_for_quiet(most: float, seconds: float) -> None:
    """Return when no core was busier than ``most`` for a second, or after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        before = Cores.now()
        time.sleep(1)
        if max(after - first for first, after in zip(before.busy, Cores.now().busy, strict=True)) <= most:
            return


def pinned(core: int, command: list[str]) -> list[str]:
    """A command that runs on one core only."""
    return ["taskset", "--cpu-list", str(core), *command]
