"""The verdict as JUnit XML, so that a CI lists each gate and each validity check as a test."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from surgeproof import junit
from surgeproof.verdict.headline import limit_words
from surgeproof.verdict.verdict import GateResult, Verdict
from surgeproof.verdict.wording import change_place, change_words, clock_time, comparison


def junit_xml(verdict: Verdict) -> str:
    """One suite: a case for each gate (a fallen one fails, an undecided one errs), validity reading and invariant."""
    cases = [_gate(gate) for gate in verdict.gates]
    for reading in verdict.validity:
        case = _case("validity", reading.name)
        if not reading.valid:
            junit.say(case, "error", limit_words(reading), reading.note or "")
        cases.append(case)
    for invariant in verdict.invariants:
        case = _case("invariants", invariant.name)
        if not invariant.holds:
            told = ", ".join(f"{name} {value}" for name, value in invariant.readings.items())
            junit.say(case, "failure", f"{invariant.relation} does not hold", told)
        cases.append(case)
    scope = verdict.scope
    name = f"surgeproof {scope.kind}: {scope.plan_name} on {scope.host or scope.stack}"
    facts: dict[str, object] = {
        "verdict": verdict.verdict,
        "headline": verdict.headline,
        "commit": scope.commit,
        "seed": scope.seed,
    }
    facts |= {"speed": scope.speed, "scale": scope.scale, "plan": scope.plan}
    return junit.document(name, [junit.suite(name, cases, properties=facts, timestamp=scope.started.isoformat())])


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
        junit.say(case, "failure", comparison(gate), "\n".join(line for line in lines if line))
    elif gate.outcome == "undecided":
        junit.say(case, "error", f"undecided: {gate.reason}")
    elif gate.outcome == "not observed":
        junit.say(case, "skipped", gate.reason or "not observed")
    return case


def _case(kind: str, name: str) -> ET.Element:
    return junit.case(f"surgeproof.{kind}", name)
