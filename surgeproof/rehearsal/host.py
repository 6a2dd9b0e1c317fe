"""The target of a load test: named, confirmed when it is not this machine, and answering."""

from __future__ import annotations

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
    parts = urlsplit(host)
    name = parts.hostname
    try:
        sound = parts.port is None or parts.port > 0
    except ValueError:
        sound = False
    if parts.scheme not in {"http", "https"} or not name or parts.path not in {"", "/"} or parts.query or not sound:
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
    except OSError:
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
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise HostError(
            f"does not answer ({reason})", path="--host", got=host, fix="Check the address, and that it runs"
        ) from None
