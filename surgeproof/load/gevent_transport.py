"""The transport in use: geventhttpclient with one pool of kept connections for all visitors."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import gevent
import gevent.monkey
from geventhttpclient.client import HTTPClient
from geventhttpclient.header import Headers
from geventhttpclient.response import HTTPParseError

from surgeproof.load.transport import Answer, RequestTimeoutError, TransportError

MOST_CONNECTIONS = 20_000
"""Of the pool. A request that finds them all in use waits, and the waiting counts."""
_BLOCK = 64 * 1024

# Locust's monkey patch replaces select.poll by one that knows gevent; this one only asks the kernel and never waits.
_poll = gevent.monkey.get_original("select", "poll")


def _idle_and_open(sock: Any) -> bool:
    """Whether a kept connection is still good: an idle one that can be read was closed by its peer.

    geventhttpclient asks ``select``, which fails on file numbers from 1024 on and would then close every
    connection of a large run.
    """
    if sock is None or sock.fileno() < 0:
        return False
    poll = _poll()
    poll.register(sock.fileno(), 1)  # POLLIN
    return not poll.poll(0)


class GeventTransport:
    """One origin over geventhttpclient. A stale kept connection is tried again for idempotent methods only.

    Args:
        host: ``http://host:port`` or ``https://host``.
        headers: What every request carries.
        connect_timeout: Real seconds.
        verify_tls: Whether the certificate and its name are checked.
        ca_file: Certificate authority besides the system's.
        most_connections: Size of the pool.
    """

    def __init__(
        self,
        host: str,
        *,
        headers: Mapping[str, str],
        connect_timeout: float,
        verify_tls: bool = True,
        ca_file: Path | None = None,
        most_connections: int = MOST_CONNECTIONS,
    ) -> None:
        parts = urlsplit(host)
        if parts.hostname is None:
            raise ValueError(host)

        def context(**_: Any) -> ssl.SSLContext:
            made = ssl.create_default_context()
            if ca_file is not None:
                made.load_verify_locations(cafile=str(ca_file))
            if not verify_tls:
                made.check_hostname = False
                made.verify_mode = ssl.CERT_NONE
            return made

        secure = parts.scheme == "https"
        self._client = HTTPClient(
            parts.hostname,
            port=parts.port,
            headers=Headers(dict(headers)),
            block_size=_BLOCK,
            connection_timeout=connect_timeout,
            network_timeout=connect_timeout,
            concurrency=most_connections,
            ssl=secure,
            ssl_context_factory=context if secure else None,
            insecure=not verify_tls,
        )
        pool: Any = self._client._connection_pool  # noqa: SLF001 -- for the two mends below there is no other way
        pool._is_socket_alive = _idle_and_open  # noqa: SLF001
        # It tries a request without an answer again as often as the pool is large; once is what a stale connection
        # needs, and a server that breaks down must not be hammered.
        pool.size = 0

    def request(self, method: str, target: str, headers: Mapping[str, str], body: bytes, timeout: float) -> Answer:
        """Exchange one request; see ``Transport``."""
        try:
            with gevent.Timeout(timeout, RequestTimeoutError(f"no full answer within {timeout:g} s")):
                response = self._client.request(method, target, body=body, headers=dict(headers))
                content = response.read()
        except RequestTimeoutError:
            raise
        except TimeoutError as error:
            raise RequestTimeoutError(str(error) or "timed out") from error
        except (OSError, HTTPParseError, RuntimeError) as error:
            raise TransportError(f"{type(error).__name__}: {error}") from error
        if not response.message_complete:
            raise TransportError("half an answer")
        fields: dict[str, str] = {}
        cookies: list[str] = []
        for name, value in response.items():
            key = name.lower()
            if key == "set-cookie":
                cookies.append(value)
            else:
                fields[key] = f"{fields[key]}, {value}" if key in fields else value
        return Answer(status=response.status_code, headers=fields, cookies=cookies, body=content)

    def close(self) -> None:
        """Close all idle connections."""
        self._client.close()
