"""How `surgeproof drift` tells what was changed by hand: by resource, each value whole, at any width."""

from __future__ import annotations

import json
from typing import Any

from rich.console import Console
from rich.text import Text

from surgeproof.review.drift import Drift, Drifted, Property

LONGEST_VALUE = 400
"""Characters of a value that are told; `--json` has it whole."""
NARROWEST = 20
"""Columns that a value gets beside its place; on a narrower screen it stands under it."""


def print_drift(found: Drift, console: Console) -> None:
    """Print what drifted; colour never carries meaning alone."""
    for item in found.items:
        _resource(item, console)
        console.print()


def _resource(item: Drifted, console: Console) -> None:
    kind = item.resource.type.rpartition(":")[2]
    console.print(Text(f"{item.kind}: {kind} {item.resource.name}", style="bold"))
    for each in item.properties:
        _property(each, console)
    for finding in item.weakens:
        _line(console, f"weakens {finding.control} ({finding.severity}): {finding.message}", style="yellow")
    _line(console, item.up, style="dim")


def _property(each: Property, console: Console) -> None:
    """In one line where it fits, else a line for each place."""
    told = [
        ("in the account", each.account),
        ("in the state", each.state),
        ("in the program", each.program),
    ]
    if each.state == each.program:
        told = [told[0], ("in state and program", each.state)]
    line = f"{each.path}  " + " · ".join(f"{place}: {_value(value)}" for place, value in told)
    if len(line) + 2 <= console.width:
        _line(console, line)
        return
    _line(console, each.path)
    width = max(len(place) for place, _ in told)
    for place, value in told:
        lead = f"    {place:<{width}}  "
        if console.width - len(lead) < NARROWEST:
            _line(console, place, lead="    ")
            lead = "      "
        _line(console, _value(value), lead=lead)


def _line(console: Console, text: str, *, lead: str = "  ", style: str = "") -> None:
    """A line after its lead; its continuations stand under its beginning."""
    for number, part in enumerate(Text(text, style=style).wrap(console, max(NARROWEST, console.width - len(lead)))):
        part.rstrip()
        console.print(Text(" " * len(lead) if number else lead) + part, no_wrap=True, overflow="ignore")


def _value(value: Any) -> str:
    text = "not there" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
