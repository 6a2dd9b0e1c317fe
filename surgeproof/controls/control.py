"""A control: one function that judges one kind of resource, and what is told of it everywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from surgeproof.controls.errors import ControlDefinitionError
from surgeproof.controls.families import ANY, FAMILIES, STACK
from surgeproof.controls.outcome import Outcome
from surgeproof.controls.severity import SEVERITIES, Severity

if TYPE_CHECKING:
    from surgeproof.controls.context import Context

# A control of the whole graph is called with None in place of a resource.
Judge = Callable[[Any, "Context"], Outcome | Iterable[Outcome]]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A requirement of a published framework that a control answers.

    Attributes:
        framework: ``PCI DSS 4.0.1``, ``AWS FSBP``, ...
        id: Its number there.
        source: Who published that the two belong together; mappings contradict each other.
    """

    framework: str
    id: str
    source: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number that a team may choose, within what the requirement allows.

    Attributes:
        name: How it is named in the command and the configuration.
        default: What is taken when nothing is said.
        lowest: Least value that still meets the requirement.
        highest: Greatest one.
        unit: ``days``, ``seconds``; "" for a count.
    """

    name: str
    default: float
    lowest: float
    highest: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """Names that a team may list; while it lists none, nothing is asked of them.

    Attributes:
        name: How the list is named in the command and the configuration.
        of: Whose names they are, ``teams that own resources``.
    """

    name: str
    of: str

    @property
    def default(self) -> tuple[str, ...]:
        """What is taken when nothing is said."""
        return ()


Value = float | tuple[str, ...]
"""What is chosen for a parameter: its number, or its names."""


@dataclass(frozen=True, slots=True)
class Control:
    """A control with its metadata; docs, tables and reports all come from here."""

    id: str
    title: str
    severity: Severity
    family: str
    rationale: str
    remediation: str
    requirements: tuple[Requirement, ...]
    parameters: tuple[Parameter | Names, ...]
    judge: Judge = field(compare=False)

    @property
    def types(self) -> tuple[str, ...]:
        """Resource types that it judges; none when it looks at the whole stack."""
        return FAMILIES.get(self.family, ())


REGISTERED: dict[str, Control] = {}
"""Every control that has been imported, by id. Read it through `registry`, which imports them all."""


def control(
    *,
    id: str,  # noqa: A002 - the domain's word
    title: str,
    severity: Severity,
    family: str,
    rationale: str,
    remediation: str,
    requirements: tuple[Requirement, ...] = (),
    parameters: tuple[Parameter | Names, ...] = (),
) -> Callable[[Judge], Judge]:
    """Declare a function as a control.

    Args:
        id: Unique, ``KMS-01``.
        title: What must hold, as a sentence without a full stop.
        severity: crit, high, med or low.
        family: Whom it judges: a name of `families.FAMILIES`, ``any`` for every
            resource, or ``stack`` for the graph as a whole.
        rationale: What goes wrong without it.
        remediation: What to write, as code where possible.
        requirements: Published requirements that it answers.
        parameters: Numbers and names that a team may choose.

    Raises:
        ControlDefinitionError: When the id is taken, or the severity or family is none.
    """
    if severity not in SEVERITIES:
        raise ControlDefinitionError("is no severity", path=id, got=severity, allowed=", ".join(SEVERITIES))
    if family not in {STACK, ANY} and family not in FAMILIES:
        raise ControlDefinitionError(
            "is no family of resources",
            path=id,
            got=family,
            allowed=f"{STACK}, {ANY}, or one of surgeproof.controls.families.FAMILIES",
        )

    def register(judge: Judge) -> Judge:
        taken = REGISTERED.get(id)
        if taken is not None and _place(taken.judge) != _place(judge):
            raise ControlDefinitionError("this id is taken", path=id, fix="Give the control another id")
        REGISTERED[id] = Control(id, title, severity, family, rationale, remediation, requirements, parameters, judge)
        return judge

    return register


def _place(judge: Judge) -> tuple[str, str]:
    return getattr(judge, "__module__", ""), getattr(judge, "__qualname__", "")
