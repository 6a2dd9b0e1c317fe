"""The `surgeproof` command: finds the subcommand, and maps errors to exit codes."""

from __future__ import annotations

import contextlib
import errno
import importlib
import sys
import traceback
from typing import Any, ClassVar

import click

from surgeproof import __version__
from surgeproof.cli.collector import looks_away
from surgeproof.cli.unread import NOBODY_READS, NobodyReads, hush, while_read
from surgeproof.errors import SurgeproofError
from surgeproof.localcloud.guard import LoopbackOnlyError

USAGE_ERROR = 2
INTERRUPTED = 130
BUG = 70
"""EX_SOFTWARE of sysexits.h: told apart from every verdict."""

AT_ONCE = frozenset({"check", "controls", "cost", "diff", "graph"})
"""Commands that answer and end: nothing that they make is garbage before."""

_NO_SPACE = ("no space is left", "Free some, or use another disk: --out for the evidence, TMPDIR for the run")
_NO_FILES = ("too many files are open", "Run `ulimit -n 65536` first; `surgeproof doctor` tells how many may be")
_LACKS = {errno.ENOSPC: _NO_SPACE, errno.EDQUOT: _NO_SPACE, errno.EMFILE: _NO_FILES, errno.ENFILE: _NO_FILES}
"""What a machine may lack in the middle of a command: the problem and the mend."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for, so that `--help` is fast."""

    commands_by_name: ClassVar[dict[str, tuple[str, str]]] = {
        "check": ("surgeproof.cli.check", "check_command"),
        "cloud": ("surgeproof.cli.cloud", "cloud_group"),
        "controls": ("surgeproof.cli.controls", "controls_group"),
        "cost": ("surgeproof.cli.cost", "cost_command"),
        "destroy": ("surgeproof.cli.destroy", "destroy_command"),
        "diff": ("surgeproof.cli.diff", "diff_command"),
        "doctor": ("surgeproof.cli.doctor", "doctor_command"),
        "drift": ("surgeproof.cli.drift", "drift_command"),
        "graph": ("surgeproof.cli.graph", "graph_command"),
        "launch": ("surgeproof.cli.launch", "launch_group"),
        "loadtest": ("surgeproof.cli.loadtest", "loadtest_command"),
        "new": ("surgeproof.cli.new", "new_command"),
        "preview": ("surgeproof.cli.preview", "preview_command"),
        "refresh": ("surgeproof.cli.refresh", "refresh_command"),
        "rehearse": ("surgeproof.cli.rehearse", "rehearse_command"),
        "up": ("surgeproof.cli.up", "up_command"),
    }

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the arguments; `--help` answers here."""
        with while_read():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        with while_read():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        """Names of all commands, sorted."""
        return sorted(self.commands_by_name)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        """Import the command's module and take the command from it."""
        where = self.commands_by_name.get(cmd_name)
        if where is None:
            return None
        module, attribute = where
        command = getattr(importlib.import_module(module), attribute)
        if not isinstance(command, click.Command):
            raise TypeError(f"{module}.{attribute} is no command")
        return command


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="surgeproof")
def cli() -> None:
    """Prove that a launch will hold, before launch day.

    Exit codes: 0 GO, 1 NO-GO, 2 a usage or configuration error, 3 INVALID.
    """


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; returns the exit code."""
    try:
        result = cli.main(args=arguments, prog_name="surgeproof", standalone_mode=False)
    except (SurgeproofError, LoopbackOnlyError, click.ClickException) as error:
        _tell(error)
        return USAGE_ERROR
    except (click.Abort, KeyboardInterrupt):
        click.echo("surgeproof: interrupted; everything that was started has been ended.", err=True)
        return INTERRUPTED
    except NobodyReads:
        hush()
        return NOBODY_READS
    except OSError as error:
        return _refused(error)
    except Exception as error:  # noqa: BLE001 -- the one place where a bug is told as such
        return _bug(error)
    return result if isinstance(result, int) else 0


def _refused(error: OSError) -> int:
    lack = _LACKS.get(error.errno or 0)
    if lack is None:
        return _bug(error)
    _tell(SurgeproofError(lack[0], path=error.filename, fix=lack[1]))
    return USAGE_ERROR


def _bug(error: Exception) -> int:
    click.echo(f"surgeproof {__version__}: this is a bug; please report it with these lines.", err=True)
    traceback.print_exception(error)
    return BUG


def _tell(error: SurgeproofError | LoopbackOnlyError | click.ClickException) -> None:
    if isinstance(error, click.ClickException):
        error.show(sys.stderr)
    else:
        click.echo(f"surgeproof: {error}", err=True)


def run() -> None:
    """Entry point of the console script."""
    with looks_away() if AT_ONCE.intersection(sys.argv[1:2]) else contextlib.nullcontext():
        code = main()
    sys.exit(code)


if __name__ == "__main__":
    run()
