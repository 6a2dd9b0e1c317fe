"""Pages about controls, all from the one metadata: for the command, for the docs, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from surgeproof.controls.control import Control, Names, Parameter
from surgeproof.controls.families import ANY
from surgeproof.controls.severity import SEVERITIES

_WORDS = {"crit": "critical", "high": "high", "med": "medium", "low": "low"}


def control_page(control: Control, *, level: int = 1) -> str:
    """One control in Markdown.

    Args:
        control: Which.
        level: Of its heading.
    """
    everything = "every resource" if control.family == ANY else "the stack as a whole"
    whom = ", ".join(f"`{type_}`" for type_ in control.types) or everything
    lines = [
        f"{'#' * level} {control.id} {control.title}",
        f"Severity {_WORDS[control.severity]}. Judges {whom}.",
        control.rationale,
        f"To write: {control.remediation}",
    ]
    lines += [_told(item) for item in control.parameters]
    if control.requirements:
        rows = [f"| {item.framework} | {item.id} | {item.source} |" for item in control.requirements]
        lines.append("\n".join(["| Framework | Requirement | Mapped by |", "|---|---|---|", *rows]))
    return "\n\n".join(lines) + "\n"


def _told(parameter: Parameter | Names) -> str:
    if isinstance(parameter, Names):
        return f"Parameter `{parameter.name}`: names of {parameter.of}; nothing is asked while none are listed."
    unit = f" {parameter.unit}" if parameter.unit else ""
    allowed = f"from {parameter.lowest:g} to {parameter.highest:g} is allowed"
    return f"Parameter `{parameter.name}`: {parameter.default:g}{unit}; {allowed}."


def catalogue_page(controls: Iterable[Control]) -> str:
    """All controls in one page, the worst severity first."""
    known = sorted(controls, key=lambda item: (SEVERITIES.index(item.severity), item.id))
    counts = ", ".join(
        f"{sum(item.severity == severity for item in known)} {_WORDS[severity]}" for severity in SEVERITIES
    )
    index = "\n".join(f"| {item.id} | {_WORDS[item.severity]} | {item.title} |" for item in known)
    head = (
        "# Controls\n\n"
        "Written by `make schemas` from the controls themselves. "
        f"{len(known)} controls: {counts}. What they do not check: [compliance](../compliance.md).\n\n"
        f"| Id | Severity | What must hold |\n|---|---|---|\n{index}\n"
    )
    return "\n".join([head, *(control_page(item, level=2) for item in known)])


def control_as_dict(control: Control) -> dict[str, Any]:
    """All that is known of a control, for machines."""
    return {
        "id": control.id,
        "title": control.title,
        "severity": control.severity,
        "family": control.family,
        "types": list(control.types),
        "rationale": control.rationale,
        "remediation": control.remediation,
        "parameters": [
            {"name": p.name, "default": [], "names": p.of}
            if isinstance(p, Names)
            else {"name": p.name, "default": p.default, "lowest": p.lowest, "highest": p.highest, "unit": p.unit}
            for p in control.parameters
        ],
        "requirements": [{"framework": r.framework, "id": r.id, "source": r.source} for r in control.requirements],
    }
