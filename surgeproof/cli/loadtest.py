"""`surgeproof loadtest`: the same plan and gates against a deployed system, by URL."""

from __future__ import annotations

from pathlib import Path

import click

from surgeproof.launch.seed import DEFAULT_SEED
from surgeproof.rehearsal.options import LoadTestOptions


@click.command("loadtest", short_help="Run a launch against a deployed system, by URL.")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--host", required=True, metavar="URL", help="Base URL of the target.")
@click.option("--scale", default=1.0, show_default=True, help="Share of the plan's arrivals to drive, above 0 to 1.")
@click.option("--seed", default=DEFAULT_SEED, show_default=True, help="Same seed, same arrivals and the same visitors.")
@click.option("--set", "sets", multiple=True, metavar="PATH=VALUE", help="Any setting of the plan; repeatable.")
@click.option("--max-rate", type=float, help="Refuse to drive more arrivals a second than this.")
@click.option(
    "--abort-if",
    multiple=True,
    metavar="GATE",
    help="Stop when this holds over 10 s: 'error_rate>5%', 'p95>2s'; repeatable.",
)
@click.option(
    "--confirm-host", "confirmed_host", metavar="NAME", help="The host's name again; needed off this machine."
)
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the evidence. [default: a new one in evidence/]"
)
@click.option("--json", "as_json", is_flag=True, help="Print the verdict document, and nothing else, on stdout.")
def loadtest_command(
    *,
    plan: Path,
    host: str,
    scale: float,
    seed: int,
    sets: tuple[str, ...],
    max_rate: float | None,
    abort_if: tuple[str, ...],
    confirmed_host: str | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """Drive PLAN against a running system in real time, and judge by the same gates.

    What the server did is not observed. Exits 0 for GO, 1 for NO-GO, 3 for INVALID.
    """
    from surgeproof.rehearsal.loadtest import load_test  # noqa: PLC0415 -- heavy: only when it is asked for

    options = LoadTestOptions(
        plan=plan,
        host=host,
        scale=scale,
        seed=seed,
        sets=sets,
        max_rate=max_rate,
        abort_if=abort_if,
        confirmed_host=confirmed_host,
        out=out,
        as_json=as_json,
    )
    return load_test(options)
