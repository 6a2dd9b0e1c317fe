"""The schedule of a run: who arrives when and does what, decided before it starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from surgeproof.launch.arrivals import draw_arrivals, draw_journeys
from surgeproof.launch.curve import Curve, compile_curve
from surgeproof.launch.plan import LaunchPlan, load_plan
from surgeproof.load.errors import RateCeilingError, RunConfigError
from surgeproof.load.journey import Journey
from surgeproof.load.run_config import RunConfig
from surgeproof.load.share import CatalogueNumbers, PhaseBounds, RunSettings, Share, ThinkTimeNumbers
from surgeproof.load.sketch import Sketch, journeys_of_mix, sketch


@dataclass(frozen=True, eq=False)
class Schedule:
    """All arrivals of a run.

    Attributes:
        arrivals: Launch seconds, sorted.
        kinds: Index into ``settings.journeys``.
        sketch: What the arrivals would do on a site that answers at once.
    """

    config: RunConfig
    plan: LaunchPlan
    curve: Curve
    settings: RunSettings
    arrivals: NDArray[np.float64]
    kinds: NDArray[np.int16]
    sketch: Sketch

    def shares(self, count: int) -> list[Share]:
        """Deal the arrivals out: the first to the first worker, the second to the second, and so on around.

        Each share of a Poisson process dealt out so has the same curve, and all of them together are the schedule.
        """
        numbers = np.arange(len(self.arrivals), dtype=np.int32)
        most = self.settings.max_connections
        each = replace(
            self.settings,
            max_in_flight=max(1, self.settings.max_in_flight // count),
            max_connections=None if most is None else max(1, most // count),
        )
        return [
            Share(
                settings=each,
                index=index,
                of=count,
                numbers=numbers[index::count],
                arrivals=self.arrivals[index::count],
                kinds=self.kinds[index::count],
            )
            for index in range(count)
        ]

    def planned_by_phase(self) -> list[int]:
        """Arrivals due in each phase."""
        return np.bincount(self.settings.phase_index(self.arrivals), minlength=len(self.settings.phases)).tolist()


def compile_schedule(config: RunConfig, journeys: Mapping[str, Journey]) -> Schedule:
    """Draw the arrivals of a run, and sketch them.

    Raises:
        SurgeproofError: The plan is wrong, a journey is missing or can't be sketched, or no arrival was drawn.
        RateCeilingError: The curve goes above ``max_rate``.
    """
    plan = load_plan(config.plan, config.overrides)
    curve = compile_curve(plan)
    peak = curve.peak * config.scale
    if config.max_rate is not None and peak > config.max_rate:
        raise RateCeilingError(
            f"the curve's peak is above the ceiling of {config.max_rate:g} arrivals/s",
            path="max_rate",
            got=round(peak, 3),
            fix=f"Raise --max-rate, or drive a smaller share: --scale {config.max_rate / curve.peak:.3g}",
        )
    arrivals = draw_arrivals(curve, seed=config.seed, speed=config.speed, scale=config.scale)
    if not len(arrivals):
        raise RunConfigError("no arrivals were drawn", path=str(config.plan), fix="Raise the scale, or the curve")
    names, kinds = draw_journeys(curve, arrivals, seed=config.seed)
    journeys_of_mix(names, journeys)
    drawn = sketch(plan, curve, arrivals, (names, kinds), journeys, config.seed)
    settings = RunSettings(
        run_id=config.run_id,
        host=config.host,
        seed=config.seed,
        speed=config.speed,
        duration=curve.duration,
        phases=tuple(PhaseBounds(phase.name, phase.start, phase.end) for phase in curve.phases),
        journeys=tuple(names),
        think=ThinkTimeNumbers(
            plan.journeys.think_time.mu, plan.journeys.think_time.sigma, plan.journeys.think_time.max
        ),
        catalogue=CatalogueNumbers(
            plan.catalogue.products, plan.catalogue.hero_sku, plan.catalogue.hero_share, plan.catalogue.zipf
        ),
        order_step=plan.journeys.order_step,
        request_timeout=config.request_timeout or plan.journeys.request_timeout,
        max_in_flight=config.max_in_flight,
        verify_tls=config.verify_tls,
        ca_file=str(config.ca_file) if config.ca_file else None,
        connect_timeout=config.connect_timeout,
        max_connections=config.max_connections,
        proxy=config.proxy,
    )
    return Schedule(
        config=config, plan=plan, curve=curve, settings=settings, arrivals=arrivals, kinds=kinds, sketch=drawn
    )
