"""The life of one ASGI task: what runs in a process that was forked from the preloaded starter."""

from __future__ import annotations

import atexit
import ctypes
import logging
import os
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from surgeproof.launch.demand import CpuDemand
from surgeproof.localcloud.asgi import App, PacedApp
from surgeproof.localcloud.asgi_command import AsgiCommand
from surgeproof.localcloud.launcher import PR_SET_PDEATHSIG
from surgeproof.localcloud.task_meter import TaskMeter
from surgeproof.localcloud.virtual_cpu import VirtualCpu


@dataclass(frozen=True, slots=True)
class TaskOrder:
    """What the fleet asks the starter for."""

    task: str
    address: str
    port: int
    slot: int
    log: str
    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class TaskKind:
    """What all tasks of one starter have in common."""

    command: AsgiCommand
    meter: str
    share: float
    demand: CpuDemand
    health_path: str | None


def run_task(order: TaskOrder, kind: TaskKind, load: Callable[[], App]) -> None:
    """Serve until SIGTERM, finish what is open, and end this process. Never returns."""
    status = 1
    try:
        _settle(order)
        _serve(order, kind, load())
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - the last words of a process
        traceback.print_exc()
    finally:
        atexit._run_exitfuncs()  # noqa: SLF001 - what the interpreter does at a normal end; a fork has to ask
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _settle(order: TaskOrder) -> None:
    os.setsid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL))
    log = os.open(order.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.environ.update(order.environment)


def _serve(order: TaskOrder, kind: TaskKind, app: App) -> None:
    from uvicorn.main import main as uvicorn  # noqa: PLC0415 - comes with the extra; loaded already

    meter = TaskMeter(Path(kind.meter))
    slot = meter.slot(order.slot)
    cpu = VirtualCpu(kind.share, slot, lambda: meter.virtual_cpus_on)
    paced = PacedApp(app, cpu=cpu, demand=kind.demand, slot=slot, health_path=kind.health_path)
    # uvicorn raises SIGTERM again when it has shut down; that would end us before we have said goodbye.
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve: Any = uvicorn.callback
    serve(app=paced, factory=False, **kind.command.listening_on(order.address, order.port))
