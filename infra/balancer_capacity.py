"""How many LCUs a load balancer reserves for a launch: the largest of its four dimensions at the peak."""

from __future__ import annotations

import math

LOWEST = 100
"""LCUs: the smallest reservation (the example of 'Request Load balancer Capacity Unit reservation'; not tried on AWS)."""


def reserved_units(
    *, peak: float, requests_per_visitor: float, visit_seconds: float, response_bytes: float, headroom: float
) -> int:
    """LCUs to reserve for the peak of a launch.

    One LCU carries 25 new connections a second, 3,000 active ones, or 1 GB an hour of processed bytes (Elastic Load
    Balancing pricing). Rule evaluations count only above ten rules, which this listener does not have. Behind CloudFront
    connections are kept and shared, so that one for each visitor is the upper bound::

        new       = peak / 25
        active    = peak x visit_seconds / 3000
        processed = peak x requests_per_visitor x response_bytes x 3600 / 1e9

    Args:
        peak: Arrivals per second at the peak.
        requests_per_visitor: Requests of one visitor.
        visit_seconds: How long a visitor's connection is open.
        response_bytes: Bytes of one request and its answer together.
        headroom: Factor on the result, 1 or more.
    """
    new = peak / 25
    active = peak * visit_seconds / 3000
    processed = peak * requests_per_visitor * response_bytes * 3600 / 1e9
    return max(math.ceil(headroom * max(new, active, processed)), LOWEST)
