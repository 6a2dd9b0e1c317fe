"""Runs the shop's journeys as open arrivals: ``locust -f loadtests/locustfile.py --host http://127.0.0.1:8080``.

See docs/load.md. User classes of your own may stand beside ``OpenArrivals`` in a file like this one.
"""

from __future__ import annotations

from pathlib import Path

from surgeproof.load.locust_glue import OpenArrivals, drive_open_arrivals

__all__ = ["OpenArrivals"]

_HERE = Path(__file__).resolve().parent

drive_open_arrivals(journeys=_HERE / "journeys.py", default_plan=_HERE / "plans" / "spring.yaml")
