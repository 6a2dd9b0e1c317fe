"""A share of the schedule: everything that one worker needs to drive its part of the run, and no plan."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ThinkTimeNumbers:
    """Lognormal think time, launch seconds."""

    mu: float
    sigma: float
    max: float


@dataclass(frozen=True, slots=True)
class CatalogueNumbers:
    """What picking products needs."""

    products: int
    hero_sku: str
    hero_share: float
    zipf: float


@dataclass(frozen=True, slots=True)
class PhaseBounds:
    """A phase of the curve, launch seconds."""

    name: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What all shares of one run have in common.

    Attributes:
        duration: Launch seconds of the curve: no step starts later.
        max_in_flight: Journeys open at once, of one share.
        request_timeout: Real seconds.
        connect_timeout: Real seconds until a connection is ready; the request timeout when None.
        max_connections: Open at once, of one share; as many as journeys when None.
        proxy: ``http://host:port`` of an HTTP proxy.
    """

    run_id: str
    host: str
    seed: int
    speed: float
    duration: float
    phases: tuple[PhaseBounds, ...]
    journeys: tuple[str, ...]
    think: ThinkTimeNumbers
    catalogue: CatalogueNumbers
    order_step: str
    request_timeout: float
    max_in_flight: int
    verify_tls: bool = True
    ca_file: str | None = None
    connect_timeout: float | None = None
    max_connections: int | None = None
    proxy: str | None = None

    def phase_index(self, at: Any) -> NDArray[np.intp]:
        """Index of the phase at launch seconds; the first before the curve, the last after it."""
        starts = np.array([phase.start for phase in self.phases])
        return np.clip(np.searchsorted(starts, np.asarray(at), side="right") - 1, 0, len(starts) - 1)


@dataclass(frozen=True, eq=False, slots=True)
class Share:
    """Arrivals of one worker, every n-th of the whole schedule.

    Attributes:
        settings: Of the run.
        index: Which share, from 0.
        of: How many shares.
        numbers: Of the arrivals in the whole schedule.
        arrivals: Launch seconds.
        kinds: Index into ``settings.journeys``.
    """

    settings: RunSettings
    index: int
    of: int
    numbers: NDArray[np.int32] = field(repr=False)
    arrivals: NDArray[np.float64] = field(repr=False)
    kinds: NDArray[np.int16] = field(repr=False)

    def to_wire(self) -> dict[str, Any]:
        """As msgpack carries it in one of Locust's messages."""
        return {
            "settings": asdict(self.settings),
            "index": self.index,
            "of": self.of,
            "numbers": self.numbers.astype("<i4").tobytes(),
            "arrivals": self.arrivals.astype("<f8").tobytes(),
            "kinds": self.kinds.astype("<i2").tobytes(),
        }

    @classmethod
    def from_wire(cls, wire: dict[str, Any]) -> Share:
        """The inverse of ``to_wire``."""
        settings = dict(wire["settings"])
        settings["phases"] = tuple(PhaseBounds(**phase) for phase in settings["phases"])
        settings["journeys"] = tuple(settings["journeys"])
        settings["think"] = ThinkTimeNumbers(**settings["think"])
        settings["catalogue"] = CatalogueNumbers(**settings["catalogue"])
        return cls(
            settings=RunSettings(**settings),
            index=wire["index"],
            of=wire["of"],
            numbers=np.frombuffer(wire["numbers"], "<i4"),
            arrivals=np.frombuffer(wire["arrivals"], "<f8"),
            kinds=np.frombuffer(wire["kinds"], "<i2"),
        )
