"""Journeys run against a client that answers at once: which steps, after which think times, with which orders.

No server, no gevent, no Locust. As a visitor's choices come from the seed and the arrival's number
alone, the sketch of a run takes the very steps and think times that the run takes, up to the first
answer that surprises a journey (a product that is out of stock, a card that is declined).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgeproof.errors import SurgeproofError
from surgeproof.launch.curve import Curve
from surgeproof.launch.plan import LaunchPlan
from surgeproof.launch.records import SKETCH_DTYPE, StepInfo
from surgeproof.load.client import ACCEPTED, Client
from surgeproof.load.errors import JourneyFileError, SketchError
from surgeproof.load.forgiving import ForgivingValue
from surgeproof.load.journey import Journey
from surgeproof.load.visitor import Popularity, Visitor

_MOST_STEPS = 1000


@dataclass(frozen=True)
class Sketch:
    """What the arrivals of a run would do on a site that answers at once.

    Attributes:
        journeys: Names, by the index in ``rows``.
        steps: Steps, by the index in ``rows``.
        rows: One row a request, ``SKETCH_DTYPE``; ``number`` counts the sketched journeys.
        orders_by_phase: Journeys due in a phase that place an order before the curve ends.
    """

    journeys: list[str]
    steps: list[StepInfo]
    rows: NDArray[Any]
    orders_by_phase: dict[str, int]


class SketchResponse:
    """An answer that never came: accepted, and with forgiving values in it."""

    def __init__(self, accepted: Collection[int]) -> None:
        good = [status for status in (200, 201, 202, 204) if status in accepted]
        self.status = good[0] if good else min(accepted, default=200)
        self.ok = self.status < 400
        self.text = ""
        self.content = b""
        self.headers: Mapping[str, str] = {}

    def json(self) -> Any:
        """Anything that the journey looks for."""
        return ForgivingValue()

    def expect(
        self, *, status: int | Collection[int] | None = None, json: Any = None, text: str | None = None
    ) -> SketchResponse:
        """Hold always."""
        del status, json, text
        return self


_ANSWER = SketchResponse(ACCEPTED)


class SketchClient(Client):
    """Takes note of one visitor's steps."""

    __slots__ = ("delay", "steps", "visitor")

    def __init__(self, visitor: Visitor) -> None:
        super().__init__()
        self.visitor = visitor
        self.delay = 0.0
        self.steps: list[tuple[str, str, str, float, int]] = []

    def _step(
        self,
        method: str,
        path: str,
        name: str,
        json: Any,
        data: Any,
        headers: Mapping[str, str] | None,
        ok: Collection[int],
    ) -> SketchResponse:
        del json, data, headers
        answer = _ANSWER if ok is ACCEPTED else SketchResponse(ok)
        self.steps.append((name, method, path, self.delay, answer.status))
        if len(self.steps) > _MOST_STEPS:
            raise SketchError(f"takes more than {_MOST_STEPS} steps and seems to have no end")
        return answer

    def think(self, seconds: float | None = None) -> None:
        """Add the think time to the delay."""
        self.delay += self.visitor.draw_think() if seconds is None else seconds

    def check(self, condition: object, what: str) -> None:
        """Hold always."""


def journeys_of_mix(names: Sequence[str], journeys: Mapping[str, Journey]) -> list[Journey]:
    """The journeys that a plan names, in its order.

    Raises:
        JourneyFileError: One of them is not there.
    """
    missing = [name for name in names if name not in journeys]
    if missing:
        raise JourneyFileError(
            "no such journey",
            path=f"journeys.mix.{missing[0]}",
            got=missing[0],
            allowed=", ".join(sorted(journeys)),
            fix="Write it in the journeys file, or take it out of the mix",
        )
    return [journeys[name] for name in names]


def _run_one(journey: Journey, visitor: Visitor) -> SketchClient:
    client = SketchClient(visitor)
    try:
        journey.run(client, visitor)
    except SurgeproofError as error:
        raise SketchError(
            error.problem, path=f"journey {journey.name}", fix="See how to write one in docs/load.md"
        ) from error
    except Exception as error:
        raise SketchError(
            f"can't be sketched: {type(error).__name__}: {error}",
            path=f"journey {journey.name}, arrival {visitor.number}",
            fix="Let it take what it needs from the visitor, not from answers; see docs/load.md",
        ) from error
    return client


class _Notes:
    """Collects the rows and the steps of many sketched journeys."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int, float]] = []
        self.index: dict[str, int] = {}
        self.steps: list[StepInfo] = []

    def add(self, kind: int, number: int, client: SketchClient) -> None:
        for name, method, path, delay, _ in client.steps:
            step = self.index.get(name)
            if step is None:
                step = self.index[name] = len(self.steps)
                self.steps.append(StepInfo(name=name, method=method, path=path.partition("?")[0]))
            self.rows.append((kind, number, step, delay))

    def array(self) -> NDArray[Any]:
        return np.array(self.rows, dtype=SKETCH_DTYPE)


def _order_delay(client: SketchClient, order_step: str) -> float | None:
    for name, _, _, delay, status in client.steps:
        if name == order_step and 200 <= status < 300:
            return delay
    return None


def sketch(
    plan: LaunchPlan,
    curve: Curve,
    arrivals: NDArray[np.float64],
    kinds: tuple[Sequence[str], NDArray[np.int16]],
    journeys: Mapping[str, Journey],
    seed: int,
) -> Sketch:
    """Sketch exactly the arrivals of a run.

    Args:
        plan: For think time, catalogue and the step that places an order.
        curve: For its phases and its end.
        arrivals: Launch seconds, sorted, as drawn.
        kinds: Names of journeys, and the index of each arrival's, as drawn.
        journeys: By name.
        seed: Of the run.

    Raises:
        JourneyFileError: The mix names a journey that is not there.
        SketchError: A journey raised, or does not end; its name is in the message.
    """
    names, index = kinds
    chosen = journeys_of_mix(names, journeys)
    popularity = Popularity(plan.catalogue)
    notes = _Notes()
    orders: Counter[str] = Counter({phase.name: 0 for phase in curve.phases})
    for number, (at, kind) in enumerate(zip(arrivals.tolist(), index.tolist(), strict=True)):
        visitor = Visitor(
            seed=seed, number=number, popularity=popularity, think=plan.journeys.think_time, run_id="sketch"
        )
        client = _run_one(chosen[kind], visitor)
        notes.add(kind, number, client)
        delay = _order_delay(client, plan.journeys.order_step)
        if delay is not None and at + delay < curve.duration:
            orders[curve.phase_at(at).name] += 1
    return Sketch(journeys=list(names), steps=notes.steps, rows=notes.array(), orders_by_phase=dict(orders))


def sketch_for_demand(plan: LaunchPlan, curve: Curve, journeys: Mapping[str, Journey], count: int = 3000) -> Sketch:
    """Sketch ``count`` journeys of each kind that the plan's mixes name: what the expected demand is made of."""
    names = sorted({name for phase in curve.phases for name, share in phase.mix.items() if share > 0})
    popularity = Popularity(plan.catalogue)
    notes = _Notes()
    for kind, each in enumerate(journeys_of_mix(names, journeys)):
        for number in range(kind * count, (kind + 1) * count):
            visitor = Visitor(
                seed=0, number=number, popularity=popularity, think=plan.journeys.think_time, run_id="sketch"
            )
            notes.add(kind, number, _run_one(each, visitor))
    return Sketch(journeys=names, steps=notes.steps, rows=notes.array(), orders_by_phase={})
