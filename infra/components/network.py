"""Network: a VPC over several zones in which only the edge is reachable."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

import pulumi
import pulumi_aws as aws

from infra.account import Account
from infra.components.component import Component, Transforms, component_options
from infra.components.flow_logs import FlowLogs
from infra.subnets import Tier, subnet_of
from infra.tags import SCOPE

ANYWHERE = "0.0.0.0/0"
_SCOPES = {Tier.CARD_DATA: {SCOPE: "cde"}}


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What a Network is made from.

    Attributes:
        account: Where it lies.
        cidr: Its addresses, /16 to /20.
        zones: Availability zones.
        nat: A NAT gateway in each zone, or one for all: cheaper, and its zone's failure takes all ways out.
        log_key: KMS key of the flow logs.
        flow_log_retention_days: How long flow logs are kept.
        transform: Changes to children.
    """

    account: Account
    cidr: IPv4Network
    log_key: pulumi.Input[str]
    zones: int = 3
    nat: Literal["per_zone", "one"] = "per_zone"
    flow_log_retention_days: int = 365
    protect: bool = True
    transform: Transforms | None = None


class Network(Component):
    """A VPC with public, app, card-data and data subnets; the default security group is empty.

    Attributes:
        vpc: The VPC.
        cidr: Its addresses.
        zones: How many availability zones it spans.
        public, app, card_data, data: Subnets by tier, one a zone.
        task_route_tables: Of the subnets in which tasks lie, for gateway endpoints.
    """

    def __init__(self, name: str, args: NetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Network", name, {}, component_options(name, opts, args.transform))
        self._name = name
        self._args = args
        self.cidr = str(args.cidr)
        self.zones = args.zones
        self.vpc = aws.ec2.Vpc(
            f"{name}-vpc",
            cidr_block=self.cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags={"Name": name},
            opts=self._child(),
        )
        # An adopted default group without rules: what is made without a group reaches nothing.
        aws.ec2.DefaultSecurityGroup(
            f"{name}-default-group", vpc_id=self.vpc.id, tags={"Name": f"{name}-locked"}, opts=self._child()
        )
        gateway = aws.ec2.InternetGateway(
            f"{name}-gateway", vpc_id=self.vpc.id, tags={"Name": name}, opts=self._child()
        )
        self.public = self._subnets(Tier.PUBLIC)
        self.app = self._subnets(Tier.APP)
        self.card_data = self._subnets(Tier.CARD_DATA)
        self.data = self._subnets(Tier.DATA)
        self._route_public(gateway)
        self.task_route_tables = self._route_tasks(gateway)
        self._route_data()
        FlowLogs(
            f"{name}-flow-logs",
            account=args.account,
            vpc_id=self.vpc.id,
            key=args.log_key,
            retention_days=args.flow_log_retention_days,
            protect=args.protect,
            opts=self._child(),
        )
        self._done({"vpc_id": self.vpc.id})

    def _subnets(self, tier: Tier) -> list[aws.ec2.Subnet]:
        return [
            aws.ec2.Subnet(
                f"{self._name}-{tier}-{zone}",
                vpc_id=self.vpc.id,
                availability_zone=self._args.account.zone(zone),
                cidr_block=str(subnet_of(self._args.cidr, zone, tier)),
                map_public_ip_on_launch=False,
                tags={"Name": f"{self._name}-{tier}-{zone}", "tier": str(tier), **_SCOPES.get(tier, {})},
                opts=self._child(),
            )
            for zone in range(self._args.zones)
        ]

    def _table(self, key: str, subnets: list[aws.ec2.Subnet]) -> aws.ec2.RouteTable:
        table = aws.ec2.RouteTable(
            f"{self._name}-{key}-routes", vpc_id=self.vpc.id, tags={"Name": f"{self._name}-{key}"}, opts=self._child()
        )
        for number, subnet in enumerate(subnets):
            aws.ec2.RouteTableAssociation(
                f"{self._name}-{key}-routes-{number}", route_table_id=table.id, subnet_id=subnet.id, opts=self._child()
            )
        return table

    def _route_public(self, gateway: aws.ec2.InternetGateway) -> None:
        table = self._table("public", self.public)
        aws.ec2.Route(
            f"{self._name}-public-out",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            gateway_id=gateway.id,
            opts=self._child(),
        )

    def _route_tasks(self, gateway: aws.ec2.InternetGateway) -> list[aws.ec2.RouteTable]:
        """Tasks reach the internet through NAT; those that see cards have routes of their own, to be cut apart."""
        count = self._args.zones if self._args.nat == "per_zone" else 1
        gateways = [self._nat(zone, gateway) for zone in range(count)]
        tables = []
        for tier, subnets in ((Tier.APP, self.app), (Tier.CARD_DATA, self.card_data)):
            for zone, nat in enumerate(gateways):
                served = [subnet for number, subnet in enumerate(subnets) if number % count == zone]
                key = f"{tier}-{zone}"
                table = self._table(key, served)
                aws.ec2.Route(
                    f"{self._name}-{key}-out",
                    route_table_id=table.id,
                    destination_cidr_block=ANYWHERE,
                    nat_gateway_id=nat.id,
                    opts=self._child(),
                )
                tables.append(table)
        return tables

    def _nat(self, zone: int, gateway: aws.ec2.InternetGateway) -> aws.ec2.NatGateway:
        tags = {"Name": f"{self._name}-nat-{zone}"}
        address = aws.ec2.Eip(f"{self._name}-nat-{zone}-address", domain="vpc", tags=tags, opts=self._child())
        return aws.ec2.NatGateway(
            f"{self._name}-nat-{zone}",
            allocation_id=address.id,
            subnet_id=self.public[zone].id,
            tags=tags,
            # AWS: a NAT gateway needs the VPC's internet gateway to be attached first.
            opts=self._child(depends_on=[gateway]),
        )

    def _route_data(self) -> None:
        self._table("data", self.data)
