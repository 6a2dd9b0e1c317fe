"""Whether arrivals are a Poisson process of a given rate: time rescaling, and a Kolmogorov-Smirnov test of what is left.

Seen on the clock of its own expected count Λ(t) = ∫λ, a Poisson process of rate λ(t) is one of rate 1 (Brown, Barbieri,
Ventura, Kass and Frank 2002, 'The time-rescaling theorem and its application to neural spike train data analysis').
So its gaps there are exponential with mean 1, and given their number the arrivals are spread evenly. The first finds
arrivals that are too regular or come in lumps, the second a rate that is not the curve's.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from surgeproof.launch.curve import Curve

Floats = NDArray[np.float64]


def kolmogorov_smirnov(values: Floats) -> float:
    """p-value of ``values`` being uniform on 0 to 1.

    The asymptotic distribution, with Stephens' correction for small samples (Stephens 1970, 'Use of the
    Kolmogorov-Smirnov, Cramér-von Mises and related statistics without extensive tables'; Press et al., Numerical
    Recipes, 14.3).
    """
    ordered, count = np.sort(values), len(values)
    ranks = np.arange(count + 1) / count
    distance = float(max((ranks[1:] - ordered).max(), (ordered - ranks[:-1]).max()))
    root = math.sqrt(count)
    scaled = (root + 0.12 + 0.11 / root) * distance
    if scaled < 0.2:  # the series converges slowly there, and its sum is 1 to ten digits
        return 1.0
    terms = (2 * (-1) ** (k - 1) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    return min(1.0, max(0.0, sum(terms)))


def fit(curve: Curve, arrivals: Floats, *, speed: float, scale: float = 1.0) -> tuple[float, float]:
    """p-values of the gaps and of the spread of arrivals, launch seconds in their order."""
    areas = curve.integral(arrivals) * scale / speed
    gaps = np.diff(areas, prepend=0.0)
    return kolmogorov_smirnov(1 - np.exp(-gaps)), kolmogorov_smirnov(areas / (curve.cumulative[-1] * scale / speed))
