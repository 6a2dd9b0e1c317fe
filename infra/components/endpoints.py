"""Endpoints: how tasks reach AWS without the internet, for this account's own things only."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra import policies
from infra.account import Account
from infra.components.component import Component, Transforms, component_options
from infra.components.network import Network

SERVICES = ("ecr.api", "ecr.dkr", "events", "kms", "logs", "secretsmanager", "sqs", "sts")
"""What tasks call: image pulls, the event bus, keys, logs, secrets, the queue, their own identity."""

_OF_THIS_ACCOUNT = frozenset({"events", "kms", "logs", "secretsmanager", "sqs"})


@dataclass(frozen=True, kw_only=True)
class EndpointsArgs:
    """What Endpoints are made from.

    Attributes:
        account: Where they lie.
        network: The VPC.
        services: Interface endpoints; the gateway endpoints of S3 and DynamoDB are always there and cost nothing.
        transform: Changes to children.
    """

    account: Account
    network: Network
    services: tuple[str, ...] = SERVICES
    transform: Transforms | None = None


class Endpoints(Component):
    """Gateway endpoints for S3 and DynamoDB, and interface endpoints in the app subnets."""

    def __init__(self, name: str, args: EndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Endpoints", name, {}, component_options(name, opts, args.transform))
        network, account = args.network, args.account
        for gateway, policy in (("s3", _bucket_policy(account)), ("dynamodb", _table_policy(account))):
            aws.ec2.VpcEndpoint(
                f"{name}-{gateway}",
                vpc_id=network.vpc.id,
                service_name=f"com.amazonaws.{account.region}.{gateway}",
                vpc_endpoint_type="Gateway",
                route_table_ids=[table.id for table in network.task_route_tables],
                policy=policy,
                tags={"Name": f"{name}-{gateway}"},
                opts=self._child(),
            )
        if args.services:
            group = self._group(name, network)
            for service in args.services:
                aws.ec2.VpcEndpoint(
                    f"{name}-{service.replace('.', '-')}",
                    vpc_id=network.vpc.id,
                    service_name=f"com.amazonaws.{account.region}.{service}",
                    vpc_endpoint_type="Interface",
                    private_dns_enabled=True,
                    subnet_ids=[subnet.id for subnet in network.app],
                    security_group_ids=[group.id],
                    policy=_own_account_policy(service, account),
                    tags={"Name": f"{name}-{service}"},
                    opts=self._child(),
                )
        self._done({})

    def _group(self, name: str, network: Network) -> aws.ec2.SecurityGroup:
        group = aws.ec2.SecurityGroup(
            f"{name}-group",
            vpc_id=network.vpc.id,
            description="Interface endpoints of AWS services",
            tags={"Name": name},
            opts=self._child(),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{name}-in",
            security_group_id=group.id,
            description="AWS APIs from inside the VPC",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4=network.cidr,
            opts=self._child(),
        )
        return group


def _own_account_policy(service: str, account: Account) -> pulumi.Output[str]:
    """This account's principals, this service's actions and, but for images, this account's things.

    An image may lie in a registry of another account, and a token of STS or ECR in none at all.
    """
    bound: dict[str, pulumi.Input[str]] = {"aws:PrincipalAccount": account.id}
    if service in _OF_THIS_ACCOUNT:
        bound["aws:ResourceAccount"] = account.id
    return policies.document(
        policies.allow(
            "OnlyThisAccount", [f"{service.partition('.')[0]}:*"], "*", principal="*", condition={"StringEquals": bound}
        )
    )


def _bucket_policy(account: Account) -> pulumi.Output[str]:
    layers = pulumi.Output.format("arn:{0}:s3:::prod-{1}-starport-layer-bucket/*", account.partition, account.region)
    return policies.document(
        policies.allow(
            "OwnBuckets", ["s3:*"], "*", principal="*", condition={"StringEquals": {"aws:ResourceAccount": account.id}}
        ),
        # Image layers lie in a bucket of ECR's own (Amazon ECR User Guide, 'Minimum Amazon S3 bucket permissions').
        policies.allow("ImageLayers", ["s3:GetObject"], [layers], principal="*"),
    )


def _table_policy(account: Account) -> pulumi.Output[str]:
    own = {"StringEquals": {"aws:PrincipalAccount": account.id, "aws:ResourceAccount": account.id}}
    return policies.document(policies.allow("OwnTables", ["dynamodb:*"], "*", principal="*", condition=own))
