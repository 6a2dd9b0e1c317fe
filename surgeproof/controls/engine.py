"""The engine: runs controls on a graph. One that raises is a finding of its own, and stops no other."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import PurePath

from surgeproof.controls.context import Context
from surgeproof.controls.control import Control, Value
from surgeproof.controls.errors import DocumentError
from surgeproof.controls.families import STACK, covered_services, covered_types
from surgeproof.controls.finding import Finding, digest_of
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed
from surgeproof.controls.own import UNCOVERED
from surgeproof.controls.secrets_hidden import SecretsHidden
from surgeproof.graph.model import STACK_TYPE, Graph, Resource

Parameters = Mapping[str, Mapping[str, Value]]


def run_controls(graph: Graph, controls: Iterable[Control], parameters: Parameters | None = None) -> list[Finding]:
    """Judge every resource of a graph.

    Args:
        graph: The resources, whichever source they came from.
        controls: Which controls to run.
        parameters: Chosen values by control id and name, checked (`parameters.chosen`); defaults elsewhere.

    Returns:
        A finding a control and resource, passes included; a resource with several faults under one
        control has several. A control without a resource of its family has one that says so.
    """
    run = _Run(graph, parameters or {})
    findings = [finding for control in controls for finding in run.judge(control)]
    return [*findings, *run.uncovered()]


class _Run:
    def __init__(self, graph: Graph, parameters: Parameters) -> None:
        self.graph = graph
        self.parameters = parameters
        self.context = Context(graph)
        self.stack = next(iter(graph.of_type(STACK_TYPE)), None)

    @cached_property
    def hidden(self) -> SecretsHidden:
        """The secrets of the graph; looked up only when something is said."""
        return SecretsHidden(self.graph)

    def judge(self, control: Control) -> Iterator[Finding]:
        declared = {item.name: item.default for item in control.parameters}
        self.context.parameters = {**declared, **self.parameters.get(control.id, {})}
        if control.family == STACK:
            yield from self._on(control, None)
            return
        subjects = self.context.family(control.family)
        for subject in subjects:
            yield from self._on(control, subject)
        if not subjects:
            yield self._finding(control, None, not_applicable("the stack has no such resource"), whole_stack=False)

    def uncovered(self) -> Iterator[Finding]:
        """A finding for each type of a covered service that no family names."""
        services, types = covered_services(), covered_types()
        seen: set[str] = set()
        for resource in self.graph.resources:
            type_ = resource.type
            if type_ in types or type_ in seen or type_.partition("/")[0] not in services:
                continue
            seen.add(type_)
            yield self._finding(UNCOVERED, resource, failed(f"no control knows the type {type_}"))

    def _on(self, control: Control, subject: Resource | None) -> Iterator[Finding]:
        for outcome in outcomes(control, subject, self.context):
            yield self._finding(control, subject, outcome)

    def _finding(
        self, control: Control, subject: Resource | None, outcome: Outcome, *, whole_stack: bool = True
    ) -> Finding:
        shown = subject or (self.stack if whole_stack else None)
        name = self.graph.stack if whole_stack else ""
        location = shown.location if shown else None
        return Finding(
            control=control.id,
            title=control.title,
            severity=control.severity,
            verdict=outcome.verdict,
            urn=shown.urn if shown else _stack_urn(self.graph) if whole_stack else "",
            name=shown.name if shown else name,
            type=shown.type if shown else STACK_TYPE if whole_stack else "",
            message=self.hidden.redacted(outcome.message) if outcome.message else "",
            path=outcome.property,
            setting=outcome.setting,
            file=location.file if location else None,
            line=location.line if location else None,
            remediation=control.remediation,
            digest=self._digest(subject, outcome.property) if outcome.verdict in {"fail", "unknown"} else "",
        )

    def _digest(self, subject: Resource | None, path: str) -> str:
        """Of the property that decided; where it lies in companions, of them and the whole resource."""
        if subject is None:
            return ""
        key = path.partition(".")[0].partition("[")[0]
        if key in subject.inputs:
            return digest_of(self.hidden.inputs(subject)[key])
        service = subject.type.partition("/")[0]
        companions = [
            self.hidden.inputs(item)
            for item in self.context.graph.dependants(subject.urn)
            if item.type.startswith(f"{service}/")
        ]
        return digest_of([self.hidden.inputs(subject), companions])


def outcomes(control: Control, subject: Resource | None, context: Context) -> list[Outcome]:
    """What a control says of one resource; that it broke, or that a document is none, is a failure of its own."""
    try:
        found = control.judge(subject, context)
        return [found] if isinstance(found, Outcome) else list(found) or [passed()]
    except DocumentError as error:
        return [failed("is not a JSON document", property=error.path or "")]
    except Exception as error:  # noqa: BLE001 -- a control of the user's own may raise anything
        # Without the error's text, which may hold a property's value.
        frame = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{PurePath(frame.filename).name}:{frame.lineno}"
        return [failed(f"the control itself broke: {type(error).__name__} at {where}")]


def _stack_urn(graph: Graph) -> str:
    return f"urn:pulumi:{graph.stack}::{graph.project}::{STACK_TYPE}::{graph.project}-{graph.stack}"
