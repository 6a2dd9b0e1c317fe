"""The tasks of one service, kept at the desired count as ECS and Fargate do it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from surgeproof.launch.records import ScalingEvent, SupplyPoint
from surgeproof.localcloud.backoff import Backoff
from surgeproof.localcloud.balancer import Balancer, ServerCounters
from surgeproof.localcloud.deployed import DeployedService
from surgeproof.localcloud.fleet_task import ALIVE, RUNNING, FleetTask, State
from surgeproof.localcloud.health_prober import Health, HealthProber
from surgeproof.localcloud.loopback import LoopbackNet
from surgeproof.localcloud.task_meter import BUCKETS, SLOTS, Field, TaskMeter
from surgeproof.localcloud.task_runner import TaskRunner
from surgeproof.localcloud.timeline import Timeline

START_DELAY = 57.0
"""Launch seconds from created to started on Fargate, 413 MB image: mean of 53 to 62 s as elasticscale.com measured it
(https://elasticscale.com/blog/reduce-aws-fargate-pull-times-with-soci)."""
FIRST_RETRY, LAST_RETRY = 0.5, 8.0
"""Real seconds before a task that never started is tried again; doubled each time, as ECS throttles such services."""


@dataclass(slots=True)
class Tally:
    """What tasks that are gone have counted, and what the test has to own up to."""

    arrived: float = 0.0
    late_max: float = 0.0
    lateness: list[float] = field(default_factory=lambda: [0.0] * BUCKETS)
    start_excess: float = 0.0  # launch seconds by which a start took longer than modelled, at worst
    ever_served: bool = False
    last_words: str = ""


class ServiceFleet:
    """Started, drained, stopped and replaced by `tick`, which never waits. Only the fleet's thread calls it."""

    def __init__(
        self,
        service: DeployedService,
        *,
        runner: TaskRunner,
        balancer: Balancer,
        prober: HealthProber,
        net: LoopbackNet,
        meter: TaskMeter,
        slots: itertools.count[int],
        timeline: Timeline,
        taken: set[str],
    ) -> None:
        self.service, self.runner = service, runner
        self.desired = self.minimum = self.maximum = service.desired
        self.tasks: dict[str, FleetTask] = {}
        self.tally = Tally()
        self._balancer, self._prober, self._net, self._meter = balancer, prober, net, meter
        self._slots, self._timeline, self._taken = slots, timeline, taken
        self._numbers = itertools.count(1)
        self._leaving: set[str] = set()  # names that HAProxy still knows
        self.retry = Backoff(FIRST_RETRY, LAST_RETRY)

    def running(self) -> list[FleetTask]:
        """Tasks that are started and not draining."""
        return [task for task in list(self.tasks.values()) if task.state in RUNNING]

    def serving(self) -> list[FleetTask]:
        """Tasks that take traffic."""
        return [task for task in list(self.tasks.values()) if task.state is State.SERVING]

    def arrived(self) -> float:
        """Requests that came so far, those of tasks that are gone included."""
        return self.tally.arrived + sum(self._meter.slot(task.slot)[Field.ARRIVED] for task in self.tasks.values())

    def tick(self, now: float, counters: Callable[[], dict[str, ServerCounters]]) -> None:
        """Move every task on as far as it can go at this moment."""
        self.runner.listen()
        for task in list(self.tasks.values()):
            status = task.process.ended()
            if status is not None:
                self._gone(task, status, now)
            else:
                self._move(task, now, counters)
        self._leaving = {name for name in self._leaving if not self._balancer.remove(self._group, name)}
        self._adjust(now)
        self._tell_supply()

    @property
    def _group(self) -> str:
        return self.service.target_group or ""

    @property
    def _in_balancer(self) -> bool:
        return self.service.target_group is not None

    def _real(self, launch: float) -> float:
        clock = self._timeline.clock
        return launch / clock.speed if clock else 0.0

    def _event(self, kind: str, task: FleetTask, note: str | None = None) -> None:
        fields = {"at": self._timeline.now(), "service": self.service.name, "kind": kind, "task": task.name}
        self._timeline.add_event(ScalingEvent.model_validate({**fields, "note": note}))

    def _move(self, task: FleetTask, now: float, counters: Callable[[], dict[str, ServerCounters]]) -> None:
        if task.state is State.PENDING:
            ready = task.health.ready_at or (now if not self.service.health and task.process.pid else None)
            task.health.ready_at = ready
            if ready is not None and now >= task.start_due:
                self._started(task, max(ready, task.start_due), now)
        if task.state is State.STARTED and now >= task.healthy_due:
            self._healthy(task)
        elif task.state is State.SERVING and self._unhealthy(task):
            self._event("died", task, "unhealthy: its health check failed")
            self._drain(task, now)
        elif task.state is State.DRAINING:
            counter = counters().get(task.name)
            if counter is None or counter.open == 0 or now >= task.deadline:
                self._balancer.take_out(self._group, task.name)
                self._terminate(task, now)
        elif task.state is State.STOPPING and now >= task.deadline and not task.killed:
            task.process.kill()
            task.killed = True

    def _unhealthy(self, task: FleetTask) -> bool:
        check = self.service.health
        return check is not None and task.health.failures >= check.unhealthy_threshold

    def _started(self, task: FleetTask, at: float, now: float) -> None:
        task.state, task.started_at = State.STARTED, at
        clock = self._timeline.clock
        immediate = task.start_due <= task.launched_at  # before the launch clock runs nothing is delayed
        if clock and not immediate:
            self.tally.start_excess = max(self.tally.start_excess, (at - task.start_due) * clock.speed)
        check = self.service.health
        wait = check.until_healthy if check else self.service.task.health_interval or 0.0
        task.healthy_due = now if immediate else at + self._real(wait)
        self._event("started", task)

    def _healthy(self, task: FleetTask) -> None:
        if self._in_balancer:
            self._balancer.add(self._group, task.name, task.address, self.service.task.port or 0)
        task.state = State.SERVING
        self.tally.ever_served = True
        self.retry.succeeded()
        self._event("healthy", task)

    def _drain(self, task: FleetTask, now: float) -> None:
        self._event("draining", task)
        if self._in_balancer and task.state is State.SERVING:
            self._balancer.drain(self._group, task.name)
            task.state = State.DRAINING
            task.deadline = now + self._real(self.service.deregistration_delay)
        else:
            self._terminate(task, now)

    def _terminate(self, task: FleetTask, now: float) -> None:
        task.state, task.deadline = State.STOPPING, now + self.service.task.stop_timeout
        task.process.terminate()

    def _gone(self, task: FleetTask, status: int, now: float) -> None:
        if task.state in {State.SERVING, State.DRAINING} and self._in_balancer:
            self._balancer.take_out(self._group, task.name)
        if task.state is State.STOPPING:
            self._event("stopped", task, None if status in {0, -15} else f"exit status {status}")
        elif task.state is State.DRAINING:
            self._event("stopped", task, f"ended while draining, exit status {status}")
        else:
            self._event("died", task, f"signal {-status}" if status < 0 else f"exit status {status}")
            if task.state is State.PENDING:
                self.tally.last_words = task.process.last_words()
                self.retry.failed(now)
        if self._in_balancer and task.state in {State.SERVING, State.DRAINING, State.STOPPING}:
            self._leaving.add(task.name)
        self._harvest(task)
        self._prober.forget(task.name)
        self._taken.discard(task.address)
        del self.tasks[task.name]

    def _harvest(self, task: FleetTask) -> None:
        slot = self._meter.slot(task.slot)
        self.tally.arrived += slot[Field.ARRIVED]
        self.tally.late_max = max(self.tally.late_max, slot[Field.LATE_MAX])
        for bucket in range(BUCKETS):
            self.tally.lateness[bucket] += slot[Field.LATENESS + bucket]

    def _adjust(self, now: float) -> None:
        alive = [task for task in self.tasks.values() if task.state in ALIVE]
        for _ in range(self.desired - len(alive)):
            if not self.retry.over(now):
                break
            self._launch(now)
        # Those that do not serve yet first, then the youngest: ECS promises no order within a zone.
        order = {State.PENDING: 0, State.STARTED: 1, State.SERVING: 2}
        surplus = sorted(alive, key=lambda task: (order[task.state], -task.launched_at))
        for task in surplus[: max(0, len(alive) - self.desired)]:
            self._drain(task, now)

    def _launch(self, now: float) -> None:
        name = f"{self.service.name}-{next(self._numbers)}"
        slot = 1 + next(self._slots) % (SLOTS - 1)
        address, inner = self._net.next_task(self._taken)
        self._meter.clear(slot)
        process = self.runner.start(name, slot, address, inner)
        self._taken.add(address)
        check, port = self.service.health, self.service.task.port
        health = self._prober.watch(name, address, port, check) if check and port else Health()
        running = self._timeline.clock is not None and self._timeline.now() > 0
        delay = self._real(START_DELAY) if running else 0.0
        self.tasks[name] = FleetTask(name, slot, address, process, health, now, now + delay)

    def _tell_supply(self) -> None:
        self._timeline.add_supply(
            SupplyPoint(
                at=self._timeline.now(),
                service=self.service.name,
                desired=self.desired,
                running=len(self.running()),
                serving=len(self.serving()),
                minimum=self.minimum,
                maximum=self.maximum,
            )
        )

    def add_again(self) -> None:
        """The balancer was started anew and knows nobody: tell it who serves."""
        self._leaving.clear()
        for task in self.serving():
            self._balancer.add(self._group, task.name, task.address, self.service.task.port or 0)

    def end_all(self, *, grace: float) -> None:
        """Ask all tasks to end, and kill what is left after `grace` real seconds."""
        for task in self.tasks.values():
            task.process.terminate()
        deadline = time.monotonic() + grace
        while self.tasks:
            self.runner.listen()
            self.tasks = {name: task for name, task in self.tasks.items() if task.process.ended() is None}
            if time.monotonic() > deadline:
                for task in self.tasks.values():
                    task.process.kill()
                if time.monotonic() > deadline + 2.0:
                    break
            time.sleep(0.01)
        self.runner.stop()
