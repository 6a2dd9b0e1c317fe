"""Evidence for an assessor: per published requirement, what was mapped to it, what ran, on what, and what came out."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from surgeproof import __version__
from surgeproof.controls.control import Control
from surgeproof.controls.evidence_limits import DISAGREEMENTS, NOT_CHECKED, Disagreement, differing
from surgeproof.controls.finding import Finding
from surgeproof.controls.published import FSBP, PCI
from surgeproof.controls.report import Report
from surgeproof.controls.scope import ScopeMap, scope_map
from surgeproof.graph.model import Unread

CONFIRM = "A mapping is who published it says it is, and no assessment: a QSA must confirm each one."
Verdict = Literal["pass", "fail", "waived", "not-applicable", "unknown", "baselined"]
_FIRST = (PCI, FSBP)


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ResourceEvidence(_Frozen):
    """What one control said of one resource."""

    urn: str = Field(description="Empty where the stack has no such resource")
    name: str
    verdict: Verdict
    message: str
    note: str = Field(description="Who waived it and until when, or that it is in the baseline")
    place: str = Field(description="Setting, or file and line; empty where the source tells none")


class ControlEvidence(_Frozen):
    """One control, with all that it said."""

    id: str
    title: str
    severity: str
    counts: dict[str, int]
    resources: tuple[ResourceEvidence, ...]


class Mapped(_Frozen):
    """A control under one requirement; what it said stands once, in `Evidence.results`."""

    control: str
    mapped_by: tuple[str, ...] = Field(description="Who published that it belongs to the requirement")
    counts: dict[str, int]


class RequirementEvidence(_Frozen):
    """One requirement of a framework, by its published number."""

    id: str
    mapped: int = Field(description="Controls that are mapped to it")
    ran: int = Field(description="Of those, how many judged at least one resource")
    not_applicable: int = Field(description="Of those, how many found no resource to judge")
    passed: int = Field(description="Resources that passed, over all its controls")
    failed: int
    waived: int
    unknown: int
    baselined: int
    controls: tuple[Mapped, ...]


class FrameworkEvidence(_Frozen):
    """A framework, with every requirement that a control is mapped to."""

    name: str
    requirements: tuple[RequirementEvidence, ...]


class Evidence(_Frozen):
    """The whole document; `docs/schemas/evidence.schema.json` describes it."""

    version: Literal[1] = 1
    tool: str
    at: datetime
    project: str
    stack: str
    source: str
    graph_digest: str = Field(description="SHA-256 of the graph that was judged, secrets left out; empty without one")
    resources: int
    controls: int
    counts: dict[str, int]
    confirm: str = CONFIRM
    frameworks: tuple[FrameworkEvidence, ...]
    results: tuple[ControlEvidence, ...]
    disagreements: tuple[Disagreement, ...]
    not_checked: tuple[str, ...] = NOT_CHECKED
    unread: tuple[str, ...] = Field(description="What the source could not read; nothing is concluded from it")
    scope: ScopeMap | None


def evidence_of(report: Report, *, at: datetime | None = None) -> Evidence:
    """The evidence of a report.

    Args:
        report: What was found.
        at: When; now when left out.
    """
    graph = report.graph
    by_control: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.ordered:
        by_control[finding.control].append(finding)
    results = {item.id: _control(item, by_control.get(item.id, [])) for item in report.controls}
    return Evidence(
        tool=f"surgeproof {__version__}",
        at=at or datetime.now(tz=UTC),
        project=report.project,
        stack=report.stack,
        source=report.source,
        graph_digest=hashlib.sha256(graph.to_json(indent=None).encode()).hexdigest() if graph else "",
        resources=sum(item.custom for item in graph.resources) if graph else 0,
        controls=len(report.controls),
        counts=report.counts,
        frameworks=tuple(_framework(name, report.controls, results) for name in _frameworks(report.controls)),
        results=tuple(results.values()),
        disagreements=(*DISAGREEMENTS, *differing(report.controls)),
        unread=tuple(_unread(item) for item in graph.unread) if graph else (),
        scope=scope_map(graph) if graph else None,
    )


def _unread(item: Unread) -> str:
    action = f"{item.action} " if item.action else ""
    return f"{item.what}: {action}{item.why}"


def evidence_json(report: Report) -> str:
    """The evidence for machines."""
    return evidence_of(report).model_dump_json(indent=2) + "\n"


def evidence_schema() -> dict[str, Any]:
    """JSON Schema of the evidence."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Evidence.model_json_schema(mode="serialization"),
    }


def _frameworks(controls: Iterable[Control]) -> list[str]:
    """PCI DSS and FSBP first, then the others by name."""
    names = {item.framework for control in controls for item in control.requirements}
    return sorted(names, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))


def _framework(name: str, controls: Iterable[Control], results: dict[str, ControlEvidence]) -> FrameworkEvidence:
    mapped: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for control in controls:
        for item in control.requirements:
            if item.framework == name:
                sources = mapped[item.id].setdefault(control.id, [])
                if item.source not in sources:
                    sources.append(item.source)
    requirements = (_requirement(id_, mapped[id_], results) for id_ in sorted(mapped, key=_numbered))
    return FrameworkEvidence(name=name, requirements=tuple(requirements))


def _numbered(id_: str) -> tuple[tuple[int, int, str], ...]:
    """10.2.1 after 3.5.1, and the appendices after all numbers."""
    words = id_.replace("-", ".").replace("(", ".").split(".")
    return tuple((0, int(word), "") if word.isdigit() else (1, 0, word) for word in words)


def _requirement(id_: str, mapped: dict[str, list[str]], results: dict[str, ControlEvidence]) -> RequirementEvidence:
    controls = [
        Mapped(control=control, mapped_by=tuple(sources), counts=results[control].counts)
        for control, sources in mapped.items()
    ]
    total: Counter[str] = Counter()
    for item in controls:
        total.update(item.counts)
    ran = sum(any(verdict != "not-applicable" for verdict in item.counts) for item in controls)
    return RequirementEvidence(
        id=id_,
        mapped=len(controls),
        ran=ran,
        not_applicable=len(controls) - ran,
        passed=total["pass"],
        failed=total["fail"],
        waived=total["waived"],
        unknown=total["unknown"],
        baselined=total["baselined"],
        controls=tuple(controls),
    )


def _control(control: Control, findings: list[Finding]) -> ControlEvidence:
    rows = tuple(
        ResourceEvidence(
            urn=item.urn,
            name=item.name,
            verdict="baselined" if item.baselined else item.verdict,
            message=item.message,
            note=item.note,
            place=item.place,
        )
        for item in findings
    )
    counts: Counter[str] = Counter(row.verdict for row in rows)
    return ControlEvidence(
        id=control.id, title=control.title, severity=control.severity, counts=dict(counts), resources=rows
    )
