"""One command of the Pulumi CLI as a process: in a session of its own, interrupted once and gently, never left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import InvalidVersionError, create_command_error

from surgeproof.localcloud.engine.errors import CliMissingError
from surgeproof.localcloud.reaper import Reaper

OnOutput = Callable[[str], object]


class EngineCommand(PulumiCommand):
    """The CLI for the Automation API.

    A terminal sends Ctrl-C to every process in front of it, so the CLI runs in a session of its own, and gets one
    SIGINT from here: it then finishes the steps that are under way and writes its state. When this process is killed,
    the reaper sends it the same.

    Args:
        cli: The binary.
        reaper: Ends what this process leaves.

    Raises:
        CliMissingError: It does not run, or the Automation API does not go with its version.
    """

    def __init__(self, cli: Path, reaper: Reaper) -> None:
        try:
            super().__init__(root=str(cli.parent.parent) if cli.match("bin/pulumi") else None)
        except (InvalidVersionError, OSError, subprocess.SubprocessError) as error:
            raise CliMissingError(f"this Pulumi CLI can't be used ({error})", path=str(cli)) from None
        self.interrupted = False
        self._reaper = reaper

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """Run a command to its end.

        Raises:
            CommandError: It failed.
            KeyboardInterrupt: It was interrupted; it has ended by then.
        """
        arguments = args if "--non-interactive" in args else ["--non-interactive", *args]
        process = subprocess.Popen(
            [self.command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=cwd,
            env={**os.environ, **additional_env, "PULUMI_AUTOMATION_API": "true"},
            encoding="utf-8",
            start_new_session=True,
        )
        self._reaper.watch(process.pid, signal.SIGINT)
        said: tuple[list[str], list[str]] = ([], [])
        readers = [
            threading.Thread(target=_read, args=(stream, callback, lines), daemon=True)
            for stream, callback, lines in zip(
                (process.stdout, process.stderr), (on_output, on_error), said, strict=True
            )
        ]
        for reader in readers:
            reader.start()
        try:
            self._wait(process)
        finally:
            for reader in readers:
                reader.join(timeout=5)
            self._reaper.forget(process.pid)
        result = CommandResult(stdout="\n".join(said[0]), stderr="\n".join(said[1]), code=process.returncode)
        if self.interrupted:
            raise KeyboardInterrupt
        if result.code != 0:
            raise create_command_error(result)
        return result

    def _wait(self, process: subprocess.Popen[str]) -> None:
        """Wait; the first Ctrl-C asks it to stop, the second one makes it."""
        while True:
            try:
                process.wait()
            except KeyboardInterrupt:
                first, self.interrupted = not self.interrupted, True
                with contextlib.suppress(ProcessLookupError):
                    if first:
                        process.send_signal(signal.SIGINT)
                    else:
                        os.killpg(process.pid, signal.SIGKILL)
            else:
                return


def _read(stream: IO[str], callback: OnOutput | None, lines: list[str]) -> None:
    with stream:
        for line in stream:
            told = line.rstrip()
            lines.append(told)
            if callback is not None:
                callback(told)
