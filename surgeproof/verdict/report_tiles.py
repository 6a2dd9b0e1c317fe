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
        Tile(validity_figure(each.value, each), each.name, limit_words(each), "unsure")
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
    worst: tuple[int, str, str] | None = None
    for moment in verdict.timeline:
        for name, told in moment.services.items():
            if told.needed is not None and told.serving is not None:
                missing = told.needed - told.serving
                if worst is None or missing > worst[0]:
                    worst = (missing, name, clock_time(moment.date))
    seconds = sum(gate.measured or 0 for gate in verdict.gates if gate.metric == "shortfall")
    if worst is None:
        return Tile("not read", "worst shortfall", "", "unsure")
    missing, name, at = worst
    if missing <= 0:
        return Tile("no shortfall", f"{-missing} tasks to spare at the tightest", f"{name}, {at}")
    tasks = "1 task" if missing == 1 else f"{missing} tasks"
    return Tile(tasks, "missing at worst", f"{name}, {at}; {duration(seconds)} of shortfall", "bad")


def _chain(verdict: Verdict) -> Tile:
    chain = next((each for each in verdict.scale_out if each.chain is not None), None)
    if chain is not None:
        return Tile(f"{chain.chain:,.0f} s", "scale-out chain", f"{chain.service}: target crossed to new task serving")
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
