"""One run of one contender: a window in the middle of it, counted at the server and by the kernel."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.generator.contenders import Contender, Job
from tests.benchmarks.generator.latency import Latency
from tests.benchmarks.generator.machine import Cores, cpu_seconds, memory_mb, pinned
from tests.benchmarks.generator.target import Target

WINDOW, AFTER = 6.0, 2.0
"""Real seconds of load in and after the window."""
REQUESTS_A_JOURNEY = 4 + 0.229 * (1 + 0.157)
BUSY = 0.10
"""Share of a core that others may use in a window without its being marked."""


@dataclass(frozen=True)
class Reading:
    """Of one window. CPU is a share of a core; ``others`` is what neither generator nor nginx used, of both cores."""

    requests_per_second: float
    generator_cpu: float
    server_cpu: float
    others: float
    memory_mb: float
    latency: Latency

    @property
    def micros_a_request(self) -> float:
        """CPU microseconds of the generator for one request."""
        return self.generator_cpu / self.requests_per_second * 1e6

    @property
    def busy(self) -> bool:
        """Whether neighbours took so much that requests/s says little."""
        return self.others > BUSY


def measure(contender: Contender, job: Job, target: Target, *, core: int, server_core: int) -> Reading:
    """Run it once, pinned to ``core``.

    Raises:
        RuntimeError: It sent nothing, failed, or had requests that failed.
    """
    environment = {**os.environ, **contender.environment(job)}
    command = pinned(core, contender.command(job))
    log = job.folder / "err.log"
    with log.open("wb") as err:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=err, text=True, env=environment)
    try:
        _wait_for_load(process, target, log)
        time.sleep(contender.warm_up)
        begin = (time.monotonic(), target.requests(), cpu_seconds(process.pid), target.cpu(), Cores.now())
        time.sleep(WINDOW)
        end = (time.monotonic(), target.requests(), cpu_seconds(process.pid), target.cpu(), Cores.now())
        memory = memory_mb(process.pid)
        out, _ = process.communicate(timeout=90)
    finally:
        process.kill()
        process.wait()
    if process.returncode:
        raise RuntimeError(f"{contender.name} ended with {process.returncode}: {log.read_text()[-2000:]}")
    wall = end[0] - begin[0]
    generator, server = (end[2] - begin[2]) / wall, (end[3] - begin[3]) / wall
    used = [(after - before) / wall for before, after in zip(begin[4].busy, end[4].busy, strict=True)]
    latency = contender.latency(job, out)
    if latency.errors:
        raise RuntimeError(f"{contender.name}: {latency.errors} requests failed")
    return Reading(
        requests_per_second=(end[1] - begin[1] - 1) / wall,
        generator_cpu=generator,
        server_cpu=server,
        others=max(0.0, used[core] - generator, used[server_core] - server),
        memory_mb=memory,
        latency=latency,
    )


def _wait_for_load(process: subprocess.Popen[str], target: Target, log: Path) -> None:
    deadline = time.monotonic() + 90
    before = target.requests()
    while True:
        time.sleep(0.1)
        now = target.requests()
        if now - before > 5:
            return
        before = now
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"it sent nothing: {log.read_text()[-2000:]}")
