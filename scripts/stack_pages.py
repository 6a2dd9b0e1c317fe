"""The pages of the stacks: what each is for, what it is made of and what it costs a month."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from surgeproof.cli.cost import grouped, remarks
from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.scaling.cost.compute import SERVICE, task_range
from surgeproof.scaling.cost.estimate import estimate
from surgeproof.scaling.cost.prices import PriceTable, load_prices

_INTRODUCTION = (
    "One program, one file of settings each. Costs are of a month at the smallest size and at the largest, without "
    "what is billed by use; see the page of each stack."
)


def stack_pages(project: Project) -> dict[Path, str]:
    """Page of each stack, and the table of all of them, by path below `docs/`."""
    prices = load_prices()
    graphs = {stack: run_program(project, stack) for stack in project.stacks if not stack.startswith("pr-")}
    pages = {Path(f"stacks/{stack}.md"): _page(project, stack, graph, prices) for stack, graph in graphs.items()}
    pages[Path("stacks/README.md")] = _overview(project, graphs, prices)
    return pages


def purpose(project: Project, stack: str) -> str:
    """What the stack is for: the comment at the head of its file."""
    lines = (project.root / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8").splitlines()
    said = []
    for line in lines:
        if not line.startswith("#"):
            break
        if not line.startswith("# yaml-language-server"):
            said.append(line.removeprefix("#").strip())
    return " ".join(said)


def _overview(project: Project, graphs: dict[str, Graph], prices: PriceTable) -> str:
    lines = [
        "# The stacks",
        "",
        _INTRODUCTION,
        "",
        f"| stack | for | resources | smallest ({prices.currency}) | largest |",
        "|---|---|---|---|---|",
    ]
    for stack, graph in graphs.items():
        found = estimate(graph, prices)
        count = sum(item.custom for item in graph.resources)
        lines.append(
            f"| [{stack}]({stack}.md) | {purpose(project, stack)} | {count} | {found.least:,.0f} | {found.most:,.0f} |"
        )
    return "\n".join(lines) + "\n"


def _page(project: Project, stack: str, graph: Graph, prices: PriceTable) -> str:
    found = estimate(graph, prices)
    made_of = Counter(item.type.rpartition(":")[2] for item in graph.resources if not item.custom)
    lines = [
        f"# {stack}",
        "",
        purpose(project, stack),
        "",
        f"Settings: [`Pulumi.{stack}.yaml`](../../Pulumi.{stack}.yaml). See also `surgeproof cost --stack {stack}`.",
        "",
        "## What it is made of",
        "",
        f"{sum(item.custom for item in graph.resources)} resources in {sum(made_of.values())} components: "
        + ", ".join(f"{name} x {count}" if count > 1 else name for name, count in sorted(made_of.items()))
        + ".",
        "",
        "| service | tasks |",
        "|---|---|",
    ]
    for service in graph.of_type(SERVICE):
        least, most = task_range(graph, service)
        lines.append(f"| {service.inputs.get('name', service.name)} | {least} to {most} |")
    lines += [
        "",
        "## A month",
        "",
        f"| what | resources | smallest ({prices.currency}) | largest, all month |",
        "|---|---|---|---|",
    ]
    lines += [f"| {name} | {count} | {least:,.2f} | {most:,.2f} |" for name, count, least, most in grouped(found)]
    lines += [f"| **in all** | | **{found.least:,.2f}** | **{found.most:,.2f}** |", "", *remarks(found)]
    return "\n".join(lines) + "\n"
