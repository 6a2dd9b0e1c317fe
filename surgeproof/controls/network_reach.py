"""Network reach: which subnets the internet can route to, and which security groups admit whom.

The four kinds of security-group rule (inline, ``ec2/securityGroupRule``, ``vpc/securityGroupIngressRule``,
``vpc/securityGroupEgressRule``) become one `Rule`, so that no control reads them a second way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any, Literal

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.group_rule import ALL_PORTS, Rule
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.wire import UNKNOWN_MARK

GROUP_TYPES = ("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
SUBNET_TYPES = ("aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet")

_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
_SPLIT: dict[str, Literal["ingress", "egress"]] = {
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "ingress",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": "egress",
}
_ASSOCIATION = "aws:ec2/routeTableAssociation:RouteTableAssociation"
_MAIN_ASSOCIATION = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
_TABLE = "aws:ec2/routeTable:RouteTable"
_DEFAULT_TABLE = "aws:ec2/defaultRouteTable:DefaultRouteTable"
_ROUTE = "aws:ec2/route:Route"
_NAT = "aws:ec2/natGateway:NatGateway"
_GATEWAY = "aws:ec2/internetGateway:InternetGateway"
_DEFAULT_VPC = "aws:ec2/defaultVpc:DefaultVpc"
_DECIDING = frozenset(
    {"ipProtocol", "protocol", "cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks", "fromPort", "toPort"}
)
"""What says whom a rule admits to which ports; a group that is known only later is still no address range."""


class NetworkReach:
    """Reachability in one graph; made once a graph by `reach`."""

    def __init__(self, context: Context) -> None:
        self._value = context.value
        self._once = context.once
        self._graph: Graph = context.graph
        self._by_id = {item.id: item for item in self._graph.resources if item.id}

    def linked(self, resource: Resource, property_: str, types: Iterable[str] = ()) -> tuple[Resource, ...]:
        """Resources that a property names: by property dependency, else by a physical id written out."""
        wanted = tuple(types)
        found = {item.urn: item for item in self._graph.sources(resource, property_)}
        value = self._value(resource, property_)
        for id_ in value if isinstance(value, list) else [value]:
            if isinstance(id_, str) and (named := self._by_id.get(id_)) is not None:
                found[named.urn] = named
        return tuple(item for item in found.values() if not wanted or item.type in wanted)

    def linking(self, resource: Resource, types: str | Iterable[str], property_: str) -> list[Resource]:
        """Resources of these types whose property names this one: `linked`, read backwards."""
        wanted = (types,) if isinstance(types, str) else tuple(types)
        return self._once(("linking", wanted, property_), lambda: self._backwards(wanted, property_)).get(
            resource.urn, []
        )

    def _backwards(self, types: tuple[str, ...], property_: str) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for type_ in types:
            for item in self._graph.of_type(type_):
                for named in self.linked(item, property_):
                    found.setdefault(named.urn, []).append(item)
        return found

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """All rules of all groups, of all four kinds."""
        return tuple(self._rules())

    def into(self, group: Resource) -> tuple[Rule, ...]:
        """Ingress rules of a group."""
        return tuple(self._by_group.get((group.urn, "ingress"), ()))

    def out_of(self, group: Resource) -> tuple[Rule, ...]:
        """Egress rules of a group."""
        return tuple(self._by_group.get((group.urn, "egress"), ()))

    @cached_property
    def _by_group(self) -> dict[tuple[str, str], list[Rule]]:
        found: dict[tuple[str, str], list[Rule]] = {}
        for rule in self.rules:
            if rule.group is not None:
                found.setdefault((rule.group, rule.direction), []).append(rule)
        return found

    def groups_of(self, resource: Resource, property_: str) -> tuple[Resource, ...]:
        """Security groups that a property of a resource names."""
        return self.linked(resource, property_, GROUP_TYPES)

    def subnets_of(self, resource: Resource, property_: str) -> tuple[Resource, ...]:
        """Subnets that a property of a resource names."""
        return self.linked(resource, property_, SUBNET_TYPES)

    def has_internet_route(self, subnet: Resource) -> bool | None:
        """Whether the subnet's route table leads to an internet gateway; None when that is not known.

        A subnet without an association uses the VPC's main table, which has only the local route unless
        the program changes it (Amazon VPC User Guide, 'Subnet route tables').
        """
        own = self._own_tables(subnet)
        answers = [self._table_leads_out(table) for table in own or self._main_tables(subnet)]
        if not own:
            answers += self._of_no_table_here(subnet)
        if any(answers):
            return True
        return None if None in answers else False

    def nat_gateways_of(self, subnet: Resource) -> list[Resource]:
        """NAT gateways of this program that a subnet's routes lead to."""
        return [
            gateway
            for table in self._own_tables(subnet) or self._main_tables(subnet)
            for route in self.linking(table, _ROUTE, "routeTableId")
            for gateway in self.linked(route, "natGatewayId", (_NAT,))
        ]

    def _own_tables(self, subnet: Resource) -> list[Resource]:
        return [
            table
            for item in self.linking(subnet, _ASSOCIATION, "subnetId")
            for table in self.linked(item, "routeTableId", (_TABLE, _DEFAULT_TABLE))
        ]

    def _main_tables(self, subnet: Resource) -> list[Resource]:
        vpcs = self.linked(subnet, "vpcId")
        mains = [
            table
            for vpc in vpcs
            for item in self.linking(vpc, _MAIN_ASSOCIATION, "vpcId")
            for table in self.linked(item, "routeTableId", (_TABLE,))
        ]
        # A program names the VPC by its table's id, an account by its own.
        keys = ("defaultRouteTableId", "vpcId")
        return mains or [table for vpc in vpcs for key in keys for table in self.linking(vpc, _DEFAULT_TABLE, key)]

    def _of_no_table_here(self, subnet: Resource) -> list[bool | None]:
        """What is known of a main table that is no resource: by routes given to it, and by whose network it is."""
        vpcs = self.linked(subnet, "vpcId")
        routes = [route for vpc in vpcs for route in self.linking(vpc, _ROUTE, "routeTableId")]
        found = [self._lead_out(routes)]
        if subnet.type == SUBNET_TYPES[1] or any(vpc.type == _DEFAULT_VPC for vpc in vpcs):
            # AWS makes it with a route to the internet (Amazon VPC User Guide, 'Default VPC components').
            found.append(True)
        elif not vpcs and not subnet.property_dependencies.get("vpcId"):
            found.append(None)
        return found

    def _table_leads_out(self, table: Resource) -> bool | None:
        return self._once(("leads out", table.urn), lambda: self._leads_out(table))

    def _leads_out(self, table: Resource) -> bool | None:
        gateways: list[Any] = []
        inline = self._value(table, "routes")
        if isinstance(inline, list):
            gateways += [item.get("gatewayId", ABSENT) for item in inline if isinstance(item, dict)]
        elif inline is UNKNOWN:
            gateways.append(UNKNOWN)
        if any(item.type == _GATEWAY for item in self._graph.sources(table, "routes")):
            return True
        return self._lead_out(self.linking(table, _ROUTE, "routeTableId"), gateways)

    def _lead_out(self, routes: list[Resource], gateways: Iterable[Any] = ()) -> bool | None:
        """Whether one of these routes, or of these ids, is an internet gateway; None when one is not known."""
        if any(self.linked(route, "gatewayId", (_GATEWAY,)) for route in routes):
            return True
        named = [*gateways, *(self._value(route, "gatewayId") for route in routes)]
        if any(isinstance(item, str) and item.startswith("igw-") for item in named):
            return True
        return None if any(item is UNKNOWN for item in named) else False

    def _rules(self) -> Iterator[Rule]:
        for resource in self._graph.resources:
            if resource.type in GROUP_TYPES:
                yield from self._inline(resource)
            elif resource.type == _RULE:
                direction = self._value(resource, "type")
                yield self._rule(
                    resource,
                    self._owner(resource),
                    "egress" if direction == "egress" else "ingress",
                    lambda key, resource=resource: self._value(resource, key),
                    "",
                )
            elif resource.type in _SPLIT:
                yield self._rule(
                    resource,
                    self._owner(resource),
                    _SPLIT[resource.type],
                    lambda key, resource=resource: self._value(resource, key),
                    "",
                )

    def _inline(self, group: Resource) -> Iterator[Rule]:
        for direction in ("ingress", "egress"):
            entries = self._value(group, direction)
            for number, entry in enumerate(entries if isinstance(entries, list) else []):
                place = f"{direction}[{number}]"
                yield self._rule(
                    group,
                    group.urn,
                    direction,
                    lambda key, entry=entry: entry.get(key, ABSENT) if isinstance(entry, dict) else UNKNOWN,
                    place,
                )
            if entries is UNKNOWN:
                yield self._rule(group, group.urn, direction, lambda _key: UNKNOWN, direction)

    def _owner(self, resource: Resource) -> str | None:
        owners = self.linked(resource, "securityGroupId", GROUP_TYPES)
        return owners[0].urn if owners else None

    def _rule(
        self, resource: Resource, group: str | None, direction: Literal["ingress", "egress"], read: Any, place: str
    ) -> Rule:
        keys = {
            "protocol": ("ipProtocol", "protocol"),
            "ranges": ("cidrIpv4", "cidrIpv6", "cidrBlocks", "ipv6CidrBlocks"),
            "groups": ("referencedSecurityGroupId", "sourceSecurityGroupId", "securityGroups"),
        }
        undecided: list[str] = []

        def known(key: str) -> Any:
            value = read(key)
            if value is UNKNOWN or value == UNKNOWN_MARK or (isinstance(value, list) and UNKNOWN_MARK in value):
                if key in _DECIDING:
                    undecided.append(key)
                return None
            return None if value is ABSENT else value

        protocol = next((str(value) for key in keys["protocol"] if (value := known(key)) is not None), "-1")
        first, last = known("fromPort"), known("toPort")
        groups: set[str] = {group} if known("self") is True and group else set()
        for key in keys["groups"]:
            if not place:
                groups |= {item.urn for item in self.linked(resource, key, GROUP_TYPES)}
            groups |= {named.urn if (named := self._by_id.get(id_)) else id_ for id_ in _texts(known(key))}
        # Where the whole rule is not known, neither is whether it names a list.
        by_list = read("cidrIpv4") is not UNKNOWN and any(
            read(key) not in (ABSENT, None, []) for key in ("prefixListId", "prefixListIds")
        )
        return Rule(
            resource=resource,
            group=group,
            direction=direction,
            protocol="-1" if protocol == "all" else protocol,
            ports=ALL_PORTS if protocol in {"-1", "all"} else _ports(first, last),
            ranges=frozenset(range_ for key in keys["ranges"] for range_ in _texts(known(key))),
            by_list=by_list,
            groups=frozenset(groups),
            described=bool(known("description")),
            undecided=tuple(undecided),
            place=place,
        )


def _ports(first: Any, last: Any) -> tuple[int, int]:
    """First and last port; all of them where what is written is no number, so that nothing slips through."""
    try:
        return int(first), int(last or first)
    except (TypeError, ValueError):
        return ALL_PORTS


def _texts(value: Any) -> list[str]:
    return [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]


def reach(context: Context) -> NetworkReach:
    """The reach of the context's graph; made once a run."""
    return context.once("reach", lambda: NetworkReach(context))
