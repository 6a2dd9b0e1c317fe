"""Arrivals: the times at which journeys start, drawn before the run, the same for the same seed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from surgeproof.launch.curve import Curve

_TIMES, _KINDS = 0, 1
"""Streams of random numbers: the journeys' kinds do not move when a curve changes its number of draws."""


def _stream(seed: int, number: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(number,))))


def draw_arrivals(curve: Curve, *, seed: int, speed: float, scale: float = 1.0) -> npt.NDArray[np.float64]:
    """Draw the arrivals of one run: a Poisson process whose rate is the curve.

    Exact by inversion: given their number, which is Poisson with mean ∫λ · scale / speed, the arrivals are
    independent and ∫λ of each is uniform (Çinlar 1975, Introduction to Stochastic Processes, 4.7; Lewis and
    Shedler 1979). In real seconds the rate is λ · scale whatever the speed.

    Args:
        curve: The compiled curve.
        seed: 0 or more. The same seed, curve, speed and scale give the same arrivals.
        speed: Launch seconds in a real second.
        scale: Share of the plan's arrivals.

    Returns:
        Launch seconds, rising, in whole microseconds.
    """
    random = _stream(seed, _TIMES)
    total = float(curve.cumulative[-1])
    number = int(random.poisson(total * scale / speed))
    areas = np.sort(random.random(number)) * total
    # Whole microseconds: the last bits of a division differ from one processor to another.
    return np.round(curve.inverse(areas), 6)


def draw_journeys(
    curve: Curve, arrivals: npt.NDArray[np.float64], *, seed: int
) -> tuple[list[str], npt.NDArray[np.int16]]:
    """Draw which journey each arrival makes, by the mix of the phase that it falls into.

    Args:
        curve: The compiled curve.
        arrivals: Launch seconds, as ``draw_arrivals`` gives them.
        seed: The run's seed.

    Returns:
        Names of all journeys of the curve, and for each arrival the index into them.
    """
    names = list(dict.fromkeys(name for phase in curve.phases for name in phase.mix))
    draws = _stream(seed, _KINDS).random(len(arrivals))
    phase_of = curve.phase_index(arrivals)
    kinds = np.zeros(len(arrivals), dtype=np.int16)
    for number, phase in enumerate(curve.phases):
        here = phase_of == number
        shares = np.array([phase.mix.get(name, 0.0) for name in names])
        bounds = np.cumsum(shares)
        # The last journey with a share takes what rounding leaves of 1.
        bounds[np.flatnonzero(shares)[-1] :] = 1.0
        kinds[here] = np.searchsorted(bounds, draws[here], side="right")
    return names, kinds
