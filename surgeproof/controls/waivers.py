"""Waivers: exceptions with an owner, somebody else's approval, a ticket and an end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from surgeproof.controls.errors import WaiversError
from surgeproof.controls.finding import Finding
from surgeproof.controls.own import WAIVERS
from surgeproof.controls.severity import Severity
from surgeproof.errors import SurgeproofError
from surgeproof.graph.stack_file import StackFile

LONGEST_DAYS: dict[Severity, int] = {"crit": 90, "high": 180, "med": 365, "low": 365}
"""How far ahead a waiver of each severity may end."""


MOST_RESOURCES = 10
"""How many resources one waiver may cover; what is waived for more of them is a rule that nobody keeps."""


class Waiver(BaseModel):
    """One entry of the waivers file."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    control: str = Field(min_length=1)
    resource: str = Field(min_length=1, description="URN, where `*` stands for any text")
    owner: str = Field(min_length=1)
    approver: str = Field(min_length=1)
    ticket: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    compensating_control: str = Field(min_length=1)
    expires: date

    def covers(self, finding: Finding) -> bool:
        """Whether a finding is meant by it."""
        return finding.control == self.control and fnmatchcase(finding.urn, _literal_brackets(self.resource))


class PlacedWaiver(BaseModel):
    """A waiver, and where it is written."""

    model_config = ConfigDict(frozen=True)

    waiver: Waiver
    file: str
    line: int


def load_waivers(path: Path) -> list[PlacedWaiver]:
    """Read a waivers file.

    Raises:
        WaiversError: When it cannot be read, or an entry lacks a field; names its line.
    """
    try:
        file = StackFile.read(path)
    except SurgeproofError as error:
        raise WaiversError(error.problem, path=error.path, fix=error.fix) from None
    entries = file.values.get("waivers", [])
    if not isinstance(entries, list) or set(file.values) - {"waivers"}:
        raise WaiversError("is no waivers file", path=str(path), allowed="one key `waivers` with a list of entries")
    return [_placed(file, index, entry) for index, entry in enumerate(entries)]


def _placed(file: StackFile, index: int, entry: object) -> PlacedWaiver:
    line = file.line_of("waivers", str(index)) or 1
    try:
        return PlacedWaiver(waiver=Waiver.model_validate(entry), file=str(file.path), line=line)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        at = file.line_of("waivers", str(index), field) or line
        raise WaiversError(
            f"is no waiver: {field or 'the entry'}: {first['msg'].lower()}",
            path=f"{file.path}:{at}",
            allowed=", ".join(Waiver.model_fields),
        ) from None


def apply_waivers(
    findings: Iterable[Finding],
    waivers: Iterable[PlacedWaiver],
    *,
    today: date,
    known: Collection[str] | None = None,
) -> list[Finding]:
    """Findings with those that are waived marked, and a finding for each waiver that is not sound.

    Only a sound waiver waives. One whose control did not run is left alone.

    Args:
        findings: What the controls said.
        waivers: The entries.
        today: Day that expiry is counted from.
        known: Ids of all controls that there are: a waiver of another id is a fault. None where that is not asked.
    """
    found = list(findings)
    severities = {finding.control: finding.severity for finding in found}
    faults: list[Finding] = []
    for placed in waivers:
        waiver = placed.waiver
        if known is not None and waiver.control not in known:
            faults.append(_fault(placed, "names a control that does not exist", "high"))
        if waiver.control not in severities:
            continue
        severity = severities[waiver.control]
        wrong = [*_faults(waiver, severity, today), *_too_broad(waiver, found)]
        faults += [_fault(placed, text, severity) for text in wrong]
        covered = [
            index
            for index, finding in enumerate(found)
            if finding.verdict in {"fail", "unknown"} and waiver.covers(finding)
        ]
        if not covered and not any(finding.verdict == "waived" and waiver.covers(finding) for finding in found):
            faults.append(_fault(placed, "is not used: nothing fails that it covers", "low"))
        if wrong:
            continue
        note = f"waived until {waiver.expires}, {waiver.ticket}, approved by {waiver.approver}: {waiver.reason}"
        for index in covered:
            found[index] = replace(found[index], verdict="waived", note=note)
    return found + faults


def _faults(waiver: Waiver, severity: Severity, today: date) -> Iterator[str]:
    longest = LONGEST_DAYS[severity]
    if waiver.expires < today:
        yield f"expired on {waiver.expires}"
    elif (waiver.expires - today).days > longest:
        yield f"ends later than {longest} days from now, the most for {severity}"
    if waiver.owner.casefold() == waiver.approver.casefold():
        yield "is approved by its own owner"
    if not waiver.resource.rpartition("::")[2].strip("*?"):
        yield "covers resources that it does not name"


def _too_broad(waiver: Waiver, findings: Iterable[Finding]) -> Iterator[str]:
    covered = {item.urn for item in findings if waiver.covers(item) and item.verdict in {"fail", "unknown", "waived"}}
    if len(covered) > MOST_RESOURCES:
        yield f"covers {len(covered)} resources, more than {MOST_RESOURCES}: say them in waivers of their own"


def _fault(placed: PlacedWaiver, text: str, severity: Severity) -> Finding:
    waiver = placed.waiver
    return Finding(
        control=WAIVERS.id,
        title=WAIVERS.title,
        severity=severity,
        verdict="fail",
        name=f"waiver of {waiver.control}",
        urn=waiver.resource,
        message=text,
        file=placed.file,
        line=placed.line,
        remediation=WAIVERS.remediation,
    )


def _literal_brackets(pattern: str) -> str:
    # Only `*` and `?` are wildcards; a bracket stands for itself.
    return pattern.replace("[", "[[]")
