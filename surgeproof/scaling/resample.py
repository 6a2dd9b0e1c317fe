"""Many replays with other seeds, over several processes that cannot outlive this one."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import IO

from surgeproof.launch.records import SampleHistogram
from surgeproof.scaling.errors import ReplayError
from surgeproof.scaling.replay import replay
from surgeproof.scaling.replay_inputs import ReplayInputs

_WORKER = "surgeproof.scaling.resample_worker"


def resample(
    inputs: ReplayInputs,
    seeds: Sequence[int],
    *,
    processes: int = 2,
    speed: float = 1.0,
    scale: float = 1.0,
    on_done: Callable[[int], None] | None = None,
) -> list[list[SampleHistogram]]:
    """Replay with each seed, and return the results in the order of the seeds.

    The processes are fresh interpreters, not forks, so that a caller with threads or an event loop is safe.
    They end when this process ends, however it ends.

    Args:
        inputs: The run.
        seeds: One replay each.
        processes: How many work at a time; 1 replays in this process.
        speed: As for ``replay``.
        scale: As for ``replay``.
        on_done: Told how many are done, from another thread.

    Raises:
        ReplayError: A replay cannot be made, or a process was lost.
    """
    done: dict[int, list[SampleHistogram]] = {}
    lock = Lock()

    def took(place: int, result: list[SampleHistogram]) -> None:
        with lock:
            done[place] = result
            if on_done is not None:
                on_done(len(done))

    processes = max(1, min(processes, len(seeds)))
    if processes == 1:
        for place, seed in enumerate(seeds):
            took(place, replay(inputs, seed=seed, speed=speed, scale=scale))
        return [done[place] for place in range(len(seeds))]
    workers: list[subprocess.Popen[bytes]] = []
    try:
        # Started from this thread: the kernel ends them when the thread that started them ends.
        workers.extend(_start() for _ in range(processes))
        with ThreadPoolExecutor(processes) as threads:
            shares = [list(enumerate(seeds))[k::processes] for k in range(processes)]
            futures = [
                threads.submit(_drive, worker, (inputs, share, speed, scale), took)
                for worker, share in zip(workers, shares, strict=True)
            ]
            try:
                for future in futures:
                    future.result()
            except BaseException:
                _stop(workers)  # or the other threads would wait for work that nobody wants any more
                raise
    finally:
        _stop(workers)
    return [done[place] for place in range(len(seeds))]


def _start() -> subprocess.Popen[bytes]:
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH", "")]))
    return subprocess.Popen(
        [sys.executable, "-m", _WORKER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is ours to handle
        env={**os.environ, "PYTHONPATH": path, "SURGEPROOF_PARENT": str(os.getpid())},
    )


def _drive(
    worker: subprocess.Popen[bytes],
    job: tuple[ReplayInputs, list[tuple[int, int]], float, float],
    took: Callable[[int, list[SampleHistogram]], None],
) -> None:
    to, back = worker.stdin, worker.stdout
    if to is None or back is None:
        raise ReplayError("a replay process has no pipes")
    try:
        pickle.dump(job, to)
        to.flush()
        for _ in job[1]:
            place, result = _result(back)
            took(place, result)
    except (EOFError, BrokenPipeError, pickle.UnpicklingError) as error:
        raise ReplayError("a replay process was lost", got=worker.poll(), fix="Run it again") from error


def _result(back: IO[bytes]) -> tuple[int, list[SampleHistogram]]:
    answer = pickle.load(back)  # noqa: S301 from our own child
    if isinstance(answer, Exception):
        raise answer
    place, dumped = answer
    return place, [SampleHistogram.model_construct(**fields) for fields in dumped]


def _stop(workers: list[subprocess.Popen[bytes]]) -> None:
    for worker in workers:
        if worker.poll() is None:
            worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
