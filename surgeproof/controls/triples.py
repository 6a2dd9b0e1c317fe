"""The three tests that every control has: no such resource, one that keeps the rule, one that breaks it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from surgeproof.controls.context import Context
from surgeproof.controls.control import Control
from surgeproof.controls.outcome import Outcome
from surgeproof.controls.registry import find_control
from surgeproof.graph.model import Graph, Resource


def resource(type_: str, name: str, /, **given: Any) -> Resource:
    """A resource; ``inputs``, ``outputs``, ``property_dependencies``, ``options`` as in the graph."""
    urn = given.pop("urn", f"urn:pulumi:test::test::{type_}::{name}")
    return Resource(type=type_, name=name, urn=urn, id=given.pop("id", name), **given)


def graph_of(*resources: Resource) -> Graph:
    """A graph of these resources."""
    return Graph(project="test", stack="test", resources=resources)


def judge(control: Control, resources: Iterable[Resource]) -> list[Outcome]:
    """Every outcome of a control on a graph of these resources."""
    context = Context(graph_of(*resources), {item.name: item.default for item in control.parameters})
    subjects = [None] if control.family == "stack" else context.family(control.family)
    found: list[Outcome] = []
    for subject in subjects:
        outcome = control.judge(subject, context)
        found.extend([outcome] if isinstance(outcome, Outcome) else outcome)
    return found


def triple(
    control_id: str,
    *,
    none: Sequence[Resource],
    good: Sequence[Resource],
    bad: Sequence[Resource],
) -> None:
    """Hold that a control says nothing of ``none``, passes ``good`` and fails ``bad``."""
    control = find_control(control_id)
    idle = {outcome.verdict for outcome in judge(control, none)}
    assert idle <= {"not-applicable"}, (control_id, idle)  # noqa: S101 -- it is for tests
    kept = {outcome.verdict for outcome in judge(control, good)}
    assert "pass" in kept, (control_id, judge(control, good))  # noqa: S101 -- it is for tests
    assert kept <= {"pass", "not-applicable"}, (control_id, judge(control, good))  # noqa: S101 -- it is for tests
    broken = [outcome for outcome in judge(control, bad) if outcome.verdict == "fail"]
    assert broken, (control_id, judge(control, bad))  # noqa: S101 -- it is for tests
    assert all(outcome.message for outcome in broken), control_id  # noqa: S101 -- it is for tests
