"""Containers: the definitions inside a task definition, read once for all controls of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from surgeproof.controls.context import Context
from surgeproof.controls.expectations import items
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.graph.model import Resource

DEFINITIONS = "containerDefinitions"


def containers(context: Context, resource: Resource) -> list[dict[str, Any]] | None:
    """Container definitions of a task definition; None when they are not known, as in a real preview."""
    found = items(context, resource, DEFINITIONS)
    if found is None or not all(isinstance(item, dict) for item in found):
        return None
    return found


def each_container(
    context: Context, resource: Resource, problem: Callable[[dict[str, Any]], str | None]
) -> list[Outcome]:
    """Judge each container: ``problem`` tells what is wrong with it, or None."""
    found = containers(context, resource)
    if found is None:
        return [unknown("its container definitions are known only after deployment", property=DEFINITIONS)]
    return [
        failed(f"container {item.get('name', number)}: {text}", property=f"{DEFINITIONS}[{number}]")
        for number, item in enumerate(found)
        if (text := problem(item))
    ] or [passed()]
