"""The verdict as JUnit XML, so that a CI lists each gate and each validity check as a test."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from surgeproof.verdict.headline import limit_words
from surgeproof.verdict.verdict import GateResult, Verdict
from surgeproof.verdict.wording import change_place, change_words, clock_time, comparison

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't hold (section 2.2, Char)."""


def junit_xml(verdict: Verdict) -> str:
    """One suite: a case for each gate (a fallen one fails, an undecided one errs), validity reading and invariant."""
    cases = [_gate(gate) for gate in verdict.gates]
    for reading in verdict.validity:
        case = _case("validity", reading.name)
        if not reading.valid:
            _said(case, "error", limit_words(reading), reading.note or "")
        cases.append(case)
    for invariant in verdict.invariants:
        case = _case("invariants", invariant.name)
        if not invariant.holds:
            told = ", ".join(f"{name} {value}" for name, value in invariant.readings.items())
            _said(case, "failure", f"{invariant.relation} does not hold", told)
        cases.append(case)
    counts = {kind: sum(case.find(kind) is not None for case in cases) for kind in ("failure", "error", "skipped")}
    totals = {
        "tests": str(len(cases)),
        "failures": str(counts["failure"]),
        "errors": str(counts["error"]),
        "skipped": str(counts["skipped"]),
    }
    scope = verdict.scope
    root = ET.Element("testsuites", totals)
    name = f"surgeproof {scope.kind}: {scope.plan_name} on {scope.host or scope.stack}"
    suite = ET.SubElement(root, "testsuite", {"name": _text(name), "timestamp": scope.started.isoformat(), **totals})
    told = ET.SubElement(suite, "properties")
    facts = {"verdict": verdict.verdict, "headline": verdict.headline, "commit": scope.commit, "seed": scope.seed}
    for key, value in {**facts, "speed": scope.speed, "scale": scope.scale, "plan": scope.plan}.items():
        ET.SubElement(told, "property", {"name": key, "value": _text(str(value))})
    suite.extend(cases)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _gate(gate: GateResult) -> ET.Element:
    case = _case("gates", gate.name)
    if gate.outcome == "falls":
        lines = [f"from {clock_time(gate.first_date)}" if gate.first_date else "", gate.reason or ""]
        if gate.cause is not None:
            lines.append(f"cause: {gate.cause.words}")
        if gate.change is not None:
            lines.append(f"change: {change_place(gate.change)} {change_words(gate.change)}")
        if gate.prove is not None:
            lines.append(f"prove: {gate.prove}")
        _said(case, "failure", comparison(gate), "\n".join(line for line in lines if line))
    elif gate.outcome == "undecided":
        _said(case, "error", f"undecided: {gate.reason}", "")
    elif gate.outcome == "not observed":
        ET.SubElement(case, "skipped", {"message": _text(gate.reason or "not observed")})
    return case


def _case(kind: str, name: str) -> ET.Element:
    return ET.Element("testcase", {"classname": f"surgeproof.{kind}", "name": _text(name)})


def _said(case: ET.Element, kind: str, message: str, text: str) -> None:
    ET.SubElement(case, kind, {"message": _text(message)}).text = _text(text)


def _text(words: str) -> str:
    return _NOT_XML.sub("?", words)
