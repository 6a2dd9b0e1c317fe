"""What is shown while a run goes on: the load's progress and the platform's state, as one picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from surgeproof.launch.clock import LaunchClock
from surgeproof.launch.gates import EVERY
from surgeproof.launch.records import LoadResult, ScalingEvent
from surgeproof.load.process import LoadProcess
from surgeproof.load.progress import ProgressLine
from surgeproof.rehearsal.demand_of_run import WorkerService, latency_limit, orders_of
from surgeproof.rehearsal.preparation import Prepared
from surgeproof.scaling.demand import ExpectedDemand
from surgeproof.scaling.needed import tasks_needed, tasks_needed_worker
from surgeproof.scaling.replay_inputs import Taker
from surgeproof.verdict.live import GateState, LiveGate, LiveService, LiveState, LiveView

HEAD_START = 0.5
"""Real seconds between "all is ready" and the first launch second."""
LOOK_EVERY = 0.4
"""Real seconds between two pictures."""
OVERDUE = 120.0
"""Real seconds after the last answer can come in which a load has to write its files and end; a few are usual."""
LATENCY_SAMPLES = 20
TOLD = {"decision", "at_max", "scheduled", "died", "part_died", "alarm"}


class Watch:
    """Turns progress and snapshots into live states."""

    def __init__(
        self,
        prepared: Prepared,
        clock: LaunchClock,
        *,
        expected: Mapping[str, ExpectedDemand] | None = None,
        webs: Sequence[Taker] = (),
        workers: Sequence[WorkerService] = (),
    ) -> None:
        self._prepared = prepared
        self._clock = clock
        self._expected = expected or {}
        self._webs = {web.name: web for web in webs}
        self._workers = {worker.name: worker for worker in workers}
        self._line: ProgressLine | None = None
        self._limit = latency_limit(prepared.plan)

    def follow(
        self, load: LoadProcess, view: LiveView, snapshot: Callable[[], Mapping[str, Any]] | None = None
    ) -> LoadResult:
        """Show the run until the load is over, and return what it measured.

        Raises:
            LoadProcessError: It ended without a result, or hangs: it is not over long after the curve is.
        """
        last_answer = (
            self._clock.monotonic(self._prepared.curve.duration) + self._prepared.plan.journeys.request_timeout
        )
        while load.running and time.monotonic() < last_answer + OVERDUE:
            self.take(load.progress())
            view.update(self.state(snapshot() if snapshot else None))
            time.sleep(LOOK_EVERY)
        return load.wait(timeout=10.0)

    @property
    def delivered(self) -> int:
        """Journeys started, by the newest line of progress."""
        return self._line.delivered if self._line else 0

    def take(self, lines: Sequence[ProgressLine]) -> None:
        """Remember the newest line of progress."""
        if lines:
            self._line = lines[-1]

    def state(self, snapshot: Mapping[str, Any] | None = None) -> LiveState:
        """The picture at this moment."""
        curve = self._prepared.curve
        at = min(max(self._clock.now(), 0.0), curve.duration)
        line = self._line
        services = tuple(
            self._service(name, facts, at) for name, facts in (snapshot["services"] if snapshot else {}).items()
        )
        events = tuple(self._told(event) for event in _once(snapshot["events"] if snapshot else ()))
        return LiveState(
            at=at,
            duration=curve.duration,
            date=self._clock.date(at),
            phase=curve.phase_at(min(at, curve.duration - 1e-6)).name,
            speed=self._clock.speed,
            planned=line.planned if line else 0,
            delivered=line.delivered if line else 0,
            in_flight=line.in_flight if line else 0,
            requests=line.requests if line else 0,
            errors=line.errors if line else 0,
            p95=line.p95_ms / 1000 if line and line.p95_ms is not None else None,
            generator_cpu=line.cpu if line else None,
            services=services,
            gates=self._gates(services),
            events=events,
        )

    def _service(self, name: str, facts: Mapping[str, Any], at: float) -> LiveService:
        cpu = facts.get("cpu")
        backlog, age = facts.get("backlog"), facts.get("queue_age")
        return LiveService(
            name=name,
            desired=facts["desired"],
            serving=facts["serving"],
            maximum=facts["maximum"],
            needed=self._needed(name, at),
            cpu=None if cpu is None else cpu / 100,
            backlog=None if backlog is None else round(backlog),
            queue_age=age,
        )

    def _needed(self, name: str, at: float) -> int | None:
        """By the plan's arrivals; what the run's own arrivals needed is counted when it is over."""
        web = self._webs.get(name)
        if web is not None:
            expected = self._expected[name]
            rate = float(expected.requests(at))
            return tasks_needed(rate, float(expected.cpu(at)) / rate, web.share, self._limit) if rate else 0
        worker, step = self._workers.get(name), self._prepared.plan.journeys.order_step
        orders = orders_of(self._prepared, self._expected)
        if worker is None or orders is None:
            return None
        return tasks_needed_worker(float(orders.step_requests(step, at)), worker.processing_time)

    def _gates(self, services: Sequence[LiveService]) -> tuple[LiveGate, ...]:
        line = self._line
        gates: list[LiveGate] = []
        for gate in self._prepared.plan.gates:
            if gate.metric == "p95" and gate.step == EVERY and gate.max is not None:
                p95 = line.p95_ms / 1000 if line and line.p95_ms is not None else None
                gates.append(LiveGate(name="p95", state=_stands(p95, gate.max)))
                break
        rates = [gate.max for gate in self._prepared.plan.gates if gate.metric == "error_rate" and gate.max is not None]
        if rates:
            rate = line.errors / line.requests if line and line.requests >= LATENCY_SAMPLES else None
            gates.append(LiveGate(name="errors", state=_stands(rate, min(rates))))
        if self._webs:
            missing = [
                float(each.needed - each.serving)
                for each in services
                if each.name in self._webs and each.needed is not None
            ]
            gates.append(LiveGate(name="shortfall", state=_stands(max(missing, default=None), 0.0)))
        return tuple(gates)

    def _told(self, event: ScalingEvent) -> str:
        when = f"{self._clock.date(event.at):%H:%M:%S} {event.service}"
        match event.kind:
            case "decision":
                return f"{when} {event.before} -> {event.after} tasks ({event.policy})"
            case "at_max":
                return f"{when} wants {event.wanted} tasks, its maximum is {event.after}"
            case "scheduled":
                return f"{when} scheduled action {event.policy}: {event.note or ''}".rstrip(": ")
            case "alarm":
                return f"{when} alarm: {event.metric or event.policy}"
            case _:
                return f"{when} {event.kind.replace('_', ' ')} {event.task or event.note or ''}".rstrip()


def _once(events: Sequence[ScalingEvent]) -> list[ScalingEvent]:
    """What is worth telling; of a service that stays at its maximum, the first time until something else happens."""
    told: list[ScalingEvent] = []
    at_max: set[str] = set()
    for event in events:
        if event.kind not in TOLD or (event.kind == "at_max" and event.service in at_max):
            continue
        if event.kind == "at_max":
            at_max.add(event.service)
        elif event.kind in {"decision", "scheduled"}:
            at_max.discard(event.service)
        told.append(event)
    return told


def _stands(figure: float | None, limit: float) -> GateState:
    if figure is None:
        return "waiting"
    return "holding" if figure <= limit else "over"
