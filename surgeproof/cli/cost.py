"""`surgeproof cost`: what a stack costs a month, from its program and a dated price table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import yaml
from rich.table import Table

from surgeproof.cli.graph import stack_overrides
from surgeproof.cli.options import set_option, stack_option
from surgeproof.cli.screen import screen
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.launch.overrides import parse_overrides
from surgeproof.scaling.cost.estimate import Estimate, estimate
from surgeproof.scaling.cost.prices import load_prices


@click.command("cost", short_help="Estimate what a stack costs a month.")
@stack_option
@set_option
@click.option(
    "--prices",
    "price_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Your own price table, in the form of --show-prices.",
)
@click.option("--show-prices", is_flag=True, help="Print the price table with its sources, as YAML.")
@click.option("--json", "as_json", is_flag=True, help="Print the estimate as JSON.")
def cost_command(
    *, stack: str, sets: tuple[str, ...], price_file: Path | None, show_prices: bool, as_json: bool
) -> None:
    """Estimate what a stack costs a month: at its smallest size, and if it kept its largest.

    List prices; no usage is made up: what is billed by use is listed with its price instead.
    """
    table = load_prices(price_file)
    if show_prices:
        click.echo(yaml.safe_dump(table.model_dump(mode="json"), sort_keys=False, width=120), nl=False)
        return
    graph = run_program(Project.find(), stack, overrides=stack_overrides(parse_overrides(sets)))
    result = estimate(graph, table)
    if as_json:
        click.echo(json.dumps(as_data(result), indent=2))
        return
    screen(pipe_width=120).print(_table(result))
    for sentence in remarks(result):
        click.echo(sentence, err=True)


def as_data(result: Estimate) -> dict[str, Any]:
    """The estimate as plain data, for `--json`."""
    return {
        "stack": result.stack,
        "region": result.region,
        "prices": {"day": result.table.day.isoformat(), "region": result.table.region},
        "currency": result.table.currency,
        "month": {"least": round(result.least, 2), "most": round(result.most, 2)},
        "lines": [
            {
                "urn": line.urn,
                "type": line.type,
                "name": line.name,
                "price": line.price,
                "least": round(line.least, 2),
                "most": round(line.most, 2),
            }
            for line in result.lines
        ],
        "by_use": [
            {"price": name, "resources": count, **_price_data(result, name)} for name, count in result.by_use.items()
        ],
        "unpriced": {name: list(names) for name, names in result.unpriced.items()},
        "unknown": list(result.unknown),
    }


def _price_data(result: Estimate, name: str) -> dict[str, Any]:
    price = result.used_price(name)
    return {} if price is None else {"amount": price.amount, "unit": price.unit}


def grouped(result: Estimate) -> list[tuple[str, int, float, float]]:
    """Lines by price: name, number of resources, least and most, dearest first."""
    groups: dict[str, list[float]] = {}
    for line in result.lines:
        sums = groups.setdefault(line.price, [0, 0.0, 0.0])
        sums[0] += 1
        sums[1] += line.least
        sums[2] += line.most
    return sorted(
        ((name, int(count), least, most) for name, (count, least, most) in groups.items()),
        key=lambda row: (-row[3], row[0]),
    )


def remarks(result: Estimate) -> list[str]:
    """What a reader has to know about the figures, a sentence each."""
    table = result.table
    said = [f"List prices of {table.region}, {table.day.isoformat()}, without discounts and taxes."]
    if result.region and result.region != table.region:
        said.append(f"The stack lies in {result.region}, where prices differ: bring your own with --prices.")
    if unchecked := sum(not price.checked for price in table.prices.values()):
        said.append(f"{unchecked} of {len(table.prices)} prices were not compared with AWS's own list.")
    if result.by_use:
        said.append(f"Billed by use, and in no sum: {', '.join(result.by_use)}.")
    said += [f"No price for {name} ({', '.join(names)}): in no sum." for name, names in result.unpriced.items()]
    if result.unknown:
        said.append(f"Not looked at: {', '.join(result.unknown)}.")
    return said


def _table(result: Estimate) -> Table:
    table = Table(title=f"{result.stack}: a month", title_justify="left", header_style="bold", box=None)
    table.add_column("what", overflow="fold", min_width=36)
    table.add_column("resources", justify="right")
    table.add_column(f"smallest ({result.table.currency})", justify="right")
    table.add_column("largest, all month", justify="right")
    for name, count, least, most in grouped(result):
        table.add_row(name, str(count), f"{least:,.2f}", f"{most:,.2f}")
    table.add_section()
    table.add_row("in all", "", f"{result.least:,.2f}", f"{result.most:,.2f}", style="bold")
    return table
