"""Commands whose output nobody reads any more end quietly, with an exit code that is no verdict's."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from surgeproof.cli import main as command_line

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = {
    "by click": ["graph", "--stack", "local", "--json"],
    "by rich": ["launch", "show", "loadtests/plans/spring.yaml"],
    "help": ["--help"],
    "a command's help": ["rehearse", "--help"],
}


def run_unread(arguments: list[str], *, stderr_too: bool) -> tuple[int, str]:
    """Run it with a pipe for stdout that has no reader, nor ever had: there is nothing to be early or late for."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "surgeproof", *arguments],
            cwd=ROOT,
            stdout=writing,
            stderr=writing if stderr_too else subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writing)
    return done.returncode, done.stderr or ""


@pytest.mark.parametrize("told", sorted(COMMANDS))
def test_a_reader_that_is_gone_ends_a_command_quietly(told: str):
    assert run_unread(COMMANDS[told], stderr_too=False) == (141, "")


def test_the_reader_of_both_streams_is_gone():
    assert run_unread(COMMANDS["by rich"], stderr_too=True) == (141, "")


def test_a_mistake_is_told_all_the_same():
    code, told = run_unread(["graph", "--stack", "none"], stderr_too=False)
    assert code == 2
    assert "Pulumi.none.yaml" in told


def test_a_pipe_of_our_own_that_breaks_is_a_bug(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    @click.command("fail")
    def fail() -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr(command_line.LazyGroup, "get_command", lambda *_: fail)
    assert command_line.main(["fail"]) == 70
    assert "a pipe or a connection of our own broke" in capsys.readouterr().err
