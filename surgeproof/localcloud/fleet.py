"""The thread that keeps all tasks, the databases and the balancer as they have to be, and reads the meters on time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from surgeproof.launch.records import ScalingEvent
from surgeproof.localcloud.backoff import Backoff
from surgeproof.localcloud.balancer import Balancer, ServerCounters
from surgeproof.localcloud.errors import ServiceNeverStartedError
from surgeproof.localcloud.service_fleet import ServiceFleet
from surgeproof.localcloud.supervised import FIRST_RETRY, LAST_RETRY, SupervisedPart
from surgeproof.localcloud.timeline import Timeline

TICK = 0.02  # real seconds
PARTS_EVERY = 0.05  # real seconds


class Fleet:
    """The truth of what runs and serves.

    Args:
        services: One fleet a service.
        parts: Databases and caches to watch over.
        balancer: The front door.
        timeline: Where it is told.
        sample: Called each tick with the monotonic clock: closes metric periods.
    """

    def __init__(
        self,
        services: Sequence[ServiceFleet],
        *,
        parts: Sequence[SupervisedPart],
        balancer: Balancer,
        timeline: Timeline,
        sample: Callable[[float], None],
    ) -> None:
        self.services = {fleet.service.name: fleet for fleet in services}
        self._parts, self._balancer, self._timeline, self._sample = parts, balancer, timeline, sample
        self._lock = threading.RLock()
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fleet", daemon=True)
        self._parts_at = 0.0
        self._retry_balancer = Backoff(FIRST_RETRY, LAST_RETRY)
        self.latest = 0.0  # real seconds by which the loop was late, at worst
        self.failure: BaseException | None = None
        self._frozen = False

    def start(self, timeout: float = 60.0) -> None:
        """Start the deployed number of tasks and wait until all of them serve.

        Raises:
            ServiceNeverStartedError: A service's tasks end, or don't become healthy within `timeout` real seconds.
        """
        self._thread.start()
        deadline = time.monotonic() + timeout
        while waiting := [fleet for fleet in self.services.values() if len(fleet.serving()) < fleet.desired]:
            self.raise_failure()
            for fleet in waiting:
                if fleet.retry.failures >= 2 or time.monotonic() > deadline:
                    raise _never_started(fleet)
            time.sleep(0.01)

    def set_desired(self, service: str, desired: int, *, minimum: int, maximum: int) -> None:
        """Follow ECS's desired count; floor and ceiling are told in the supply."""
        with self._lock:
            fleet = self.services[service]
            fleet.desired, fleet.minimum, fleet.maximum = desired, minimum, maximum

    def with_lock(self, read: Callable[[], object]) -> object:
        """Read something while nothing moves."""
        with self._lock:
            return read()

    def freeze(self) -> None:
        """Start and stop no more tasks; what ends stays ended."""
        with self._lock:
            self._frozen = True

    def raise_failure(self) -> None:
        """Raise what broke the loop, if something did."""
        if self.failure is not None:
            raise self.failure

    def stop(self, *, grace: float = 3.0) -> None:
        """End all tasks and the thread; may be called twice."""
        self.freeze()
        with self._lock:
            for fleet in self.services.values():
                for task in fleet.tasks.values():
                    task.process.terminate()
            for fleet in self.services.values():
                fleet.end_all(grace=grace)

    def end_thread(self) -> None:
        """End the thread. Last of all: Linux ends what a thread has started when the thread ends."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._end.wait(max(0.0, due - time.monotonic())):
            now = time.monotonic()
            if self._timeline.clock is not None:
                self.latest = max(self.latest, now - due)
            try:
                with self._lock:
                    if not self._frozen:
                        self._tick(now)
            except BaseException as error:  # noqa: BLE001 - told to whoever waits, and in the validity figures
                self.failure = self.failure or error
            due = max(due + TICK, now + TICK / 4)

    def _tick(self, now: float) -> None:
        self._sample(now)
        if self._balancer.ended():
            if not self._retry_balancer.over(now):
                return  # without it no task can come or go
            self._restart_balancer(now)
        cached: dict[str, ServerCounters] = {}

        def counters() -> dict[str, ServerCounters]:
            if not cached:
                cached.update(self._balancer.counters())
            return cached

        if now >= self._parts_at:
            self._parts_at = now + PARTS_EVERY
            for part in self._parts:
                part.check(self._part_died)
        for fleet in self.services.values():
            fleet.tick(now, counters)

    def _restart_balancer(self, now: float) -> None:
        if not self._retry_balancer.failures:  # else it ended while starting again: the same death
            self._part_died("balancer")
        self._retry_balancer.failed(now)
        self._balancer.start()
        self._retry_balancer.succeeded()
        for fleet in self.services.values():
            if fleet.service.target_group:
                fleet.add_again()

    def _part_died(self, name: str) -> None:
        event = ScalingEvent(
            at=self._timeline.now(), service=name, kind="part_died", note="ended unasked; started again"
        )
        self._timeline.add_event(event)


def _never_started(fleet: ServiceFleet) -> ServiceNeverStartedError:
    words = fleet.tally.last_words or " | ".join(task.process.last_words() for task in list(fleet.tasks.values()))
    return ServiceNeverStartedError(
        f"its tasks don't become healthy; the log ends with: {words[-600:] or 'nothing'}",
        path=f"services.{fleet.service.name}",
        fix="Correct its command, its environment or its health check",
    )
