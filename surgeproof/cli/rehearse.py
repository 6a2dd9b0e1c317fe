"""`surgeproof rehearse`: the launch run for real on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from surgeproof.launch.seed import DEFAULT_SEED
from surgeproof.rehearsal.errors import RehearsalError
from surgeproof.rehearsal.options import DEFAULT_PLAN, RehearsalOptions, TraceOptions


@click.command("rehearse", short_help="Run a launch on this machine: program to verdict.")
@click.argument("plan", type=click.Path(path_type=Path), default=DEFAULT_PLAN)
@click.option(
    "--stack", default="production", show_default=True, help="Deploy the settings of this stack: Pulumi.<stack>.yaml."
)
@click.option("--speed", default=30.0, show_default=True, help="Launch seconds in one real second, 1 to 120.")
@click.option("--scale", default=1.0, show_default=True, help="Share of the plan's arrivals to drive, above 0 to 1.")
@click.option("--seed", default=DEFAULT_SEED, show_default=True, help="Same seed, same arrivals and the same visitors.")
@click.option("--set", "sets", multiple=True, metavar="PATH=VALUE", help="Any setting of stack or plan; repeatable.")
@click.option("--trace", type=click.Path(path_type=Path), help="CSV history (or .csv.gz) in place of the plan's curve.")
@click.option("--label", help="Rows of the trace to take, where it has a label column.")
@click.option("--zone", help="Time zone of the trace's timestamps, where they have none.")
@click.option("--window", metavar="START/END", help="Part of the trace; default: the plan's length around the peak.")
@click.option("--growth", default="auto", show_default=True, help="Factor on the trace; auto matches the plan's peak.")
@click.option(
    "--out", type=click.Path(path_type=Path), help="Folder for the evidence. [default: a new one in evidence/]"
)
@click.option("--keep", is_flag=True, help="Leave shop and embedded AWS running until Ctrl-C, and print where.")
@click.option("--port", type=int, help="Port of the shop on 127.0.0.1. [default: a free one]")
@click.option("--processes", default=1, show_default=True, help="Load workers that share the schedule.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict document, and nothing else, on stdout.")
def rehearse_command(
    *,
    plan: Path,
    stack: str,
    speed: float,
    scale: float,
    seed: int,
    sets: tuple[str, ...],
    trace: Path | None,
    label: str | None,
    zone: str | None,
    window: str | None,
    growth: str,
    out: Path | None,
    keep: bool,
    port: int | None,
    processes: int,
    as_json: bool,
) -> int:
    """Deploy the program into an embedded AWS, drive PLAN against it, and judge.

    No AWS account is needed, and none can be reached. Exits 0 for GO, 1 for NO-GO, 3 for INVALID.
    """
    try:
        from surgeproof.rehearsal.run import rehearse  # noqa: PLC0415 -- heavy: only when it is asked for
    except ModuleNotFoundError as error:
        raise RehearsalError(
            f"a rehearsal needs {error.name}, which is not installed", fix="Install surgeproof[local]"
        ) from error

    if trace is None and (label or zone or window or growth != "auto"):
        raise click.UsageError("--label, --zone, --window and --growth describe a trace: give one with --trace FILE")
    options = RehearsalOptions(
        plan=plan,
        stack=stack,
        speed=speed,
        scale=scale,
        seed=seed,
        sets=sets,
        trace=TraceOptions(trace, label, zone, window, growth) if trace else None,
        out=out,
        keep=keep,
        port=port,
        processes=processes,
        as_json=as_json,
    )
    return rehearse(options)
