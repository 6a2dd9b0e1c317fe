"""Policies of Pulumi's SDK, one a control: severity, framework, remediation and parameters from the one metadata."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    ResourceValidationPolicy,
    Severity,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, UnknownValueError

from surgeproof.controls.control import Control, Names
from surgeproof.controls.errors import ControlsError
from surgeproof.controls.families import ANY
from surgeproof.controls.finding import Finding
from surgeproof.controls.own import OWN, UNCOVERED, WAIVERS
from surgeproof.controls.pack.alone import judges_alone
from surgeproof.controls.pack.decoded import graph_of
from surgeproof.controls.pack.judgement import Judge
from surgeproof.controls.pack.seen import Seen
from surgeproof.controls.published import PCI
from surgeproof.controls.severity import Severity as OurSeverity
from surgeproof.graph.model import Graph

_SEVERITIES: dict[OurSeverity, Severity] = {
    "crit": Severity.CRITICAL,
    "high": Severity.HIGH,
    "med": Severity.MEDIUM,
    "low": Severity.LOW,
}
_LEVELS: dict[OurSeverity, EnforcementLevel] = {
    "crit": EnforcementLevel.MANDATORY,
    "high": EnforcementLevel.MANDATORY,
    "med": EnforcementLevel.ADVISORY,
    "low": EnforcementLevel.ADVISORY,
}
Report = Callable[..., None]


class NotKnownYetError(UnknownValueError):
    """What a preview cannot decide; the SDK tells it as advisory, whatever the policy's level."""

    def __init__(self, message: str) -> None:
        super().__init__(UNKNOWN_STRING_VALUE, [])
        self.message = message


def policies_of(controls: Iterable[Control], judge: Judge, seen: Seen) -> list[Policy]:
    """A policy for each control, and for the engine's own.

    Args:
        controls: The catalogue, the team's own included.
        judge: Gives the findings, under the waivers.
        seen: What has been decoded of the requests that the policies are run for.
    """
    known = tuple(controls)
    return [*(_policy(item, judge, seen) for item in known), *(_own(item, known, judge, seen) for item in OWN)]


def _policy(control: Control, judge: Judge, seen: Seen) -> Policy:
    if judges_alone(control):

        def of_resource(args: Any, report: Report) -> None:
            if control.family == ANY or args.resource_type in control.types:
                graph = graph_of([seen.resource(args)])
                _tell(_safe(lambda: judge.findings(control, graph, args.get_config())), graph, report)

        return ResourceValidationPolicy(validate=of_resource, **_metadata(control, judge))

    def of_stack(args: Any, report: Report) -> None:
        graph = seen.graph(args)
        _tell(_safe(lambda: judge.findings(control, graph, args.get_config())), graph, report)

    return StackValidationPolicy(validate=of_stack, **_metadata(control, judge))


def _own(control: Control, controls: tuple[Control, ...], judge: Judge, seen: Seen) -> Policy:
    def of_stack(args: Any, report: Report) -> None:
        graph = seen.graph(args)
        if control.id == UNCOVERED.id:
            _tell(judge.uncovered(graph), graph, report)
        elif judge.fault is not None:
            report(str(judge.fault))
        elif control.id == WAIVERS.id and judge.waivers:
            _tell(judge.waiver_faults(graph, controls), graph, report)

    return StackValidationPolicy(validate=of_stack, **_metadata(control, judge))


def _safe(findings: Callable[[], list[Finding]]) -> list[Finding] | str:
    """Findings, or what is wrong with the policy's configuration: nothing may escape, or it ends the whole run."""
    try:
        return findings()
    except ControlsError as error:
        return str(error)


def _tell(findings: list[Finding] | str, graph: Graph, report: Report) -> None:
    if isinstance(findings, str):
        report(findings)
        return
    for item in findings:
        if item.verdict == "fail":
            at = f" [{item.path}]" if item.path else ""
            report(f"{item.name or 'the stack'}: {item.message}{at}. {item.remediation}", item.urn or None)
    undecided = [_undecided(item, graph) for item in findings if item.verdict == "unknown"]
    if undecided:
        raise NotKnownYetError("; ".join(undecided))


def _undecided(finding: Finding, graph: Graph) -> str:
    """What is not known, and what would resolve it."""
    resource = graph.by_urn(finding.urn)
    first = finding.path.partition(".")[0].partition("[")[0]
    sources = [urn.rpartition("::")[2] for urn in (resource.property_dependencies.get(first, ()) if resource else ())]
    waits = f"the deployment of {', '.join(sources)}" if sources else "the deployment"
    at = f" [{finding.path}]" if finding.path else ""
    return f"{finding.name}: {finding.message}{at}; {waits} decides it"


def _metadata(control: Control, judge: Judge) -> dict[str, Any]:
    pci = [item.id for item in control.requirements if item.framework == PCI]
    others = dict.fromkeys(f"{item.framework} {item.id}" for item in control.requirements if item.framework != PCI)
    schema = PolicyConfigSchema(properties=_schema(control, judge)) if control.parameters else None
    return {
        "name": control.id,
        "description": control.title,
        "enforcement_level": _LEVELS[control.severity],
        "config_schema": schema,
        "display_name": control.title,
        "severity": _SEVERITIES[control.severity],
        "framework": PolicyComplianceFramework(name="PCI DSS", version="4.0.1", reference="; ".join(dict.fromkeys(pci)))
        if pci
        else None,
        "tags": list(others),
        "remediation_steps": control.remediation,
    }


def _schema(control: Control, judge: Judge) -> dict[str, dict[str, Any]]:
    # The engine hands a policy the defaults of its schema as if somebody had configured them.
    values = judge.parameters.get(control.id, {})
    return {
        item.name: {
            "type": "array",
            "items": {"type": "string"},
            "default": list(values.get(item.name, item.default)),
            "description": item.of,
        }
        if isinstance(item, Names)
        else {
            "type": "number",
            "default": values.get(item.name, item.default),
            "minimum": item.lowest,
            "maximum": item.highest,
            **({"description": item.unit} if item.unit else {}),
        }
        for item in control.parameters
    }
