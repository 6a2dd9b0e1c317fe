"""Small graphs to compare."""

from __future__ import annotations

from typing import Any

from surgeproof.graph.model import Graph, Options, Resource


def resource(
    type_: str,
    label: str,
    /,
    *,
    uses: dict[str, list[Resource]] | None = None,
    options: Options | None = None,
    outputs: dict[str, Any] | None = None,
    secrets: tuple[str, ...] = (),
    **inputs: Any,
) -> Resource:
    """A resource below no component."""
    links = {key: tuple(item.urn for item in items) for key, items in (uses or {}).items()}
    return Resource(
        type=type_,
        name=label,
        urn=f"urn:pulumi:test::shop::{type_}::{label}",
        id=f"id-of-{label}",
        inputs=inputs,
        outputs={**inputs, **(outputs or {})},
        property_dependencies=links,
        options=options or Options(),
        secrets=secrets,
    )


def graph(*resources: Resource) -> Graph:
    """A graph of these."""
    return Graph(project="shop", stack="test", resources=resources)


VPC = resource("aws:ec2/vpc:Vpc", "net", cidrBlock="10.0.0.0/16", outputs={"arn": "arn:aws:ec2:::vpc/net"})
SUBNET = resource("aws:ec2/subnet:Subnet", "zone-a", uses={"vpcId": [VPC]}, vpcId="id-of-net", cidrBlock="10.0.0.0/24")
QUEUE = resource("aws:sqs/queue:Queue", "orders", name="shop-orders", visibilityTimeoutSeconds=60)
