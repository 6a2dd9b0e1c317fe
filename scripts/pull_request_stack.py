"""A stack for one pull request, which lives for a day.

    python scripts/pull_request_stack.py up 123         # deploy it, or deploy it again
    python scripts/pull_request_stack.py down 123       # destroy and remove it
    python scripts/pull_request_stack.py sweep          # all whose day is over; run it every hour

A stack's day begins with its last deployment. Each step is a command of the Pulumi CLI, told before it is run;
``--dry-run`` only tells.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PATTERN = "pull-request"
LIFE = timedelta(days=1)
_NAME = re.compile(r"(?:.*/)?(pr-[1-9]\d*)")


def stack_name(number: int) -> str:
    """Name of the stack of a pull request."""
    return f"pr-{number}"


def over(stacks: Sequence[dict[str, Any]], now: datetime, life: timedelta = LIFE) -> list[str]:
    """Names of the pull requests' stacks whose life is over.

    Args:
        stacks: As ``pulumi stack ls --json`` lists them; one that was never deployed has no ``lastUpdate``.
        now: The present moment.
        life: How long a stack lives after its last deployment.
    """
    found = []
    for stack in stacks:
        match = _NAME.fullmatch(str(stack.get("name", "")))
        updated = stack.get("lastUpdate")
        if match is None or not updated or stack.get("updateInProgress"):
            continue
        if datetime.fromisoformat(str(updated)) + life <= now:
            found.append(match[1])
    return sorted(found)


def commands_up(number: int, known: bool) -> list[list[str]]:  # noqa: FBT001 - named at its one call
    """Commands that deploy a pull request's stack."""
    name = stack_name(number)
    first = [] if known else [["pulumi", "stack", "init", name]]
    return [*first, ["pulumi", "up", "--yes", "--stack", name]]


def commands_down(name: str) -> list[list[str]]:
    """Commands that destroy a stack and forget it."""
    return [
        ["pulumi", "destroy", "--yes", "--stack", name],
        ["pulumi", "stack", "rm", "--yes", "--preserve-config", name],
    ]


def _listed() -> list[dict[str, Any]]:
    listed = subprocess.run(["pulumi", "stack", "ls", "--json"], cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(listed.stdout)


def _run(commands: Sequence[Sequence[str]], *, dry: bool) -> None:
    for command in commands:
        print(shlex.join(command), file=sys.stderr)
        if not dry:
            subprocess.run(command, cwd=ROOT, check=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dry-run", action="store_true", help="say what would be run")
    what = parser.add_subparsers(dest="what", required=True)
    for name in ("up", "down"):
        what.add_parser(name).add_argument("number", type=_number, help="of the pull request")
    what.add_parser("sweep")
    return parser.parse_args()


def _number(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,6}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of a pull request: 1 to 9999999")
    return int(text)


def main() -> int:
    """Do what was asked; 2 for a machine without the CLI, or a command of its that failed."""
    arguments = _arguments()
    if shutil.which("pulumi") is None:
        print("pull_request_stack: there is no pulumi on PATH. Install it: pulumi.com/docs/install", file=sys.stderr)
        return 2
    try:
        if arguments.what == "sweep":
            return _sweep(dry=arguments.dry_run)
        if arguments.what == "up":
            name = stack_name(arguments.number)
            _write(name, dry=arguments.dry_run)
            known = any(str(stack.get("name", "")).rpartition("/")[2] == name for stack in _listed())
            _run(commands_up(arguments.number, known), dry=arguments.dry_run)
        else:
            name = stack_name(arguments.number)
            _write(name, dry=arguments.dry_run)
            _run(commands_down(name), dry=arguments.dry_run)
            if not arguments.dry_run:
                (ROOT / f"Pulumi.{name}.yaml").unlink(missing_ok=True)
    except subprocess.CalledProcessError as failed:
        return _told(failed)
    return 0


def _sweep(*, dry: bool) -> int:
    """Take down all whose day is over; one that fails leaves the others no day longer. 2 when one did."""
    code = 0
    for name in over(_listed(), datetime.now(UTC)):
        _write(name, dry=dry)
        try:
            _run(commands_down(name), dry=dry)
        except subprocess.CalledProcessError as failed:
            code = _told(failed)
    return code


def _told(failed: subprocess.CalledProcessError) -> int:
    print(f"pull_request_stack: {shlex.join(failed.cmd)}: exit {failed.returncode}", file=sys.stderr)
    return 2


def _write(name: str, *, dry: bool) -> None:
    """The stack's settings: those of the pattern, so that a changed pattern counts at the next deployment."""
    print(f"Pulumi.{name}.yaml from Pulumi.{PATTERN}.yaml", file=sys.stderr)
    if not dry:
        shutil.copyfile(ROOT / f"Pulumi.{PATTERN}.yaml", ROOT / f"Pulumi.{name}.yaml")


if __name__ == "__main__":
    sys.exit(main())
