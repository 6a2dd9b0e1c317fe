"""How many requests one address may send: what the launch plan's peak asks of the busiest address, and some room."""

from __future__ import annotations

import math

LOWEST = 10
"""Requests in a window: the lowest limit that a rate-based rule takes (AWS WAFV2 API, RateBasedStatement)."""
HIGHEST = 2_000_000_000
"""The highest (as before)."""


def requests_per_address(
    *, peak: float, window: int, requests_per_visitor: float, address_share: float, headroom: float
) -> int:
    """Requests that a rate-based rule lets one address send within its window.

    The busiest address is not one visitor: offices and mobile carriers put many behind one. In a window of ``window``
    seconds at the peak, the mean number of visitors who come from it is::

        mean = peak x window x address_share

    Arrivals are Poisson, so that fewer than one window in a thousand has more than ``mean + 3 sqrt(mean) + 1`` of them
    (normal approximation, three standard deviations; the one is the visitor who is always there). Each sends
    ``requests_per_visitor``, at worst all within the window::

        limit = headroom x requests_per_visitor x (mean + 3 sqrt(mean) + 1)

    For the spring plan (45 arrivals a second, 300 s, 3 requests, 0.5 %, twice): mean 67.5, visitors 93.1, limit 559.

    Args:
        peak: Arrivals per second at the peak of the launch.
        window: Seconds.
        requests_per_visitor: Requests of one visitor that the rule counts, on average over the visitors.
        address_share: Share of the visitors who come from the busiest address, 0 to 1.
        headroom: Factor for what the plan does not foresee, 1 or more.

    Returns:
        Requests, within what AWS takes.
    """
    mean = peak * window * address_share
    visitors = mean + 3 * math.sqrt(mean) + 1
    return min(max(math.ceil(headroom * requests_per_visitor * visitors), LOWEST), HIGHEST)
