"""A child process that cannot outlive the command that started it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from surgeproof.localcloud import launcher
from surgeproof.localcloud.reaper import Reaper

_LAUNCHER = str(Path(launcher.__file__))

User = Literal["same", "namespace", "nobody"]
"""Whom a child runs as: as we do, as an ordinary user in a user namespace of its own, or as nobody."""


def launch(end_signal: signal.Signals, user: User = "same") -> list[str]:
    """What stands before a command that shall not outlive us."""
    return [sys.executable, "-I", "-S", _LAUNCHER, str(os.getpid()), str(int(end_signal)), user, "--"]


class ChildProcess:
    """One program, started in a session of its own and ended by its pid.

    A session of its own, so that Ctrl-C in the terminal reaches the command alone, which then ends its children in
    order. When the command is killed with -9, Linux sends `end_signal` (``PR_SET_PDEATHSIG``) and the reaper makes
    sure. Linux sends it when the *thread* that started the child ends: start children from threads that live as long
    as they do.
    """

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path, reaper: Reaper, group: bool) -> None:  # noqa: FBT001
        self.name = name
        self.log = log
        self.pid = process.pid
        self._process = process
        self._reaper = reaper
        self._group = group
        self._over = False

    @classmethod
    def start(
        cls,
        name: str,
        command: Sequence[str],
        *,
        log: Path,
        reaper: Reaper,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        end_signal: signal.Signals = signal.SIGKILL,
        user: User = "same",
        pass_fds: Sequence[int] = (),
        group: bool = True,
    ) -> ChildProcess:
        """Start a command.

        Args:
            name: What error messages call it.
            command: Program and arguments; the program is looked up on the PATH of `env`.
            log: Where its output goes, appended.
            reaper: Ends it when this process is gone.
            env: Its whole environment; ours when left out.
            cwd: Its working directory; ours when left out.
            end_signal: What it is sent when this process dies; SIGQUIT or SIGINT where it has to clean up.
            user: Whom it runs as when we are root.
            pass_fds: Descriptors that stay open in it.
            group: SIGKILL goes to its whole process group; False where its children end by themselves.
        """
        with log.open("ab") as output:
            process = subprocess.Popen(
                [*launch(end_signal, user), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if env is None else dict(env),
                cwd=cwd,
                start_new_session=True,
                pass_fds=tuple(pass_fds),
            )
        child = cls(name, process, log, reaper, group)
        reaper.watch(process.pid, end_signal)
        return child

    def ended(self) -> int | None:
        """Exit status (negative: the signal), or None while it runs.

        What it left behind in its group ends with it, as in a container whose first process ends.
        """
        status = self._process.poll()
        if status is not None and not self._over:
            self._over = True  # once only: from now on its number may be given to another
            self._reaper.forget(self.pid)
            if self._group:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self.pid, signal.SIGKILL)
        return status

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it still runs."""
        if self.ended() is None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL it, and what it started in its own group."""
        if self.ended() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if self._group:
                os.killpg(self.pid, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)

    def stop(self, *, first: signal.Signals = signal.SIGTERM, timeout: float = 5.0) -> int:
        """Ask it to end, wait, and insist after `timeout` real seconds. Returns its exit status."""
        self.send(first)
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        status = self.ended()
        return 0 if status is None else status

    def log_tail(self, lines: int = 6) -> str:
        """The end of what it wrote, for error messages."""
        return tail(self.log, lines)


def tail(log: Path, lines: int = 6) -> str:
    """Last lines of a log file, joined into one; '' when there is none."""
    try:
        text = log.read_bytes()[-4000:].decode(errors="replace")
    except OSError:
        return ""
    written = [line.strip() for line in text.splitlines() if line.strip()]
    return " | ".join(written[-lines:])
