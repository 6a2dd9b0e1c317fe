"""Locustfile of our rows."""

from __future__ import annotations

from pathlib import Path

from surgeproof.load.locust_glue import OpenArrivals, drive_open_arrivals

__all__ = ["OpenArrivals"]

drive_open_arrivals(journeys=Path(__file__).with_name("journeys.py"), default_plan=Path("plan.yaml"))
