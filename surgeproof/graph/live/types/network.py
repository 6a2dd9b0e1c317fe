"""Networks: VPCs, subnets, route tables, gateways, endpoints, flow logs, network ACLs."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import part_or, picked, tags, without_nothing


def _arn(account: Reading, kind: str, id_: str) -> dict[str, Any]:
    return {"arn": account.account.arn("ec2", f"{kind}/{id_}")}


@reads(
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    calls=("ec2.describe_vpcs", "ec2.describe_vpc_attribute", "ec2.describe_subnets"),
)
def networks(account: Reading) -> Iterator[Found]:
    """VPCs and subnets, but those that AWS makes in every account."""
    defaults = set()
    for row in account.rows("ec2.describe_vpcs", "Vpcs"):
        id_ = row["VpcId"]
        if row.get("IsDefault"):
            defaults.add(id_)
            continue
        flags = {}
        for ours, theirs in (("enableDnsHostnames", "EnableDnsHostnames"), ("enableDnsSupport", "EnableDnsSupport")):
            answer = account.part("ec2.describe_vpc_attribute", VpcId=id_, Attribute=ours)
            flags[ours] = part_or(answer, lambda given, theirs=theirs: given[theirs]["Value"])
        inputs = {**picked(row, cidrBlock="CidrBlock"), **flags, "tags": tags(row.get("Tags"))}
        yield Found("aws:ec2/vpc:Vpc", id_, inputs, _arn(account, "vpc", id_))
    for row in account.rows("ec2.describe_subnets", "Subnets"):
        id_ = row["SubnetId"]
        if row["VpcId"] in defaults:
            continue
        inputs = picked(
            row,
            vpcId="VpcId",
            cidrBlock="CidrBlock",
            availabilityZone="AvailabilityZone",
            mapPublicIpOnLaunch="MapPublicIpOnLaunch",
        )
        yield Found(
            "aws:ec2/subnet:Subnet", id_, {**inputs, "tags": tags(row.get("Tags"))}, _arn(account, "subnet", id_)
        )


@reads(
    "aws:ec2/routeTable:RouteTable",
    "aws:ec2/defaultRouteTable:DefaultRouteTable",
    "aws:ec2/route:Route",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/natGateway:NatGateway",
    "aws:ec2/eip:Eip",
    calls=(
        "ec2.describe_route_tables",
        "ec2.describe_internet_gateways",
        "ec2.describe_nat_gateways",
        "ec2.describe_addresses",
    ),
    also=("aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation",),
)
def routes(account: Reading) -> Iterator[Found]:
    """Where subnets lead to; the local route of every table is left out, as in a program."""
    for row in account.rows("ec2.describe_route_tables", "RouteTables"):
        id_ = row["RouteTableId"]
        main = any(item.get("Main") for item in row.get("Associations", ()))
        inputs = {"vpcId": row["VpcId"], "tags": tags(row.get("Tags"))}
        if main:
            inputs["defaultRouteTableId"] = id_
        kind = "defaultRouteTable:DefaultRouteTable" if main else "routeTable:RouteTable"
        yield Found(f"aws:ec2/{kind}", id_, inputs, _arn(account, "route-table", id_))
        for route in row.get("Routes", ()):
            given = picked(
                route,
                destinationCidrBlock="DestinationCidrBlock",
                destinationIpv6CidrBlock="DestinationIpv6CidrBlock",
                gatewayId="GatewayId",
                natGatewayId="NatGatewayId",
                transitGatewayId="TransitGatewayId",
                vpcPeeringConnectionId="VpcPeeringConnectionId",
                networkInterfaceId="NetworkInterfaceId",
            )
            # Routes of gateway endpoints come with the endpoint.
            if given.get("gatewayId", "").startswith(("local", "vpce-")):
                continue
            # The provider's own id of a route: its table and the checksum of where it goes.
            goes = str(given.get("destinationCidrBlock") or given.get("destinationIpv6CidrBlock") or "")
            yield Found("aws:ec2/route:Route", f"r-{id_}{zlib.crc32(goes.encode())}", {"routeTableId": id_, **given})
        yield from _associations(id_, row)
    for row in account.rows("ec2.describe_internet_gateways", "InternetGateways"):
        id_ = row["InternetGatewayId"]
        vpc = next((item["VpcId"] for item in row.get("Attachments", ())), None)
        yield Found(
            "aws:ec2/internetGateway:InternetGateway",
            id_,
            without_nothing({"vpcId": vpc}),
            _arn(account, "internet-gateway", id_),
        )
    for row in account.rows("ec2.describe_nat_gateways", "NatGateways"):
        if row.get("State") in {"deleting", "deleted"}:
            continue
        id_ = row["NatGatewayId"]
        address = next((item.get("AllocationId") for item in row.get("NatGatewayAddresses", ())), None)
        inputs = {"subnetId": row["SubnetId"], "allocationId": address, "tags": tags(row.get("Tags"))}
        yield Found("aws:ec2/natGateway:NatGateway", id_, without_nothing(inputs))
    for row in account.rows("ec2.describe_addresses", "Addresses"):
        id_ = row["AllocationId"]
        inputs = {**picked(row, domain="Domain"), "tags": tags(row.get("Tags"))}
        outputs = {**_arn(account, "elastic-ip", id_), **picked(row, publicIp="PublicIp")}
        yield Found("aws:ec2/eip:Eip", id_, inputs, outputs)


def _associations(table: str, row: dict[str, Any]) -> Iterator[Found]:
    for item in row.get("Associations", ()):
        if item.get("SubnetId"):
            link = {"routeTableId": table, "subnetId": item["SubnetId"]}
            type_ = "aws:ec2/routeTableAssociation:RouteTableAssociation"
            yield Found(type_, item["RouteTableAssociationId"], link)


@reads("aws:ec2/vpcEndpoint:VpcEndpoint", calls=("ec2.describe_vpc_endpoints",))
def endpoints(account: Reading) -> Iterator[Found]:
    """Endpoints of AWS services."""
    for row in account.rows("ec2.describe_vpc_endpoints", "VpcEndpoints"):
        id_ = row["VpcEndpointId"]
        inputs = picked(
            row,
            vpcId="VpcId",
            serviceName="ServiceName",
            vpcEndpointType="VpcEndpointType",
            policy="PolicyDocument",
            routeTableIds="RouteTableIds",
            subnetIds="SubnetIds",
            privateDnsEnabled="PrivateDnsEnabled",
        )
        groups = row.get("SecurityGroupIds") or [item["GroupId"] for item in row.get("Groups", ())]
        inputs |= {"securityGroupIds": groups, "tags": tags(row.get("Tags"))}
        yield Found("aws:ec2/vpcEndpoint:VpcEndpoint", id_, inputs, _arn(account, "vpc-endpoint", id_))


@reads("aws:ec2/flowLog:FlowLog", calls=("ec2.describe_flow_logs",))
def flow_logs(account: Reading) -> Iterator[Found]:
    """Flow logs of VPCs, subnets and interfaces."""
    for row in account.rows("ec2.describe_flow_logs", "FlowLogs"):
        id_ = row["FlowLogId"]
        target = str(row.get("ResourceId", ""))
        kind = {"vpc": "vpcId", "subnet": "subnetId", "eni": "eniId"}.get(target.partition("-")[0], "resourceId")
        inputs = picked(
            row,
            trafficType="TrafficType",
            logDestination="LogDestination",
            logDestinationType="LogDestinationType",
            iamRoleArn="DeliverLogsPermissionArn",
            maxAggregationInterval="MaxAggregationInterval",
        )
        inputs["tags"] = tags(row.get("Tags"))
        if "logDestination" not in inputs and row.get("LogGroupName"):
            inputs["logDestination"] = account.account.arn("logs", f"log-group:{row['LogGroupName']}")
        yield Found("aws:ec2/flowLog:FlowLog", id_, {kind: target, **inputs}, _arn(account, "vpc-flow-log", id_))


@reads("aws:ec2/networkAcl:NetworkAcl", "aws:ec2/networkAclRule:NetworkAclRule", calls=("ec2.describe_network_acls",))
def network_acls(account: Reading) -> Iterator[Found]:
    """Network ACLs but the ones that AWS makes with each VPC, rule by rule."""
    for row in account.rows("ec2.describe_network_acls", "NetworkAcls"):
        if row.get("IsDefault"):
            continue
        id_ = row["NetworkAclId"]
        yield Found("aws:ec2/networkAcl:NetworkAcl", id_, {"vpcId": row["VpcId"]}, _arn(account, "network-acl", id_))
        for entry in row.get("Entries", ()):
            # 32767 is the last rule of every ACL, which denies the rest.
            if entry["RuleNumber"] == 32_767:
                continue
            ports = entry.get("PortRange", {})
            inputs = {
                **picked(
                    entry,
                    ruleNumber="RuleNumber",
                    egress="Egress",
                    protocol="Protocol",
                    ruleAction="RuleAction",
                    cidrBlock="CidrBlock",
                    ipv6CidrBlock="Ipv6CidrBlock",
                ),
                **picked(ports, fromPort="From", toPort="To"),
                "networkAclId": id_,
            }
            name = f"{id_}-{'out' if entry['Egress'] else 'in'}-{entry['RuleNumber']}"
            yield Found("aws:ec2/networkAclRule:NetworkAclRule", name, inputs)
