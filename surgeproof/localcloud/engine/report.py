"""What an engine command did, gathered from the engine's own events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from pulumi.automation.events import DiagnosticEvent, EngineEvent, PolicyEvent, StepEventMetadata

Result = Literal["succeeded", "failed", "blocked", "interrupted"]
_COLOUR = re.compile(r"<\{%.*?%\}>|\x1b\[[0-9;]*m")
MANDATORY = "mandatory"
_QUIET = frozenset({"same", "read", "refresh"})
_HALVES = frozenset({"create-replacement", "delete-replaced"})
"""Steps of a replacement, whose whole is told as ``replace``."""


@dataclass(frozen=True, slots=True)
class Step:
    """One resource and what is done with it.

    Attributes:
        op: Pulumi's word: create, update, replace, delete, ...
        type: Type token.
        name: Logical name.
        urn: URN.
        properties: Paths of the properties that change.
        replacing: Those among them that need a new resource.
    """

    op: str
    type: str
    name: str
    urn: str
    properties: tuple[str, ...] = ()
    replacing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Violation:
    """What a policy said of a resource, or of the stack."""

    policy: str
    level: str
    urn: str | None
    message: str


@dataclass(slots=True)
class Report:
    """What one command told, as it told it.

    Attributes:
        operation: preview, up, refresh or destroy.
        changes: Count of resources by what is done with them, as the engine counts.
        steps: Each resource that is changed, and how.
        violations: What the policy pack said.
        packs: Name of each pack that ran, to its version.
        errors: What the engine and the provider complained of.
        failed: URNs of resources whose step failed.
        seconds: Real seconds.
    """

    operation: str
    changes: dict[str, int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    violations: list[Violation] = field(default_factory=list)
    packs: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    result: Result = "succeeded"
    seconds: float = 0.0

    def take(self, event: EngineEvent) -> Step | None:
        """Take in an event of the engine; the step that it finishes or foresees, if it does."""
        if event.policy_event:
            self._take_policy(event.policy_event)
        if event.diagnostic_event:
            self._take_diagnostic(event.diagnostic_event)
        if event.summary_event:
            self.changes = {str(getattr(op, "value", op)): count for op, count in _counts(event).items()}
            self.packs = dict(event.summary_event.policy_packs or {})
        if event.res_op_failed_event:
            self.failed.append(event.res_op_failed_event.metadata.urn)
        told = event.resource_pre_event if self.operation == "preview" else event.res_outputs_event
        return self._take_step(told.metadata) if told else None

    def _take_step(self, metadata: StepEventMetadata) -> Step | None:
        op = str(getattr(metadata.op, "value", metadata.op))
        if op == "refresh" and metadata.detailed_diff:
            op = "drift"
        if op in _QUIET or op in _HALVES:
            return None
        detailed = metadata.detailed_diff or {}
        kinds = {path: str(getattr(diff.diff_kind, "value", diff.diff_kind)) for path, diff in detailed.items()}
        step = Step(
            op,
            metadata.type,
            metadata.urn.rsplit("::", 1)[-1],
            metadata.urn,
            tuple(sorted(kinds or metadata.diffs or ())),
            tuple(sorted(path for path, kind in kinds.items() if kind.endswith("-replace"))),
        )
        self.steps.append(step)
        return step

    def _take_policy(self, event: PolicyEvent) -> None:
        told = Violation(event.policy_name, event.enforcement_level, event.resource_urn or None, plain(event.message))
        if told not in self.violations:
            self.violations.append(told)

    def _take_diagnostic(self, event: DiagnosticEvent) -> None:
        if event.severity == "error":
            place = event.urn.rsplit("::", 1)[-1] if event.urn else ""
            words = plain(event.message)
            self.errors.append(f"{place}: {words}" if place else words)

    def mandatory(self) -> list[Violation]:
        """Violations that block."""
        return [item for item in self.violations if item.level == MANDATORY]

    def fail(self) -> None:
        """The command failed: by the pack, or else."""
        self.result = "blocked" if self.mandatory() else "failed"

    @property
    def changed(self) -> int:
        """How many resources are created, changed, replaced or deleted."""
        return sum(count for op, count in self.changes.items() if op not in _QUIET)

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "operation": self.operation,
            "result": self.result,
            "changes": self.changes,
            "resources": [asdict(step) for step in self.steps],
            "policies": {
                "packs": self.packs,
                "violations": [asdict(item) for item in self.violations],
            },
            "errors": self.errors,
            "failed": self.failed,
            "seconds": round(self.seconds, 2),
        }


def _counts(event: EngineEvent) -> Mapping[Any, int]:
    return event.summary_event.resource_changes if event.summary_event else {}


def plain(text: str) -> str:
    """The engine's words without its marks for colours."""
    return _COLOUR.sub("", text).strip()


def first_lines(messages: Iterable[str], most: int = 20) -> list[str]:
    """The first line of each message, once."""
    return list(dict.fromkeys(message.splitlines()[0] for message in messages if message))[:most]
