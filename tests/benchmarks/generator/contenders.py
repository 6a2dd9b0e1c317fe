"""Who is measured: how each is started for so many seconds on a target, and how its own latencies are read."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.generator import our_plan, peer_artillery, peer_gatling, peer_goose, peers
from tests.benchmarks.generator.latency import Latency, of_locust, of_ours

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
USERS = 32
"""Closed users, and connections of the peers that count those."""


@dataclass(frozen=True)
class Job:
    """What one run of a contender is asked for."""

    url: str
    ca: Path
    folder: Path
    seconds: float
    rate: float


@dataclass(frozen=True)
class Contender:
    """One row for each target.

    Attributes:
        name: As the table shows it.
        version: None when it is not installed.
        command: The command line of a job.
        latency: Reads what it measured itself; the argument is its standard output.
        verifies: Whether it checks the server's certificate.
        ours: Whether it is what the others are compared with.
        environment: Environment variables of a job.
        warm_up: Real seconds of load before its window.
    """

    name: str
    version: str | None
    command: Callable[[Job], list[str]]
    latency: Callable[[Job, str], Latency]
    verifies: bool = True
    ours: bool = False
    environment: Callable[[Job], Mapping[str, str]] = field(default=lambda _: {})
    warm_up: float = 3.0


def _locust(user: str) -> Callable[[Job], list[str]]:
    def command(job: Job) -> list[str]:
        run = [sys.executable, "-m", "locust", "-f", str(HERE / "users.py"), user, "--headless", "--json"]
        load = ["-u", str(USERS), "-r", str(USERS), "-t", f"{job.seconds:.0f}s", "--stop-timeout", "1"]
        return [*run, *load, "--host", job.url, "--loglevel", "ERROR"]

    return command


def _ours(*, closed: bool) -> Callable[[Job], list[str]]:
    def command(job: Job) -> list[str]:
        plan, seed = our_plan.write(job.folder, job.seconds, users=USERS if closed else None, rate=job.rate)
        run = [sys.executable, "-m", "locust", "-f", str(HERE / "ours.py"), "--headless", "--only-summary"]
        what = ["--plan", str(plan), "--seed", str(seed), "--evidence", str(job.folder / "run")]
        return [*run, *what, "--host", job.url, "--ca-file", str(job.ca), "--loglevel", "ERROR"]

    return command


def _certificates(job: Job) -> Mapping[str, str]:
    return {"SSL_CERT_FILE": str(job.ca)}


def _seconds(job: Job) -> Mapping[str, str]:
    return {"BENCHMARK_SECONDS": str(job.seconds)}


def _version_of(command: list[str], pattern: str) -> str | None:
    if shutil.which(command[0]) is None:
        return None
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(pattern, done.stdout + done.stderr)
    return (found and found[1]) or "?"


def contenders() -> list[Contender]:
    """All, the installed and the others."""
    locust, own = version("locust"), version("surgeproof")
    return [
        Contender(
            "surgeproof, closed",
            own,
            _ours(closed=True),
            lambda job, _: of_ours(job.folder / "run", "raw"),
            ours=True,
            environment=_seconds,
        ),
        Contender(
            "surgeproof, open",
            own,
            _ours(closed=False),
            lambda job, _: of_ours(job.folder / "run", "corrected"),
            ours=True,
            environment=_seconds,
        ),
        Contender(
            "Locust FastHttpUser",
            locust,
            _locust("FastHttpShopper"),
            lambda _, out: of_locust(json.loads(out)),
            environment=_certificates,
        ),
        Contender(
            "Locust HttpUser",
            locust,
            _locust("HttpShopper"),
            lambda _, out: of_locust(json.loads(out)),
            environment=_certificates,
        ),
        Contender(
            "wrk",
            _version_of(["wrk", "-v"], r"wrk (?:debian/)?([0-9.]+)"),
            lambda job: peers.wrk(job.folder, job.url, job.seconds, USERS),
            lambda _, out: peers.of_wrk(out),
            verifies=False,
        ),
        Contender(
            "vegeta",
            _version_of(["vegeta", "-version"], r"Version: *v?(\S*)"),
            lambda job: peers.vegeta(job.folder, job.url, job.ca, job.seconds, USERS),
            lambda job, _: peers.of_vegeta(job.folder),
        ),
        Contender(
            "Goose",
            peer_goose.version(),
            lambda job: peer_goose.command(job.folder, job.url, job.seconds, USERS),
            lambda job, _: peer_goose.latency(job.folder),
            environment=lambda job: peer_goose.environment(job.ca),
        ),
        Contender(
            "Gatling",
            peer_gatling.version(),
            lambda job: peer_gatling.command(job.folder, job.url, job.ca, job.seconds, USERS),
            lambda _, out: peer_gatling.latency(out),
            warm_up=peer_gatling.WARM_UP,
        ),
        Contender(
            "Artillery",
            peer_artillery.version(),
            lambda job: peer_artillery.command(job.folder, job.url, USERS),
            lambda job, _: peer_artillery.latency(job.folder),
            environment=lambda job: peer_artillery.environment(job.ca, job.seconds),
        ),
    ]
