"""Route tables, their routes and who uses them."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.ec2_network import tag_specification

_ROUTE_NAMES = {"cidrBlock": "DestinationCidrBlock", "ipv6CidrBlock": "DestinationIpv6CidrBlock"}


@handles("aws:ec2/routeTable:RouteTable")
class RouteTable(Handler):
    """A route table, with the routes that are written in it."""

    calls = ("ec2.create_route_table", "ec2.create_route", "ec2.delete_route_table")
    elsewhere = frozenset({"routes", "propagatingVgws"})
    replace_on = frozenset({"vpcId", "region"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it and its routes."""
        tags = tag_specification(account, "route-table", inputs)
        identity = self.send(account, inputs, TagSpecifications=tags)["RouteTable"]["RouteTableId"]
        for route in inputs.get("routes") or []:
            account.send(
                "ec2.create_route", {"routeTableId": identity, **route}, renamed=_ROUTE_NAMES, leave_out=["tags"]
            )
        arn = account.arn("ec2", f"route-table/{identity}", inputs)
        return identity, self.outputs(account, inputs, arn=arn, ownerId=account.number)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("ec2", existing.inputs).delete_route_table(RouteTableId=existing.identity)


@handles("aws:ec2/route:Route")
class Route(Handler):
    """One route of a table."""

    calls = ("ec2.create_route", "ec2.delete_route")
    renamed: ClassVar = {"egressOnlyGatewayId": "EgressOnlyInternetGatewayId"}
    replace_on = frozenset({"routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "region"})
    computed = ("origin", "state")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is the provider's, from table and destination."""
        self.send(account, inputs)
        destination = inputs.get("destinationCidrBlock") or inputs.get("destinationIpv6CidrBlock") or ""
        identity = f"r-{inputs['routeTableId']}{_string_hash(destination)}"
        return identity, self.outputs(account, inputs, origin="CreateRoute", state="active")

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        kept = {
            name: value
            for name, value in existing.inputs.items()
            if name == "routeTableId" or name.startswith("destination")
        }
        account.send("ec2.delete_route", kept, leave_out=["tags"])


def _string_hash(text: str) -> int:
    """The provider's id of a route: CRC-32 of its destination (terraform-provider-aws, ``create.StringHashcode``)."""
    import zlib  # noqa: PLC0415 - used here alone

    return zlib.crc32(text.encode())


@handles("aws:ec2/routeTableAssociation:RouteTableAssociation")
class RouteTableAssociation(Handler):
    """A subnet or gateway that uses a route table."""

    calls = ("ec2.associate_route_table", "ec2.disassociate_route_table")
    replace_on = frozenset({"subnetId", "gatewayId", "region"})
    computed = ()

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Associate them."""
        return self.send(account, inputs)["AssociationId"], self.outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Part them."""
        account.client("ec2", existing.inputs).disassociate_route_table(AssociationId=existing.identity)
