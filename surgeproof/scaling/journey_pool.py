"""Journeys to draw from: those that the run's visitors made, completed by what they would have gone on to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from surgeproof.launch.curve import Curve
from surgeproof.scaling.demand import SketchLike
from surgeproof.scaling.errors import ReplayError
from surgeproof.scaling.visits import JourneyPool

FEW = 20
"""Fewer recorded journeys of a kind in a phase than this, and those of all phases are drawn from."""

Groups = dict[tuple[int, int], NDArray[np.int64]]
"""Phase number and kind number to the journeys, by their number in the pool."""


@dataclass(frozen=True, slots=True)
class RunSketch:
    """The run's own arrivals as they were sketched: what each visitor would have done, had nothing stopped it.

    Attributes:
        rows: ``SKETCH_DTYPE``; ``number`` is the number of the arrival, journey and step as in the run's rows.
        arrivals: Launch second of each arrival.
    """

    rows: NDArray[Any]
    arrivals: NDArray[np.float64]


def pool_from_run(rows: NDArray[Any], curve: Curve, sketch: RunSketch | None = None) -> tuple[JourneyPool, Groups]:
    """The journeys of a run, by phase of their arrival and kind.

    A journey that a timeout, a transport error or the end of the curve cut short is taken from the sketch: it
    goes on as it would have. Otherwise an overloaded run, in which most journeys are cut, would be replayed
    with less demand than it had. Without a sketch such journeys are left out, where whole ones are known.

    Args:
        rows: ``SAMPLE_DTYPE``.
        curve: Its phases and its end.
        sketch: The run's own sketch.

    Raises:
        ReplayError: There is no journey to draw from.
    """
    rows = rows[np.lexsort((rows["sequence"], rows["arrival"]))]
    first = np.flatnonzero(np.diff(rows["arrival"], prepend=-1))
    length = np.diff(np.append(first, len(rows)))
    stopped = np.logical_or.reduceat(rows["status"] <= 0, first) if len(first) else np.zeros(0, dtype=bool)
    pool = JourneyPool(
        first.astype(np.int64),
        length.astype(np.int64),
        rows["step"].astype(np.int64),
        rows["think"].astype(np.float64),
        ~rows["ok"],
    )
    kinds, arrived = rows["journey"][first].astype(np.int64), rows["arrived_at"][first]
    if sketch is not None:
        sketched, sketched_kinds = pool_from_sketch(sketch.rows)
        numbers = np.unique(sketch.rows["number"])
        cut = _unfinished(pool, rows["arrival"][first], sketched, numbers)
        pool, kept, taken = _join(pool, ~cut, sketched, _missing(rows["arrival"][first][~cut], numbers))
        kinds = np.concatenate((kinds[kept], sketched_kinds[taken]))
        arrived = np.concatenate((arrived[kept], sketch.arrivals[numbers[taken]]))
        stopped = np.zeros(len(kinds), dtype=bool)
    if not len(kinds):
        raise ReplayError("the run left no journey to replay", fix="Look at the run's failures first")
    return pool, _group(kinds, curve.phase_index(arrived), stopped, len(curve.phases))


def _unfinished(
    pool: JourneyPool, arrival: NDArray[np.int32], sketched: JourneyPool, numbers: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Which recorded journeys are the beginning of their sketch, and no more."""
    where = {number: place for place, number in enumerate(numbers.tolist())}
    cut = np.zeros(len(arrival), dtype=bool)
    for k, number in enumerate(arrival.tolist()):
        place = where.get(number)
        if place is None or pool.length[k] >= sketched.length[place]:
            continue
        start, count, other = pool.first[k], pool.length[k], sketched.first[place]
        cut[k] = np.array_equal(pool.step[start : start + count], sketched.step[other : other + count])
    return cut


def _missing(arrival: NDArray[np.int32], numbers: NDArray[np.int32]) -> NDArray[np.int64]:
    return np.flatnonzero(~np.isin(numbers, arrival))


def _join(
    pool: JourneyPool, keep: NDArray[np.bool_], other: JourneyPool, take: NDArray[np.int64]
) -> tuple[JourneyPool, NDArray[np.int64], NDArray[np.int64]]:
    kept = np.flatnonzero(keep)
    joined = JourneyPool(
        np.concatenate((pool.first[kept], other.first[take] + len(pool.step))),
        np.concatenate((pool.length[kept], other.length[take])),
        np.concatenate((pool.step, other.step)),
        np.concatenate((pool.think, other.think)),
        np.concatenate((pool.failed, other.failed)),
    )
    return joined, kept, take


def _group(kinds: NDArray[np.int64], phases: NDArray[np.intp], stopped: NDArray[np.bool_], number: int) -> Groups:
    groups: Groups = {}
    for kind in np.unique(kinds).tolist():
        whole = (kinds == kind) & ~stopped
        anywhere = np.flatnonzero(whole if whole.any() else kinds == kind)
        for phase in range(number):
            here = np.flatnonzero(whole & (phases == phase))
            groups[phase, kind] = here if len(here) >= FEW else anywhere
    return groups


def pool_from_sketch(rows: NDArray[Any]) -> tuple[JourneyPool, NDArray[np.int64]]:
    """Sketched journeys in the order of their numbers, and the kind of each."""
    rows = rows[np.argsort(rows["number"], kind="stable")]
    first = np.flatnonzero(np.diff(rows["number"], prepend=-1))
    think = np.diff(rows["delay"].astype(np.float64), prepend=0.0)
    think[first] = 0.0
    pool = JourneyPool(
        first.astype(np.int64),
        np.diff(np.append(first, len(rows))).astype(np.int64),
        rows["step"].astype(np.int64),
        np.maximum(think, 0.0),
        np.zeros(len(rows), dtype=bool),
    )
    return pool, rows["journey"][first].astype(np.int64)


def align_sketch(sketch: SketchLike, journeys: Sequence[str], steps: Sequence[str]) -> NDArray[Any]:
    """Rows of a sketch with the journey and step numbers of a run; names that the run has not are an error.

    Raises:
        ReplayError: A name is missing from ``journeys`` or ``steps``.
    """
    rows = sketch.rows.copy()
    for column, own, names in (
        ("journey", list(sketch.journeys), journeys),
        ("step", [step.name for step in sketch.steps], steps),
    ):
        missing = set(own) - set(names)
        if missing:
            raise ReplayError(f"the sketch has a {column} that the run has not", got=sorted(missing))
        rows[column] = np.array([list(names).index(name) for name in own], dtype=np.int16)[sketch.rows[column]]
    return rows


def group_sketch(kinds: NDArray[np.int64], phases: int) -> Groups:
    """Sketched journeys by kind, the same in every phase."""
    return {
        (phase, kind): np.flatnonzero(kinds == kind) for kind in np.unique(kinds).tolist() for phase in range(phases)
    }


def draw_from(
    groups: Groups, phases: NDArray[np.intp], kinds: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw a journey for each arrival, among those of its phase and kind; -1 where there is none of its kind."""
    drawn = np.full(len(phases), -1, dtype=np.int64)
    for (phase, kind), members in groups.items():
        here = np.flatnonzero((phases == phase) & (kinds == kind))
        drawn[here] = members[rng.integers(0, len(members), len(here))]
    return drawn
