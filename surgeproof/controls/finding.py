"""A finding: what one control says of one resource, with all that a reader needs to act on it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import Any, Literal

from surgeproof.controls.severity import Severity

FindingVerdict = Literal["pass", "fail", "waived", "not-applicable", "unknown"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One control on one resource.

    Attributes:
        control: Id of the control.
        title: What must hold.
        severity: Of the control.
        verdict: What came out.
        urn: The resource; "" when there is none of its kind.
        name: Its logical name.
        type: Its type token.
        message: Why, without values.
        path: Input property that decided; "" when no single one did.
        setting: ``Pulumi.<stack>.yaml:<line> path`` to change, where a setting decides it.
        file: Source file of the resource, from the project's root; None when the source of the graph has none.
        line: Line in it.
        remediation: What to write.
        digest: Of the properties behind it, without secrets: tells whether a baselined finding has changed.
        note: Who waived it and until when, or that it is in the baseline.
        baselined: Whether the baseline holds it, unchanged.
    """

    control: str
    title: str
    severity: Severity
    verdict: FindingVerdict
    urn: str = ""
    name: str = ""
    type: str = ""
    message: str = ""
    path: str = ""
    setting: str | None = None
    file: str | None = None
    line: int | None = None
    remediation: str = ""
    digest: str = ""
    note: str = ""
    baselined: bool = False

    @property
    def identity(self) -> str:
        """The same for the same finding in every run; changes of line numbers leave it alone."""
        return digest_of([self.control, self.urn, self.path, self.message])

    @property
    def place(self) -> str:
        """Setting, or file and line, to change; "" when neither is known."""
        if self.setting:
            return self.setting
        return f"{self.file}:{self.line}" if self.file else ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**asdict(self), "identity": self.identity}


def digest_of(value: object) -> str:
    """Sixteen hex digits that stand for a value."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:16]
