"""Our arguments on Locust's command line, and the run that they ask for."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from locust.argument_parser import LocustArgumentParser

from surgeproof.launch.overrides import parse_overrides
from surgeproof.launch.seed import DEFAULT_SEED
from surgeproof.load.errors import RunConfigError
from surgeproof.load.run_config import RunConfig, new_run_id, read_run_config, run_config


def add_arguments(parser: LocustArgumentParser) -> None:
    """Add ours. All are plain values, as Locust's master sends them to its workers."""
    group: Any = parser.add_argument_group("surgeproof")

    def add(*names: str, **settings: Any) -> None:
        group.add_argument(*names, **settings).include_in_web_ui = False

    add("--plan", help="Launch plan, YAML")
    add("--set", dest="plan_sets", action="append", default=[], metavar="PATH=VALUE", help="Change a field of the plan")
    add("--speed", type=float, default=1.0, help="Launch seconds in one real second (1: real time)")
    add("--scale", type=float, default=1.0, help="Share of the plan's arrivals to drive")
    add("--seed", type=int, default=DEFAULT_SEED, help="Same seed, same arrivals and the same choices")
    add("--evidence", metavar="DIR", help="Folder of the results (default: a new one under evidence/)")
    add("--max-rate", type=float, help="Refuse a curve that goes above so many arrivals a second")
    add("--max-in-flight", type=int, default=20_000, help="Journeys open at once; more is INVALID")
    add("--abort-if", action="append", default=[], metavar="GATE", help="Stop when it holds for 10 s: p95>2s")
    add("--max-connections", type=int, help="Connections open at once; waiting for one counts")
    add("--connect-timeout", type=float, help="Seconds until a connection is ready (default: the request timeout)")
    add("--proxy", metavar="URL", help="HTTP proxy: http://host:port or http://user:password@host:port")
    add("--ca-file", help="Certificate authority besides the system's")
    add("--no-tls-verify", action="store_true", help="Do not check the server's certificate")
    add("--run-config", metavar="FILE", help="All of the above from a JSON file, and no others")


def config_of(options: Namespace, *, host: str | None, default_plan: Path, run: int = 1) -> RunConfig:
    """The run that a command line asks for.

    Args:
        options: As Locust parsed them.
        host: The target; in the web UI it may be another than the command line's.
        default_plan: The plan when none is named.
        run: Which run of this process, from 1: with the web UI there may be several.

    Raises:
        SurgeproofError: They are wrong.
    """
    if options.run_config:
        return read_run_config(Path(options.run_config))
    if not host:
        raise RunConfigError("no target", path="--host", fix="Give --host http://host:port")
    run_id = new_run_id()
    if options.evidence:
        folder = Path(options.evidence) if run == 1 else Path(options.evidence) / f"run-{run}"
    else:
        folder = Path("evidence") / f"load-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{run_id}"
    return run_config(
        {
            "plan": options.plan or default_plan,
            "overrides": parse_overrides(options.plan_sets),
            "host": host,
            "folder": folder,
            "run_id": run_id,
            "speed": options.speed,
            "scale": options.scale,
            "seed": options.seed,
            "max_in_flight": options.max_in_flight,
            "max_rate": options.max_rate,
            "abort_if": options.abort_if,
            "verify_tls": not options.no_tls_verify,
            "ca_file": options.ca_file,
            "max_connections": options.max_connections,
            "connect_timeout": options.connect_timeout,
            "proxy": options.proxy,
        },
        source="command line",
    )
