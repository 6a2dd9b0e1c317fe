"""Room for connections on this machine: each is a file and a port, and one too many looks like a broken server."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from surgeproof.load.errors import LoadError
from surgeproof.load.share import Share

_KEPT_FREE = 200
"""Files for everything but connections to the target."""
_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
_UNLIMITED = 1_000_000


@dataclass(frozen=True, slots=True)
class Room:
    """Connections that this process can have open to one address.

    Attributes:
        files: What is left of the open files, the soft limit raised to the hard one.
        ports: The range of local ports.
    """

    files: int
    ports: int

    @property
    def connections(self) -> int:
        """Whichever is less."""
        return min(self.files, self.ports)

    def mend(self, needed: int) -> str:
        """What makes room for so many."""
        ways = []
        if self.files < needed:
            ways.append(f"raise the open files (ulimit -n {needed + _KEPT_FREE}, or LimitNOFILE= of the service)")
        if self.ports < needed:
            ways.append(
                'widen the ports (sysctl -w net.ipv4.ip_local_port_range="1024 65535"), or drive from more addresses'
            )
        return "; ".join(ways)


def room_here() -> Room:
    """Raise the soft limit of open files to the hard one, and say what there is."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
        except (ValueError, OSError):
            # macOS says unlimited and takes less: the soft limit stands.
            soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    files = _UNLIMITED if soft == resource.RLIM_INFINITY else max(1, soft - _KEPT_FREE)
    return Room(files=files, ports=_ports())


def check_room(share: Share, room: Room) -> str | None:
    """Compare the room with what the share's arrivals would take.

    Returns:
        A warning, when there would not be enough if the site stood still for a request timeout.

    Raises:
        LoadError: There is not enough for the arrivals of the busiest second.
    """
    settings = share.settings
    most = min(settings.max_in_flight, settings.max_connections or settings.max_in_flight)
    second = min(most, busiest(share, 1.0))
    if second > room.connections:
        raise LoadError(
            f"no room for {second:,} connections, the arrivals of the busiest second: there are files for "
            f"{room.files:,} and ports for {room.ports:,}",
            path="this machine",
            fix=room.mend(second) + "; or use more workers",
        )
    stall = min(most, busiest(share, settings.request_timeout))
    if stall > room.connections:
        return (
            f"if the site stands still for {settings.request_timeout:g} s, {stall:,} connections will be open, and "
            f"there is room for {room.connections:,}: such a run is INVALID. To make room, {room.mend(stall)}"
        )
    return None


def busiest(share: Share, seconds: float) -> int:
    """Most arrivals within so many real seconds."""
    at = share.arrivals / share.settings.speed
    if not len(at):
        return 0
    return int((np.searchsorted(at, at + seconds, side="left") - np.arange(len(at))).max())


def _ports() -> int:
    try:
        low, high = _PORTS.read_text(encoding="ascii").split()
        return int(high) - int(low) + 1
    except (OSError, ValueError):
        return 16_384  # IANA's dynamic ports (RFC 6335), what macOS uses
