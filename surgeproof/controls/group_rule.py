"""One rule of a security group, however it is written; and which address ranges are everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Literal

from surgeproof.graph.model import Resource

ALL_PORTS = (0, 65_535)
_PUBLIC_IPV6 = IPv6Network("2000::/3")
"""All of IPv6 that is on the internet (RFC 4291, 2.4, and IANA's registry of global unicast addresses)."""


@cache
def is_everywhere(range_: str) -> bool:
    """Whether a CIDR range is the internet, or half of it: two halves are how a rule of everything is hidden."""
    try:
        network = ip_network(range_, strict=False)
    except ValueError:
        return False
    if isinstance(network, IPv4Network):
        return network.prefixlen <= 1
    return network.supernet_of(_PUBLIC_IPV6)


@dataclass(frozen=True)
class Rule:
    """One way into or out of a security group.

    Attributes:
        resource: Where it is written: the group itself, or a rule of its own.
        group: URN of the group; None when it is not of this program or not known.
        direction: Ingress or egress.
        protocol: ``tcp``, ``udp``, ``icmp``, ...; ``-1`` for all.
        ports: First and last; all of them when the protocol is ``-1``.
        ranges: CIDR ranges admitted.
        by_list: Whether it admits a list of prefixes: address ranges that stand elsewhere.
        groups: URNs, or ids where they are not of this program, of groups admitted.
        described: Whether it says what it is for.
        undecided: Properties that say whom it admits, and to what, and whose value is not known.
        place: Property of the resource that it stands in; "" when the resource is the rule.
    """

    resource: Resource
    group: str | None
    direction: Literal["ingress", "egress"]
    protocol: str
    ports: tuple[int, int]
    ranges: frozenset[str]
    by_list: bool
    groups: frozenset[str]
    described: bool
    undecided: tuple[str, ...]
    place: str

    @property
    def from_world(self) -> bool:
        """Whether it names everybody."""
        return any(map(is_everywhere, self.ranges))

    def covers(self, port: int) -> bool:
        """Whether the port is inside it."""
        return self.ports[0] <= port <= self.ports[1]

    @property
    def all_ports(self) -> bool:
        """Whether it leaves no port out."""
        return self.protocol == "-1" or (self.ports[0] <= 1 and self.ports[1] >= ALL_PORTS[1])
