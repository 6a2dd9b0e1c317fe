"""The command line: help, exit codes, and how errors are told."""

import errno

import click
import pytest

from surgeproof.cli import main as command_line
from surgeproof.errors import SurgeproofError


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["--help"]) == 0
    text = capsys.readouterr().out
    for name in command_line.LazyGroup.commands_by_name:
        assert f"  {name} " in text
    assert "..." not in text.split("Commands:")[1], "a command's line is cut"


@pytest.mark.parametrize("name", sorted(command_line.LazyGroup.commands_by_name))
def test_every_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main([name, "--help"]) == 0
    assert f"surgeproof {name}" in capsys.readouterr().out


def test_unknown_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert command_line.main(["reherse"]) == 2
    assert "No such command" in capsys.readouterr().err


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch):
    def with_error(error: BaseException) -> None:
        @click.command("fail")
        def fail() -> None:
            raise error

        monkeypatch.setattr(command_line.LazyGroup, "get_command", lambda *_: fail)

    return with_error


def test_a_mistake_is_one_sentence_and_the_mend(failing, capsys: pytest.CaptureFixture[str]) -> None:
    failing(SurgeproofError("too low", path="gates[0].max", got=-1, allowed="a number above 0", fix="Raise it"))
    assert command_line.main(["fail"]) == 2
    assert (
        capsys.readouterr().err == "surgeproof: gates[0].max: too low, got -1, allowed: a number above 0. Raise it.\n"
    )


def test_an_interrupt_has_its_own_exit_code(failing, capsys: pytest.CaptureFixture[str]) -> None:
    failing(KeyboardInterrupt())
    assert command_line.main(["fail"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_bug_shows_where_it_is(failing, capsys: pytest.CaptureFixture[str]) -> None:
    failing(ZeroDivisionError("by zero"))
    assert command_line.main(["fail"]) == 70
    told = capsys.readouterr().err
    assert "this is a bug" in told
    assert "ZeroDivisionError: by zero" in told


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "no space is left"), (errno.EMFILE, "too many files are open")]
)
def test_what_the_machine_lacks_is_no_bug(failing, capsys: pytest.CaptureFixture[str], number: int, words: str) -> None:
    failing(OSError(number, "in the words of the system", "/evidence/report.html"))
    assert command_line.main(["fail"]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"surgeproof: /evidence/report.html: {words}. ")
    assert "bug" not in told


def test_any_other_error_of_the_system_is_a_bug(failing, capsys: pytest.CaptureFixture[str]) -> None:
    failing(FileNotFoundError(errno.ENOENT, "No such file", "/somewhere"))
    assert command_line.main(["fail"]) == 70
    assert "this is a bug" in capsys.readouterr().err
