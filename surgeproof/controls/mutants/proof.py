"""The proof: each claimed mutant is made, and the control that claims it is asked alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from surgeproof.controls.context import Context
from surgeproof.controls.control import Control
from surgeproof.controls.engine import Parameters, outcomes
from surgeproof.controls.families import STACK
from surgeproof.controls.mutants.operators import Mutation
from surgeproof.controls.outcome import Outcome
from surgeproof.graph.model import Graph

Fate = Literal["caught", "survived", "void"]
STACK_BASE = "our stack"
SAMPLE_BASE = "its sample"


@dataclass(frozen=True, slots=True)
class Trial:
    """One mutant and what became of it.

    Attributes:
        label: What was done.
        fate: ``caught`` by its control, ``survived``, or ``void``: it changes nothing in this stack.
    """

    label: str
    fate: Fate


@dataclass(frozen=True, slots=True)
class Proof:
    """What one control was put to.

    Attributes:
        control: The control.
        base: What was mutated: our own stack, or the control's sample where the stack has no such resource.
        trials: Its claimed mutants; none where neither keeps the rule.
    """

    control: Control
    base: str
    trials: tuple[Trial, ...]

    @property
    def caught(self) -> int:
        """Mutants that were caught."""
        return sum(trial.fate == "caught" for trial in self.trials)


def prove(
    controls: Iterable[Control],
    claimed: Mapping[str, tuple[Mutation, ...]],
    stack: Graph,
    samples: Mapping[str, Graph],
    parameters: Parameters | None = None,
) -> list[Proof]:
    """Put every control to its mutants.

    Args:
        controls: Whom.
        claimed: What each says that it catches.
        stack: Our own stack; what it has no example of is mutated on its sample.
        samples: A graph by control that keeps its rule.
        parameters: As the stack is judged by.
    """
    return [_prove(item, claimed.get(item.id, ()), stack, samples.get(item.id), parameters or {}) for item in controls]


def _prove(
    control: Control, mutations: tuple[Mutation, ...], stack: Graph, sample: Graph | None, parameters: Parameters
) -> Proof:
    bases = [_Base.of(control, name, graph, parameters) for name, graph in ((STACK_BASE, stack), (SAMPLE_BASE, sample))]
    usable = [base for base in bases if base is not None]
    if not usable:
        return Proof(control, SAMPLE_BASE, ())
    trials = tuple(_first_of(control, item, usable, parameters) for item in mutations)
    return Proof(control, usable[0].name, trials)


@dataclass(frozen=True, slots=True)
class _Base:
    """A graph that keeps a control's rule somewhere: where, and what fails in it already."""

    name: str
    graph: Graph
    kept: tuple[str, ...]
    failing: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, control: Control, name: str, graph: Graph | None, parameters: Parameters) -> _Base | None:
        if graph is None:
            return None
        verdicts = _verdicts(control, graph, parameters)
        kept = tuple(urn for urn, verdict in verdicts if verdict == "pass")
        return cls(name, graph, kept, frozenset(_failing(control, graph, parameters))) if kept else None


def _first_of(control: Control, mutation: Mutation, bases: list[_Base], parameters: Parameters) -> Trial:
    """On the stack; where the mutation changes nothing there, on the sample."""
    trials = [Trial(mutation.label, "void")]
    for base in bases:
        trials.append(_trial(control, mutation, base, parameters))
        if trials[-1].fate != "void":
            break
    return trials[-1]


def _trial(control: Control, mutation: Mutation, base: _Base, parameters: Parameters) -> Trial:
    """On each resource that keeps the rule, until the control catches one."""
    fate: Fate = "void"
    for urn in base.kept:
        mutant = mutation.change(base.graph, base.graph.by_urn(urn))
        if _same(mutant, base.graph):
            continue
        if _failing(control, mutant, parameters) - base.failing:
            return Trial(mutation.label, "caught")
        fate = "survived"
        if control.family == STACK:
            break
    return Trial(mutation.label, fate)


def _same(mutant: Graph, graph: Graph) -> bool:
    return len(mutant.resources) == len(graph.resources) and all(
        one is other or one == other for one, other in zip(mutant.resources, graph.resources, strict=True)
    )


def _verdicts(control: Control, graph: Graph, parameters: Parameters) -> list[tuple[str, str]]:
    return [(urn, outcome.verdict) for urn, outcome in _judged(control, graph, parameters)]


def _failing(control: Control, graph: Graph, parameters: Parameters) -> set[tuple[str, str]]:
    return {(urn, outcome.message) for urn, outcome in _judged(control, graph, parameters) if outcome.verdict == "fail"}


def _judged(control: Control, graph: Graph, parameters: Parameters) -> Iterator[tuple[str, Outcome]]:
    declared = {item.name: item.default for item in control.parameters}
    context = Context(graph, {**declared, **parameters.get(control.id, {})})
    if control.family == STACK:
        yield from (("", outcome) for outcome in outcomes(control, None, context))
        return
    for subject in context.family(control.family):
        yield from ((subject.urn, outcome) for outcome in outcomes(control, subject, context))
