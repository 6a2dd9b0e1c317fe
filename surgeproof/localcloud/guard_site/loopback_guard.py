"""Refuses every connection and name lookup that would leave this machine. Standard library alone: any Python can load it.

An audit hook sees what Python's own sockets do in C, whoever calls them, and cannot be taken off again.
Two gaps are closed beside it: names that ``connect`` itself would look up, and uvloop, whose sockets are libuv's.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import ipaddress
import os
import socket
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any

REFUSED_MEND = "Local commands reach this machine alone: point it at the embedded AWS or at a local part"
_CONNECTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_LOOKUPS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})
_state = {"installed": False}


class LoopbackOnlyError(PermissionError):
    """A local command tried to reach another machine; nothing was sent."""

    def __init__(self, target: object, how: str) -> None:
        self.target = target
        super().__init__(f"refused to {how} {target!r}: it is not this machine. {REFUSED_MEND}.")


def is_loopback(host: object) -> bool:
    """Whether a host name or literal address stays on this machine.

    The unspecified addresses count: Linux and macOS connect them to the loopback. So does the machine's own name,
    which servers look up when they bind; it says nothing to anybody, and connecting to its outer address is refused.
    """
    if host is None:
        return True
    if isinstance(host, (bytes, bytearray)):
        host = bytes(host).decode("ascii", "replace")
    if not isinstance(host, str):
        return False
    name = host.partition("%")[0].rstrip(".").lower()
    if name in {"", "localhost"} or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    return address.is_loopback or address.is_unspecified


def check_address(family: int, address: object, how: str = "connect to") -> None:
    """Raise `LoopbackOnlyError` unless a socket of this family stays on this machine with this address.

    Raises:
        LoopbackOnlyError: The address belongs to another machine, or is a name that is not localhost.
    """
    local = {socket.AF_UNIX, getattr(socket, "AF_NETLINK", socket.AF_UNIX)}
    if address is None or family in local:
        return
    if isinstance(address, tuple) and address and is_loopback(address[0]):
        return
    raise LoopbackOnlyError(address, how)


def _check_lookup(host: object) -> None:
    if is_loopback(host) or host == os.uname().nodename:
        return
    raise LoopbackOnlyError(host, "look up")


def _audit(event: str, args: tuple[Any, ...]) -> None:
    if not event.startswith("socket."):
        return
    if event in _CONNECTS:
        check_address(args[0].family, args[1], "connect to" if event == "socket.connect" else "send to")
    elif event in _LOOKUPS:
        _check_lookup(args[0])
    elif event == "socket.getnameinfo":
        _check_lookup(args[0][0])


def _check_before_c_looks_up_names() -> None:
    """``_socket`` resolves a host name in ``connect`` before it raises its audit event: check before it."""
    connect, connect_ex, sendto = socket.socket.connect, socket.socket.connect_ex, socket.socket.sendto

    def guarded_connect(self: socket.socket, address: Any) -> None:
        check_address(self.family, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        check_address(self.family, address)
        return connect_ex(self, address)

    def guarded_sendto(self: socket.socket, data: Any, *rest: Any) -> int:
        if rest:
            check_address(self.family, rest[-1], "send to")
        return sendto(self, data, *rest)

    methods: dict[str, Any] = {"connect": guarded_connect, "connect_ex": guarded_connect_ex, "sendto": guarded_sendto}
    for name, method in methods.items():
        setattr(socket.socket, name, method)


def _guard_uvloop(uvloop: ModuleType) -> None:
    """Check what uvloop's loop opens itself, below Python's sockets."""
    loop = uvloop.Loop
    connect, lookup, datagrams = loop.create_connection, loop.getaddrinfo, loop.create_datagram_endpoint

    async def create_connection(self: Any, protocol: Any, host: Any = None, port: Any = None, **options: Any) -> Any:
        _check_lookup(host)
        return await connect(self, protocol, host, port, **options)

    async def getaddrinfo(self: Any, host: Any, port: Any, **options: Any) -> Any:
        _check_lookup(host)
        return await lookup(self, host, port, **options)

    async def create_datagram_endpoint(
        self: Any, protocol: Any, local_addr: Any = None, remote_addr: Any = None, **options: Any
    ) -> Any:
        check_address(socket.AF_INET, remote_addr, "send to")
        return await datagrams(self, protocol, local_addr, remote_addr, **options)

    for method in (create_connection, getaddrinfo, create_datagram_endpoint):
        setattr(loop, method.__name__, method)


class _UvloopWatch(importlib.abc.MetaPathFinder):
    """Guards uvloop in the moment in which it is imported, if ever it is."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != "uvloop":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def load_and_guard(module: ModuleType) -> None:
            load(module)
            _guard_uvloop(module)

        spec.loader.exec_module = load_and_guard
        return spec


def install() -> None:
    """Guard this process for the rest of its life; calling it again does nothing."""
    if _state["installed"]:
        return
    _state["installed"] = True
    sys.addaudithook(_audit)
    _check_before_c_looks_up_names()
    if "uvloop" in sys.modules:
        _guard_uvloop(sys.modules["uvloop"])
    else:
        sys.meta_path.insert(0, _UvloopWatch())
