"""The books after a test: what `loadtests/invariants.py` reads, by name."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any, cast

from loadtests.invariants import read, settled
from surgeproof.launch.plan import LaunchPlan
from surgeproof.launch.records import InvariantReading, LoadResult
from tests.services.conftest import HERO
from tests.services.parts import Parts


def audit(parts: Parts, acknowledged: int) -> dict[str, InvariantReading]:
    """All readings, when clients were told of so many orders."""
    plan: Any = SimpleNamespace(catalogue=SimpleNamespace(hero_sku=HERO))
    load: Any = SimpleNamespace(phases=[SimpleNamespace(orders_placed=acknowledged)])
    readings = read(parts.endpoints, cast("LoadResult", load), cast("LaunchPlan", plan))
    return {reading.name: reading for reading in readings}


def fallen(parts: Parts, acknowledged: int) -> list[InvariantReading]:
    """The readings that do not hold."""
    return [reading for reading in audit(parts, acknowledged).values() if not reading.holds]


def wait_until_settled(parts: Parts, seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not settled(parts.endpoints):
        assert time.monotonic() < deadline, audit(parts, 0)
        time.sleep(0.1)
