"""Loopback addresses of one run: each part keeps the program's own port on an address of its own.

Linux answers on all of 127.0.0.0/8, so that PostgreSQL stays on 5432 and ten tasks stay on 8080, as with ``awsvpc``
network mode, and two rehearsals on one machine don't meet.
"""

from __future__ import annotations

import os
import socket

from surgeproof.localcloud.errors import PortInUseError

CLAIM_PORT = 47_000
FIRST_TASK = 10
LAST_TASK = 250


class LoopbackNet:
    """Claims 127.a.b.0/24 (parts, tasks) and 127.a.(b+1).0/24 (programs behind a task's proxy) until closed.

    The claim is a listening socket, so that it ends with this process, however that ends.
    """

    def __init__(self) -> None:
        self._claim, self._prefix, self._inner = _claim()
        self._next = FIRST_TASK

    @property
    def database(self) -> str:
        """PostgreSQL's address."""
        return f"{self._prefix}.2"

    @property
    def cache(self) -> str:
        """Valkey's address."""
        return f"{self._prefix}.3"

    def next_task(self, taken: set[str]) -> tuple[str, str]:
        """An address for a task, and one for the program behind its proxy; a freed one is reused as late as possible."""
        for _ in range(FIRST_TASK, LAST_TASK + 1):
            number = self._next
            self._next = FIRST_TASK if number >= LAST_TASK else number + 1
            address = f"{self._prefix}.{number}"
            if address not in taken:
                return address, f"{self._inner}.{number}"
        raise PortInUseError(
            "more tasks than loopback addresses of one run",
            allowed=f"{LAST_TASK - FIRST_TASK + 1} tasks at a time",
            fix="Lower max_tasks, or rehearse with a smaller --scale",
        )

    def close(self) -> None:
        """Give the addresses back."""
        self._claim.close()


def _claim() -> tuple[socket.socket, str, str]:
    start = os.getpid()
    for step in range(200 * 120):
        number = (start * 7 + step) % (200 * 120)
        first, second = 20 + number // 120, 2 + 2 * (number % 120)
        claim = socket.socket()
        try:
            claim.bind((f"127.{first}.{second}.1", CLAIM_PORT))
            claim.listen(1)
        except OSError:
            claim.close()
            continue
        return claim, f"127.{first}.{second}", f"127.{first}.{second + 1}"
    raise PortInUseError(
        "no free loopback addresses",
        path=f"127.0.0.0/8, port {CLAIM_PORT}",
        fix="End the other rehearsals, or what listens on that port on every address",
    )


def require_free(address: str, port: int, *, what: str) -> None:
    """Make sure that a part can listen.

    Raises:
        PortInUseError: Another program holds the port, on this address or on every address.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            raise PortInUseError(
                f"{what} can't listen there ({error.strerror})",
                path=f"{address}:{port}",
                fix=f"End the program that listens on port {port}, or give another with --port"
                if address == "127.0.0.1"
                else f"End the program that listens on port {port} of every address",
            ) from error


def free_port(address: str = "127.0.0.1") -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def answers(address: str, port: int, timeout: float = 0.2) -> bool:
    """Whether something accepts connections there."""
    try:
        socket.create_connection((address, port), timeout).close()
    except OSError:
        return False
    return True
