"""Who drives the shares of a run: this process, or the workers of a distributed one."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import gevent

from surgeproof import __version__
from surgeproof.load.alarms import Alarms
from surgeproof.load.collector import Collector
from surgeproof.load.engine import Engine, Equipment
from surgeproof.load.errors import LoadError
from surgeproof.load.journey import Journey
from surgeproof.load.origin import Origin, Proxy
from surgeproof.load.pauses import NoPauses
from surgeproof.load.report import Report, Reporter, warm_up
from surgeproof.load.request_bytes import RequestWriter
from surgeproof.load.room import check_room, room_here
from surgeproof.load.share import RunSettings, Share
from surgeproof.load.socket_transport import SocketTransport
from surgeproof.load.transport import Transport

logger = logging.getLogger(__name__)
RUN_HEADER = "X-Surgeproof-Run"


class Crew(Protocol):
    """The workers of one run, by the index of their share."""

    @property
    def names(self) -> Sequence[str]:
        """What the workers are called."""
        ...

    @property
    def head_start(self) -> float:
        """Real seconds from the start to launch second 0: what the start takes to reach all."""
        ...

    def prepare(self, shares: Sequence[Share]) -> None:
        """Give each its share, and wait until all are ready."""
        ...

    def start(self, started_at: float, on_over: Callable[[], None]) -> None:
        """Begin.

        Args:
            started_at: This machine's ``time.monotonic()`` at launch second 0.
            on_over: Called when there is a last report to look at.
        """
        ...

    def stop(self) -> None:
        """Start no more journeys."""
        ...

    def abandon(self) -> None:
        """End open journeys too."""
        ...

    def look(self, collector: Collector) -> None:
        """Called once a second: hand reports over, and say who is lost."""
        ...


def equipment_for(settings: RunSettings) -> Equipment:
    """What carries the requests of a run, for this thread: every request has the run's id and our name.

    Raises:
        LoadError: The certificate authority can't be read.
    """
    origin = Origin.parse(settings.host)
    proxy = Proxy.parse(settings.proxy) if settings.proxy else None
    alarms = Alarms()
    headers = {
        "User-Agent": f"surgeproof/{__version__}",
        RUN_HEADER: settings.run_id,
        "Accept": "*/*",
        "Accept-Encoding": "gzip, deflate",
    }
    if proxy is not None and proxy.authorization is not None and not origin.secure:
        headers["Proxy-Authorization"] = proxy.authorization
    through = origin.url if proxy is not None and not origin.secure else ""
    return Equipment(
        transport=transport_for(settings, origin, proxy, alarms),
        requests=RequestWriter(origin.netloc, headers, prefix=through),
        alarms=alarms,
        origin=origin,
    )


def transport_for(settings: RunSettings, origin: Origin, proxy: Proxy | None, alarms: Alarms) -> Transport:
    """The transport of a run."""
    try:
        return SocketTransport(
            origin,
            alarms=alarms,
            connect_timeout=settings.connect_timeout or settings.request_timeout,
            verify_tls=settings.verify_tls,
            ca_file=Path(settings.ca_file) if settings.ca_file else None,
            proxy=proxy,
            most_connections=settings.max_connections or settings.max_in_flight,
        )
    except OSError as error:
        raise LoadError(
            f"no certificate authority: {error}", path="ca_file", got=settings.ca_file, fix="Give a PEM file"
        ) from error


class DrivenShare:
    """One share on its engine, with its reports.

    Raises:
        LoadError: This machine has no room for its connections, or the certificate authority can't be read.
    """

    def __init__(self, share: Share, journeys: Mapping[str, Journey]) -> None:
        room = room_here()
        warning = check_room(share, room)
        if warning is not None:
            logger.warning("%s", warning)
        wanted = share.settings.max_connections
        # Waiting for a connection is the run's own wish up to here; beyond the room, it is this machine's fault.
        self._wished = wanted is not None and wanted <= room.connections
        most = min(wanted or share.settings.max_in_flight, room.connections)
        self._share = replace(share, settings=replace(share.settings, max_connections=most))
        self._journeys = journeys
        self._equipment = equipment_for(self._share.settings)
        warm_up()
        self._pauses = NoPauses()
        self._pauses.clean()
        self._engine: Engine | None = None
        self._reporter: Reporter | None = None
        self._greenlet: gevent.Greenlet | None = None

    def start(self, started_at: float, on_over: Callable[[], None]) -> None:
        """Drive it from now on; ``on_over`` is called at its end."""
        self._pauses.begin()
        self._engine = Engine(self._share, self._journeys, self._equipment, started_at=started_at)
        self._reporter = Reporter(self._engine, waiting_is_wished=self._wished)
        self._greenlet = gevent.spawn(self._run, self._engine)
        self._greenlet.rawlink(lambda _: on_over())

    def report(self, *, final: bool) -> Report | None:
        """All that is new; None before it has begun."""
        if self._reporter is None:
            return None
        report = self._reporter.report(final=final)
        if not self.over:
            self._pauses.tick()
        return report

    @property
    def over(self) -> bool:
        """Whether nothing runs any more."""
        return self._greenlet is None or self._greenlet.ready()

    def raise_bug(self) -> None:
        """Raise what ended the engine, when it was a bug of ours."""
        if self._greenlet is not None and isinstance(self._greenlet.exception, Exception):
            raise self._greenlet.exception

    def wait(self, seconds: float) -> None:
        """Return when it is over, or after so many real seconds."""
        if self._greenlet is not None:
            self._greenlet.join(timeout=seconds)

    def stop(self) -> None:
        """Start no more journeys."""
        if self._engine is not None:
            self._engine.stop()

    def abandon(self) -> None:
        """End all that is open."""
        if self._engine is not None:
            self._engine.abandon()
            self.wait(1.0)
        self._equipment.close()

    def _run(self, engine: Engine) -> None:
        try:
            engine.run()
        finally:
            self._pauses.end()
            self._equipment.close()


class LocalCrew:
    """This process drives the only share."""

    def __init__(self, journeys: Mapping[str, Journey]) -> None:
        self.names: Sequence[str] = ("local",)
        self.head_start = 0.1
        self._journeys = journeys
        self._driven: DrivenShare | None = None

    def prepare(self, shares: Sequence[Share]) -> None:
        """Build the transport."""
        (share,) = shares
        self._driven = DrivenShare(share, self._journeys)

    def start(self, started_at: float, on_over: Callable[[], None]) -> None:
        """Begin."""
        if self._driven is not None:
            self._driven.start(started_at, on_over)

    def stop(self) -> None:
        """Start no more journeys."""
        if self._driven is not None:
            self._driven.stop()

    def abandon(self) -> None:
        """End open journeys too."""
        if self._driven is not None:
            self._driven.abandon()

    def look(self, collector: Collector) -> None:
        """Hand the report over."""
        if self._driven is None:
            collector.workers[0].lost = True
            return
        self._driven.raise_bug()
        report = self._driven.report(final=self._driven.over)
        if report is None:
            collector.workers[0].lost = True
        else:
            collector.add(report)


def epoch_of(started_at: float) -> float:
    """Wall clock at a reading of this machine's monotonic clock: what other machines can read."""
    return time.time() + started_at - time.monotonic()


def monotonic_of(epoch: float) -> float:
    """The inverse of ``epoch_of``, perhaps on another machine: as exact as their clocks agree."""
    return time.monotonic() + epoch - time.time()
