"""The three big figures of a report."""

from __future__ import annotations

from dataclasses import dataclass

from surgeproof.verdict.headline import limit_words, validity_figure
from surgeproof.verdict.verdict import Verdict
from surgeproof.verdict.wording import clock_time, count, duration, latency, percent


@dataclass(frozen=True)
class Tile:
    """One big figure. `mood` colours it: '', 'bad' or 'unsure'."""

    value: str
    label: str
    note: str = ""
    mood: str = ""


def tiles(verdict: Verdict) -> list[Tile]:
    """Three figures: orders, tasks, the chain; of an invalid test, what was wrong with it."""
    if verdict.verdict == "INVALID":
        return _invalid(verdict)
    second, third = (
        (_tasks(verdict), _chain(verdict)) if verdict.kind == "rehearsal" else (_p95(verdict), _delivered(verdict))
    )
    return [_orders(verdict), second, third]


def _invalid(verdict: Verdict) -> list[Tile]:
    found = [
        Tile(validity_figure(each.value, each), each.name, limit_words(each).split(" (")[1].rstrip(")"), "unsure")
        for each in verdict.failed_checks
    ]
    found += [Tile("undecided", gate.name, gate.reason or "", "unsure") for gate in verdict.undecided]
    good = sum(each.valid for each in verdict.validity)
    found.append(Tile(f"{good} of {len(verdict.validity)}", "checks of the test were good"))
    return [*found, _delivered(verdict), Tile(str(len(verdict.held)), "gates held", "in a test that can't tell")][:3]


def _orders(verdict: Verdict) -> Tile:
    expected = sum(phase.orders_expected for phase in verdict.phases)
    placed = sum(phase.orders_placed for phase in verdict.phases)
    if not expected:
        return _delivered(verdict)
    missed = expected - placed
    note = f"of {count(expected)} that the journeys would place, whole launch"
    if missed >= 0.5:
        return Tile(count(missed), "orders missed", note, "bad" if verdict.verdict == "NO-GO" else "")
    return Tile(count(placed), "orders placed, none missed", note)


def _tasks(verdict: Verdict) -> Tile:
    judged = {gate.service for gate in verdict.gates if gate.metric == "shortfall"}
    seen = [
        (told.needed, told.serving, name, clock_time(moment.date))
        for moment in verdict.timeline
        for name, told in moment.services.items()
        if name in judged and told.needed is not None and told.serving is not None
    ]
    if not seen:
        return Tile("not read", "worst shortfall", "", "unsure")
    seconds = sum(gate.measured or 0 for gate in verdict.gates if gate.metric == "shortfall")
    needed, serving, name, at = max(seen, key=lambda each: (each[0] - each[1], each[0]))
    if needed > serving:
        return Tile(
            _tasks_words(needed - serving), "missing at worst", f"{name}, {at}; {duration(seconds)} of shortfall", "bad"
        )
    needed, serving, name, at = max(seen, key=lambda each: each[0] / max(1, each[1]))
    spare = "to spare at the tightest moment"
    return Tile(
        "no shortfall", f"{_tasks_words(serving - needed)} {spare}", f"{name}, {at}: {needed} needed, {serving} serving"
    )


def _tasks_words(number: int) -> str:
    return "1 task" if number == 1 else f"{number} tasks"


def _chain(verdict: Verdict) -> Tile:
    chain = next((each for each in verdict.scale_out if each.chain is not None), None)
    if chain is not None:
        return Tile(f"{chain.chain:,.0f} s", "scale-out chain", f"{chain.service}: target crossed to new task serving")
    blocked = next((each for each in verdict.scale_out if each.wanted is not None), None)
    if blocked is not None:
        note = f"{blocked.service} wanted {blocked.wanted} tasks and was not allowed more"
        return Tile("at the max", "scale-out chain stopped", note, "bad")
    if verdict.scale_out:
        return Tile("not whole", "scale-out chain", "no scale-out brought a new task", "bad")
    return Tile("none", "scale-out chain", "no service had to scale out")


def _p95(verdict: Verdict) -> Tile:
    known = [(phase.measured.p95, phase.name) for phase in verdict.phases if phase.measured.p95 is not None]
    if not known:
        return Tile("not read", "p95 of the worst phase", "", "unsure")
    value, name = max(known)
    return Tile(latency(value), "p95 of the worst phase", f"{name}, all requests, from the intended start")


def _delivered(verdict: Verdict) -> Tile:
    planned = sum(phase.arrivals_planned for phase in verdict.phases)
    delivered = sum(phase.arrivals_delivered for phase in verdict.phases)
    share = percent(delivered / planned) if planned else "not read"
    return Tile(share, "arrivals delivered", f"{count(delivered)} of {count(planned)}")
