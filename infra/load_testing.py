"""Whether a stack has load generators, what they load, and by which way they reach it."""

from __future__ import annotations

import pulumi

from infra.account import Account
from infra.components.encryption import DataClass
from infra.components.load_generators import LoadGenerators, LoadGeneratorsArgs
from infra.components.peering import Peering, PeeringArgs
from infra.edge import Edge
from infra.errors import SettingsError
from infra.foundation import Foundation
from infra.settings import Settings


def load_generators(
    name: str, settings: Settings, account: Account, foundation: Foundation, edge: Edge, opts: pulumi.ResourceOptions
) -> LoadGenerators | None:
    """The load generators of a stack; None where it has none.

    Raises:
        SettingsError: Two networks that are peered have addresses in common, or have nothing to reach each other for.
    """
    wanted = settings.load_generators
    if wanted is None:
        return None
    if wanted.peered and settings.edge.front != "cloudfront":
        # The name of a load balancer on the internet leads to its public addresses, from peered networks, too: all
        # visitors would come from the one address of the NAT gateway, and the firewall would stop them.
        raise SettingsError(
            "leads around CloudFront to a load balancer inside the network, and this stack's is on the internet",
            path="load_generators.peered",
            got=True,
            allowed="with `edge.front: cloudfront`",
            fix="Remove peered",
        )
    if wanted.peered and wanted.cidr.overlaps(settings.network.cidr):
        raise SettingsError(
            f"has addresses in common with the stack's own network ({settings.network.cidr})",
            path="load_generators.cidr",
            got=str(wanted.cidr),
            allowed="another block, /16 to /20",
        )
    balancer = edge.balancer
    inside = pulumi.Output.concat(balancer.scheme, "://", settings.edge.domain or balancer.balancer.dns_name)
    made = LoadGenerators(
        name,
        LoadGeneratorsArgs(
            account=account,
            settings=wanted,
            target=wanted.target or (inside if wanted.peered else edge.url),
            plan=settings.launch_plan,
            key=foundation.keys.arn(DataClass.LOGS),
            access_log_bucket=foundation.access_logs.bucket.id,
            keep=settings.keeps_data,
        ),
        opts=opts,
    )
    if wanted.peered:
        Peering(
            f"{name}-peering",
            PeeringArgs(near=made.network, far=foundation.network, balancer=balancer, domain=settings.edge.domain),
            opts=opts,
        )
    return made
