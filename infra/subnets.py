"""How a VPC's addresses are shared out: pure arithmetic."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Network

ZONE_BLOCKS = 4
"""The VPC is cut in four zone blocks, so that a zone can be added without moving another's addresses."""


class Tier(StrEnum):
    """What a subnet is for: who may reach it and what it may reach."""

    APP = "app"
    """Tasks. No address of their own on the internet; out through NAT."""
    PUBLIC = "public"
    """Load balancer and NAT gateways: the only ones with a route from the internet."""
    DATA = "data"
    """Database and cache. No route out of the VPC."""
    CARD_DATA = "card-data"
    """Tasks that handle cards, apart from all others."""


def subnet_of(vpc: IPv4Network, zone: int, tier: Tier) -> IPv4Network:
    """Addresses of one tier in one zone.

    A zone's block is a quarter of the VPC. Half of it is for tasks, which are many; a quarter is public; data
    and card data have an eighth each.

    Args:
        vpc: Block of the VPC, /16 to /20.
        zone: Number of the zone, 0 to 3.
        tier: Which of its subnets.
    """
    block = list(vpc.subnets(prefixlen_diff=2))[zone]
    app, rest = block.subnets(prefixlen_diff=1)
    public, small = rest.subnets(prefixlen_diff=1)
    data, card_data = small.subnets(prefixlen_diff=1)
    return {Tier.APP: app, Tier.PUBLIC: public, Tier.DATA: data, Tier.CARD_DATA: card_data}[tier]
