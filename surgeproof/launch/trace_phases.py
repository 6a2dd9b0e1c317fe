"""Phases read off a history: warm-up, surge, peak, hold, drain."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from surgeproof.launch.phases import PhaseKind
from surgeproof.launch.traced import RecordedPhase

_PEAK, _HOLD = 0.95, 0.75
"""Shares of the smoothed maximum down to which peak and hold reach."""
_RISEN = 0.10
"""Share of the rise from the lowest point to the peak after which the surge has begun."""
_LOW = 0.60
"""Share of the maximum above which a start is no warm-up: the launch has begun before the window."""


def smooth(rates: npt.NDArray[np.float64], width: int) -> npt.NDArray[np.float64]:
    """Centred moving mean over an odd number of intervals; shorter at the ends."""
    half = width // 2
    sums = np.concatenate(([0.0], np.cumsum(rates)))
    index = np.arange(len(rates))
    low, high = np.maximum(index - half, 0), np.minimum(index + half + 1, len(rates))
    return (sums[high] - sums[low]) / (high - low)


def derive_phases(rates: npt.NDArray[np.float64], interval: float) -> tuple[RecordedPhase, ...]:
    """Phases of the intervals' rates, in order and without gaps.

    Rates are smoothed over about 5 minutes (a minute's noise is ±6 % of steady traffic). The peak is where they
    stay within 5 % of the maximum; the surge runs up to it from the last point at which a tenth of the rise was
    done, and the warm-up up to that; the hold follows the peak down to 75 %, the drain is the rest. A phase
    shorter than a thirtieth of the window joins its neighbour, for a gate needs samples.
    """
    count = len(rates)
    width = min(max(3, 2 * round(300 / interval / 2) + 1), max(3, count // 8 * 2 + 1))
    level = smooth(rates, width)
    top = int(level.argmax())
    least = max(1, round(count / 30))
    start, end = top, top + 1
    while start > 0 and level[start - 1] >= _PEAK * level[top] and end - start < count // 4:
        start -= 1
    while end < count and level[end] >= _PEAK * level[top] and end - start < count // 4:
        end += 1
    while end - start < least and (start > 0 or end < count):
        start, end = max(0, start - 1), min(count, end + 1)
    start, end = (0 if start < least else start), (count if count - end < least else end)
    surge = _surge_start(level[:start], float(level[top]), least)
    hold = end
    while hold < count and level[hold] >= _HOLD * level[top]:
        hold += 1
    hold = end if hold - end < least else hold
    hold = count if count - hold < least else hold
    bounds: list[tuple[PhaseKind, int, int]] = [
        ("warm-up", 0, surge),
        ("surge", surge, start),
        ("peak", start, end),
        ("hold", end, hold),
        ("drain", hold, count),
    ]
    return tuple(
        RecordedPhase(kind=kind, start=low * interval, end=high * interval) for kind, low, high in bounds if high > low
    )


def _surge_start(before: npt.NDArray[np.float64], top: float, least: int) -> int:
    if not len(before):
        return 0
    low = float(before.min())
    risen = np.flatnonzero(before <= low + _RISEN * (top - low))
    start = int(risen[-1]) + 1
    if start < least or before[:start].max() > _LOW * top:
        return 0
    # Without room for a surge the rise belongs to it all the same: the launch moment is its start.
    return min(start, max(0, len(before) - least))
