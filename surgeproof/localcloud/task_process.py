"""The process of a task, in the three ways in which one can run."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Protocol

from surgeproof.localcloud.process import ChildProcess, tail
from surgeproof.localcloud.task_child import TaskOrder
from surgeproof.localcloud.task_starter import TaskStarter


class TaskProcess(Protocol):
    """What the fleet can do with a task's process. None of it waits."""

    @property
    def pid(self) -> int:
        """Pid of the program, 0 as long as it is not known."""
        ...

    def ended(self) -> int | None:
        """Exit status (negative: the signal), None while it runs."""
        ...

    def terminate(self) -> None:
        """SIGTERM: finish what is open and end."""
        ...

    def kill(self) -> None:
        """SIGKILL."""
        ...

    def last_words(self) -> str:
        """The end of its log."""
        ...


class ForkedTask:
    """An ASGI task, forked from its service's starter."""

    def __init__(self, starter: TaskStarter, order: TaskOrder) -> None:
        self._starter, self._order = starter, order
        self._wanted: signal.Signals | None = None
        starter.start(order)

    @property
    def pid(self) -> int:
        """Pid, 0 until the starter has told it."""
        return self._starter.pid(self._order.task)

    def ended(self) -> int | None:
        """Exit status, None while it runs."""
        status = self._starter.ended(self._order.task)
        if status is None and self._wanted is not None and self.pid:
            self._send(self._wanted)  # it was asked before its pid was known
        return status

    def terminate(self) -> None:
        """SIGTERM."""
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL."""
        self._send(signal.SIGKILL)

    def last_words(self) -> str:
        """The end of its log."""
        from pathlib import Path  # noqa: PLC0415

        return tail(Path(self._order.log))

    def _send(self, number: signal.Signals) -> None:
        if not self.pid:
            self._wanted = number
            return
        self._wanted = None
        if self._starter.ended(self._order.task) is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class ExecutedTask:
    """A worker: its command, executed."""

    def __init__(self, child: ChildProcess) -> None:
        self._child = child

    @property
    def pid(self) -> int:
        """Pid of the command."""
        return self._child.pid

    def ended(self) -> int | None:
        """Exit status, None while it runs."""
        return self._child.ended()

    def terminate(self) -> None:
        """SIGTERM."""
        self._child.send(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL, to the whole group."""
        self._child.kill()

    def last_words(self) -> str:
        """The end of its log."""
        return self._child.log_tail()


class ProxiedTask:
    """A web task that is no ASGI app: its command, executed, behind a proxy with the virtual CPU."""

    def __init__(self, program: ExecutedTask, proxy: ForkedTask) -> None:
        self._program, self._proxy = program, proxy
        self._stopping = False

    @property
    def pid(self) -> int:
        """Pid of the command."""
        return self._program.pid

    def ended(self) -> int | None:
        """Exit status of the command; when it was asked to end, once the proxy too has passed on what was open."""
        status = self._program.ended()
        behind = self._proxy.ended()
        if self._stopping:
            if status is not None and behind is None:
                self._proxy.terminate()
            return status if behind is not None else None
        if status is not None:
            self._proxy.kill()
        elif behind is not None:
            self._program.kill()
            return behind
        return status

    def terminate(self) -> None:
        """SIGTERM to the command; the proxy stays until it has passed on the answers."""
        self._stopping = True
        self._program.terminate()

    def kill(self) -> None:
        """SIGKILL to both."""
        self._program.kill()
        self._proxy.kill()

    def last_words(self) -> str:
        """The end of the command's log."""
        return self._program.last_words()
