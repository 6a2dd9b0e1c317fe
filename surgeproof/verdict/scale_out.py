"""The scale-out chain: from the metric that crosses its target to the metric back under it, a time for each link."""

from __future__ import annotations

from dataclasses import dataclass, field

from surgeproof.launch.records import ScalingEvent
from surgeproof.verdict.evidence import RunEvidence
from surgeproof.verdict.moments import date
from surgeproof.verdict.verdict import ScaleOut

_NOISE_S = 180.0
"""A crossing that is over before three datapoints could breach, and that raised no alarm, is noise."""

_FORGOTTEN_S = 300.0


@dataclass
class _Episode:
    """One scale-out while it is read from the events."""

    service: str
    open: set[str | None] = field(default_factory=set)
    first: dict[str, ScalingEvent] = field(default_factory=dict)
    before: int | None = None
    after: int | None = None
    wanted: int | None = None

    def take(self, event: ScalingEvent) -> None:
        """Note an event; the first of each kind makes the chain."""
        if event.kind in ("started", "healthy") and "decision" not in self.first:
            return  # a task that a scheduled action or a restart had asked for
        if event.kind == "healthy" and "started" not in self.first:
            return
        if event.kind == "decision":
            self.before = event.before if self.before is None else self.before
            self.after = event.after
        if event.kind == "at_max" and event.wanted is not None:
            self.wanted = max(self.wanted or 0, event.wanted)
        if event.kind == "crossed":
            self.open.add(event.metric)
            self.first.pop("recovered", None)
        if event.kind == "recovered":
            self.open.discard(event.metric)
            if not self.open:
                self.first["recovered"] = event
            return
        self.first.setdefault(event.kind, event)

    @property
    def over(self) -> bool:
        """Whether it is back under its target, and nothing that was set off is still on its way."""
        waiting = self.first.keys() & {"alarm", "decision"} and "healthy" not in self.first
        return "recovered" in self.first and not waiting

    def forgotten(self, at: float) -> bool:
        """Whether a new crossing is another scale-out: what this one set off came to nothing."""
        recovered = self.first.get("recovered")
        return recovered is not None and at - recovered.at > _FORGOTTEN_S

    @property
    def worth_telling(self) -> bool:
        """Not a crossing that went away by itself."""
        if self.first.keys() & {"alarm", "decision", "at_max"}:
            return True
        crossed, recovered = self.first.get("crossed"), self.first.get("recovered")
        return crossed is not None and recovered is not None and recovered.at - crossed.at > _NOISE_S


def scale_outs(run: RunEvidence) -> list[ScaleOut]:
    """All scale-outs of all services, in order of their beginning."""
    found = [
        _told(run, episode)
        for service in sorted({event.service for event in run.events})
        for episode in _episodes(service, [event for event in run.events if event.service == service])
    ]
    return sorted(found, key=lambda each: each.crossed_at if each.crossed_at is not None else float("inf"))


def _episodes(service: str, events: list[ScalingEvent]) -> list[_Episode]:
    finished: list[_Episode] = []
    current: _Episode | None = None
    for event in sorted(events, key=lambda each: each.at):
        scales_in = event.kind == "decision" and (event.after or 0) <= (event.before or 0)
        if scales_in or event.kind not in {"crossed", "alarm", "decision", "at_max", "started", "healthy", "recovered"}:
            continue
        if current is not None and event.kind == "crossed" and current.forgotten(event.at):
            finished.append(current)
            current = None
        if current is None:
            if event.kind not in {"crossed", "alarm", "decision", "at_max"}:
                continue
            current = _Episode(service)
        current.take(event)
        if current.over:
            finished.append(current)
            current = None
    if current is not None:
        finished.append(current)
    return [episode for episode in finished if episode.worth_telling]


def _told(run: RunEvidence, episode: _Episode) -> ScaleOut:
    first = episode.first

    def link(start: str, end: str) -> float | None:
        if start not in first or end not in first:
            return None
        return round(max(0.0, first[end].at - first[start].at), 1)

    named = next((first[kind] for kind in ("decision", "alarm", "crossed", "at_max") if kind in first), None)
    crossed = first.get("crossed")
    measured = crossed or named
    return ScaleOut(
        service=episode.service,
        policy=named.policy if named else None,
        metric=measured.metric if measured else None,
        target=measured.target if measured else None,
        before=episode.before,
        after=episode.after,
        wanted=episode.wanted,
        crossed_at=crossed.at if crossed else None,
        crossed_date=date(run, crossed.at) if crossed else None,
        crossed_to_alarm=link("crossed", "alarm"),
        alarm_to_decision=link("alarm", "decision"),
        decision_to_started=link("decision", "started"),
        started_to_healthy=link("started", "healthy"),
        healthy_to_recovered=link("healthy", "recovered"),
        chain=link("crossed", "healthy"),
    )
