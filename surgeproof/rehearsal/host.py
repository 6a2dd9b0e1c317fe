"""The target of a load test: named, confirmed when it is not this machine, and answering."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from surgeproof.rehearsal.errors import HostError

ANSWERS_WITHIN = 10.0


def check_host(host: str, confirmed: str | None) -> str:
    """The base URL of a target that may be loaded.

    Args:
        host: As given: `https://staging.example.com`.
        confirmed: The host's name, given again.

    Raises:
        HostError: It is no base URL, is not this machine and was not confirmed by name, or does not answer.
    """
    name = _name_of(host)
    if name is None:
        raise HostError(
            "not a base URL",
            path="--host",
            got=host,
            allowed="http://NAME[:PORT] or https://NAME[:PORT], without a path",
            fix="Write it as https://staging.example.com",
        )
    if not is_this_machine(name) and confirmed != name:
        problem = f"{name} is not this machine, and it was not confirmed by name"
        mend = f"Tell whoever runs it, then add --confirm-host {name}"
        if confirmed is None:
            raise HostError(problem, path="--confirm-host", fix=mend)
        raise HostError(problem, path="--confirm-host", got=confirmed, allowed=name, fix=mend)
    require_answer(host)
    return host.rstrip("/")


def _name_of(host: str) -> str | None:
    """The host's name in a base URL; None when it is no base URL."""
    try:
        parts = urlsplit(host)
        sound = parts.scheme in {"http", "https"} and parts.path in {"", "/"} and not parts.query and parts.port != 0
    except ValueError:  # a port or an IPv6 address that can't be
        return None
    return parts.hostname if sound else None


def is_this_machine(name: str) -> bool:
    """Whether a host name is loopback, by its address or by every address that it resolves to."""
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        pass
    try:
        found = {info[4][0] for info in socket.getaddrinfo(name, None)}
    except (OSError, UnicodeError):  # not to be resolved, or no name that could be
        return False
    return bool(found) and all(ipaddress.ip_address(address).is_loopback for address in found)


def require_answer(host: str) -> None:
    """One request; any HTTP answer will do.

    Raises:
        HostError: There is no answer.
    """
    request = urllib.request.Request(host, headers={"User-Agent": "surgeproof"})  # noqa: S310 -- http and https only
    try:
        with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN):  # noqa: S310 -- http and https only
            return
    except urllib.error.HTTPError as error:
        error.close()
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        raise HostError(
            f"does not answer ({reason})", path="--host", got=host, fix="Check the address, and that it runs"
        ) from None
