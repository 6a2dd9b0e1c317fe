"""A closed loop: so many visitors, each beginning a new journey when its last one is over, as fast as they can.

For measuring the generator itself on a target that is faster than it, and for nothing else: when the site is slow, a
closed loop asks less, and its percentiles leave out what open arrivals would have waited. A rehearsal and a load test
never use it, and it writes no result that a verdict could be made of.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

import gevent
import greenlet
import numpy as np
from numpy.typing import NDArray

from surgeproof.launch.records import StepInfo
from surgeproof.launch.seed import DEFAULT_SEED
from surgeproof.load.crew import equipment_for
from surgeproof.load.engine import Engine
from surgeproof.load.journey import Journey
from surgeproof.load.pauses import NoPauses
from surgeproof.load.report import Reporter, warm_up
from surgeproof.load.share import CatalogueNumbers, PhaseBounds, RunSettings, Share, ThinkTimeNumbers
from surgeproof.load.tally import ALL_STEPS, Key, Tally

OnRows = Callable[[NDArray[Any], Sequence[StepInfo], dict[str, int]], None]
_PHASE = "closed"


@dataclass(frozen=True, slots=True)
class ClosedFigures:
    """What a closed loop did. Latencies are in milliseconds, of all requests together.

    Attributes:
        cpu_seconds: Of this process, all that it does included.
        failures: The first few, in words.
    """

    seconds: float
    cpu_seconds: float
    requests: int
    journeys: int
    errors: int
    p50: float
    p99: float
    failures: Sequence[str]


def drive_closed(
    host: str,
    journeys: Mapping[str, Journey],
    *,
    mix: Mapping[str, float],
    visitors: int,
    seconds: float,
    on_rows: OnRows,
    think: ThinkTimeNumbers | None = None,
    request_timeout: float = 10.0,
    verify_tls: bool = True,
    ca_file: str | None = None,
    seed: int = DEFAULT_SEED,
) -> ClosedFigures:
    """Drive a closed loop in this process; call it in a greenlet or in the main program.

    Args:
        host: ``http://host:port`` or ``https://host``.
        journeys: By name.
        mix: Share of each journey.
        visitors: Who are there at once.
        seconds: Real seconds; journeys that are open then go on for at most one request timeout.
        on_rows: Told of new requests once a second: ``StatisticsFeed.add``.
        think: For journeys that think; without it a drawn think time is a second.
        request_timeout: Real seconds.
        verify_tls: Whether the certificate is checked.
        ca_file: Certificate authority besides the system's.
        seed: Of the journeys' choices.
    """
    warm_up()
    settings = RunSettings(
        run_id="closed",
        host=host,
        seed=seed,
        speed=1.0,
        duration=seconds,
        phases=(PhaseBounds(_PHASE, 0.0, seconds),),
        journeys=tuple(mix),
        think=think or ThinkTimeNumbers(0.0, 0.0, 1.0),
        catalogue=CatalogueNumbers(500, "HERO", 0.2, 0.9),
        order_step="checkout",
        request_timeout=request_timeout,
        max_in_flight=visitors,
        verify_tls=verify_tls,
        ca_file=ca_file,
    )
    nobody = np.zeros(0)
    share = Share(settings, 0, 1, nobody.astype("i4"), nobody, nobody.astype("i2"))
    equipment = equipment_for(settings)
    pauses = NoPauses()
    pauses.clean()  # before the time begins: in a large process it takes seconds
    engine = Engine(share, journeys, equipment, started_at=time.monotonic())
    try:
        return _Loop(engine, list(mix.values()), visitors).run(seconds, on_rows, pauses)
    finally:
        engine.abandon()
        equipment.close()


class _Loop:
    def __init__(self, engine: Engine, weights: Sequence[float], visitors: int) -> None:
        self._engine = engine
        self._weights = weights
        self._visitors = visitors
        self._random = Random(engine.share.settings.seed)
        self._number = 0
        self._open = 0

    def run(self, seconds: float, on_rows: OnRows, pauses: NoPauses) -> ClosedFigures:
        engine = self._engine
        reporter, total = Reporter(engine), Tally(engine.share.settings)
        pauses.begin()
        begun, cpu = time.monotonic(), time.process_time()
        end = engine.started_at + seconds
        requests = errors = 0
        hub: Any = gevent.get_hub()
        for _ in range(self._visitors):
            self._open += 1
            hub.loop.run_callback(greenlet.greenlet(self._keep_visiting, parent=hub).switch, end)
        deadline = end + engine.request_timeout + 1.0
        while True:
            gevent.sleep(max(0.01, min(1.0, end - time.monotonic())))
            over = not self._open or time.monotonic() > deadline
            report = reporter.report(final=over)
            total.merge(report.histograms)
            requests += len(report.rows)
            errors += int(np.count_nonzero(~report.rows["ok"]))
            if len(report.rows):
                on_rows(report.rows, report.steps, report.received)
            if over:
                break
            pauses.tick()
        pauses.end()
        seconds, cpu = time.monotonic() - begun, time.process_time() - cpu
        histogram = total.histograms().get(Key(_PHASE, ALL_STEPS, "corrected"))
        return ClosedFigures(
            seconds=seconds,
            cpu_seconds=cpu,
            requests=requests,
            journeys=sum(engine.counts.delivered),
            errors=errors,
            p50=histogram.get_value_at_percentile(50) / 1000 if histogram else 0.0,
            p99=histogram.get_value_at_percentile(99) / 1000 if histogram else 0.0,
            failures=list(engine.counts.failures),
        )

    def _keep_visiting(self, end: float) -> None:
        engine, kinds = self._engine, range(len(self._weights))
        try:
            while (now := time.monotonic()) < end and not engine.stopping:
                (kind,) = self._random.choices(kinds, self._weights) if len(kinds) > 1 else (0,)
                self._number += 1
                engine.visit(self._number - 1, now - engine.started_at, kind, 0)
        finally:
            self._open -= 1
