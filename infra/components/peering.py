"""Peering: a way between two networks of one region, for those that are let in and no others."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.components.component import Component, Transforms, component_options
from infra.components.load_balancer import LoadBalancer
from infra.components.network import Network


@dataclass(frozen=True, kw_only=True)
class PeeringArgs:
    """What a Peering is made from.

    Attributes:
        near: The network that asks.
        far: The network that is asked.
        balancer: What the near network reaches, and nothing else.
        domain: Name that leads to it inside of the near network, as its certificate says; None for its own.
        transform: Changes to children.
    """

    near: Network
    far: Network
    balancer: LoadBalancer
    domain: str | None = None
    transform: Transforms | None = None


class Peering(Component):
    """A peering connection with routes both ways, and one open port.

    Attributes:
        connection: The peering connection.
    """

    def __init__(self, name: str, args: PeeringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Peering", name, {}, component_options(name, opts, args.transform))
        self.connection = aws.ec2.VpcPeeringConnection(
            name,
            vpc_id=args.near.vpc.id,
            peer_vpc_id=args.far.vpc.id,
            auto_accept=True,
            # The load balancer's name leads to its private addresses on both sides.
            accepter={"allow_remote_vpc_dns_resolution": True},
            requester={"allow_remote_vpc_dns_resolution": True},
            tags={"Name": name},
            opts=self._child(),
        )
        for side, here, there in (("near", args.near, args.far), ("far", args.far, args.near)):
            for number, table in enumerate(here.task_route_tables):
                aws.ec2.Route(
                    f"{name}-{side}-{number}",
                    route_table_id=table.id,
                    destination_cidr_block=there.cidr,
                    vpc_peering_connection_id=self.connection.id,
                    opts=self._child(),
                )
        port = 443 if args.balancer.scheme == "https" else 80
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-in-{port}",
            security_group_id=args.balancer.group.id,
            description="Load generators",
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            cidr_ipv4=args.near.cidr,
            opts=self._child(),
        )
        if args.domain is not None:
            self._name_inside(name, args, args.domain)
        self._done({"id": self.connection.id})

    def _name_inside(self, name: str, args: PeeringArgs, domain: str) -> None:
        zone = aws.route53.Zone(
            f"{name}-names",
            name=domain,
            comment="The shop, by the way through the network",
            vpcs=[{"vpc_id": args.near.vpc.id}],
            opts=self._child(),
        )
        balancer = args.balancer.balancer
        aws.route53.Record(
            f"{name}-shop",
            zone_id=zone.zone_id,
            name=domain,
            type="A",
            aliases=[{"name": balancer.dns_name, "zone_id": balancer.zone_id, "evaluate_target_health": False}],
            opts=self._child(),
        )
