"""`surgeproof launch`: show a launch plan before it is run, and print its JSON Schema."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from surgeproof.cli.curve_chart import draw_curve
from surgeproof.cli.launch_summary import summary
from surgeproof.launch.curve import Curve, compile_curve
from surgeproof.launch.overrides import parse_overrides
from surgeproof.launch.plan import LaunchPlan, check_steps, load_plan, plan_schema
from surgeproof.launch.trace import trace_plan
from surgeproof.load.journey import journeys_from
from surgeproof.load.sketch import Sketch, sketch_for_demand

_SKETCHED = 600
"""Journeys of each kind that are sketched: the shares of visitors who order come out within 1 %."""


@click.group("launch")
def launch_group() -> None:
    """Look at a launch plan before it is run."""


@launch_group.command("schema")
def schema_command() -> None:
    """Print the JSON Schema of a launch plan."""
    click.echo(json.dumps(plan_schema(), indent=2))


@launch_group.command("show", short_help="Draw a plan's curve; print its figures and gates.")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--set", "settings", multiple=True, metavar="PATH=VALUE", help="Change a value of the plan; repeatable.")
@click.option("--trace", "trace_file", type=click.Path(path_type=Path), help="CSV history, plain or .gz, as the curve.")
@click.option("--label", help="Which label's rows of the history.")
@click.option("--zone", help="Zone of the history's timestamps, when they tell none.")
@click.option("--window", metavar="START/END", help="Which part of the history; dates: around the peak in them.")
@click.option("--growth", default="auto", show_default=True, help="Factor on the history; auto: to the plan's peak.")
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True),
    default=30.0,
    show_default=True,
    help="Of the run whose length is told.",
)
@click.option(
    "--scale",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Of the run whose arrivals are told.",
)
@click.option("--journeys", type=click.Path(path_type=Path), help="The journeys file. [default: beside the plans]")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
def show_command(
    *,
    plan: Path,
    settings: tuple[str, ...],
    trace_file: Path | None,
    label: str | None,
    zone: str | None,
    window: str | None,
    growth: str,
    speed: float,
    scale: float,
    journeys: Path | None,
    as_json: bool,
) -> None:
    """Draw a plan's curve; print arrivals, peak rate, steepest ramp, expected orders, pre-warm and gates."""
    launch_plan = load_plan(plan, parse_overrides(settings))
    if trace_file is not None:
        launch_plan = trace_plan(launch_plan, trace_file, label=label, zone=zone, window=window, growth=growth)
    elif label or zone or window or growth != "auto":
        raise click.UsageError("--label, --zone, --window and --growth belong to --trace; add --trace FILE.")
    curve = compile_curve(launch_plan)
    sketched = _sketch(launch_plan, curve, journeys, plan)
    if sketched is not None:
        check_steps(launch_plan, [step.name for step in sketched.steps])
    told = summary(launch_plan, curve, sketched, speed=speed, scale=scale)
    if as_json:
        click.echo(json.dumps(told, indent=2))
        return
    console = Console()
    _show(console, curve, told)
    if sketched is None:
        Console(stderr=True).print(
            "Expected orders are not known: there is no journeys.py beside the plan's folder. Name it with --journeys.",
            style="yellow",
        )


def _sketch(plan: LaunchPlan, curve: Curve, journeys: Path | None, plan_file: Path) -> Sketch | None:
    beside = plan_file.absolute().parent.parent / "journeys.py"
    file = journeys or beside
    if journeys is None and not beside.is_file():
        return None
    return sketch_for_demand(plan, curve, journeys_from(file), count=_SKETCHED)


def _show(console: Console, curve: Curve, told: dict[str, Any]) -> None:
    moment = datetime.fromisoformat(told["launch"])
    zone = curve.start.tzinfo
    console.print(f"[bold]{told['name']}[/]  launch {moment:%a %d %b %Y %H:%M} {zone}", highlight=False)
    console.print()
    console.print(draw_curve(curve, width=min(console.width, 110)), no_wrap=True, crop=True)
    console.print("        arrivals per second at scale 1; ▲ is the launch moment\n", style="dim", highlight=False)
    console.print(_phases(curve, told))
    console.print(_figures(told))
    _list(console, "Pre-warm", [_prewarm_words(curve, told)])
    _list(console, "Gates", [*(gate["words"] for gate in told["gates"]), "shortfall at most 0 s, always"])
    if told["trace"]:
        trace = told["trace"]
        growth = f"from {trace['first']}, a row each {trace['interval_s']:g} s, growth {trace['growth']:.4g}"
        _list(console, "History", [growth, *trace["notes"]])


def _phases(curve: Curve, told: dict[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("phase", "kind", "from", "minutes", "peak rate", "arrivals", "orders"):
        table.add_column(name, justify="left" if name in {"phase", "kind", "from"} else "right")
    for phase in told["phases"]:
        orders = phase["expected_orders"]
        table.add_row(
            phase["name"],
            phase["kind"],
            f"{curve.start + timedelta(seconds=phase['start_s']):%H:%M:%S}",
            f"{(phase['end_s'] - phase['start_s']) / 60:.4g}",
            f"{phase['peak_rate']:.4g}/s",
            f"{phase['arrivals']:,.0f}",
            "?" if orders is None else f"{orders:,.0f}",
        )
    return table


def _figures(told: dict[str, Any]) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    run = told["run"]
    orders = told["expected_orders"]
    share = f", {orders / told['arrivals']:.2%} of visitors" if orders is not None and told["arrivals"] else ""
    ramps = ", ".join(f"x{ramp['ratio']:.3g} in {ramp['window_s'] / 60:g} min" for ramp in told["steepest"])
    rows = [
        ("arrivals", f"{told['arrivals']:,.0f} in {told['duration_s'] / 60:.4g} min"),
        ("peak rate", f"{told['peak_rate']:.4g} arrivals/s"),
        ("steepest ramp", ramps),
        ("expected orders", "not known" if orders is None else f"{orders:,.0f}{share}"),
        (
            f"at speed {run['speed']:g}, scale {run['scale']:g}",
            f"{run['real_s']:.4g} s, {run['arrivals']:,.0f} arrivals, peak {run['peak_rate']:.4g}/s"
            + ("" if orders is None else f", {run['expected_orders']:,.0f} orders"),
        ),
    ]
    for name, value in rows:
        table.add_row(name, value)
    return table


def _prewarm_words(curve: Curve, told: dict[str, Any]) -> str:
    prewarm = told["prewarm"]
    if not prewarm["enabled"] or not prewarm["tasks"]:
        return "none"
    tasks = ", ".join(f"{service} at least {count} tasks" for service, count in prewarm["tasks"].items())
    launch = curve.start + timedelta(seconds=curve.launch_at)
    start, end = launch - timedelta(seconds=prewarm["lead"]), launch + timedelta(seconds=prewarm["release"])
    return f"{tasks} from {start:%H:%M} to {end:%H:%M}"


def _list(console: Console, name: str, lines: list[str]) -> None:
    console.print(f"\n[bold]{name}[/]")
    for line in lines:
        console.print(f"  {line}", highlight=False)
