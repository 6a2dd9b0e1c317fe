"""Route tables, their routes and who uses them."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.aws_errors import UnsupportedOperationError
from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe
from surgeproof.localcloud.handlers.ec2_network import tag_specification
from surgeproof.localcloud.handlers.observed import observed

_ROUTE_NAMES = {"cidrBlock": "DestinationCidrBlock", "ipv6CidrBlock": "DestinationIpv6CidrBlock"}


@handles("aws:ec2/routeTable:RouteTable")
class RouteTable(Handler):
    """A route table, with the routes that are written in it."""

    calls = (
        "ec2.create_route_table",
        "ec2.create_route",
        "ec2.describe_route_tables",
        "ec2.delete_route",
        "ec2.delete_route_table",
    )
    elsewhere = frozenset({"routes", "propagatingVgws"})
    replace_on = frozenset({"vpcId", "region"})
    describe = Describe("ec2.describe_route_tables", "RouteTableIds", "RouteTables")
    # Among the routes that AWS tells are its own, and those that are resources of their own.
    unread = frozenset({"routes"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it and its routes."""
        tags = tag_specification(account, "route-table", inputs)
        identity = self.send(account, inputs, TagSpecifications=tags)["RouteTable"]["RouteTableId"]
        self._add(account, identity, inputs, inputs.get("routes") or [])
        arn = account.arn("ec2", f"route-table/{identity}", inputs)
        return identity, self.outputs(account, inputs, arn=arn, ownerId=account.number)

    def _add(self, account: Account, identity: str, inputs: Inputs, routes: list[Inputs]) -> None:
        around = {"routeTableId": identity, "region": account.region_of(inputs)}
        for route in routes:
            account.send("ec2.create_route", {**around, **route}, renamed=_ROUTE_NAMES, leave_out=["tags"])

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Let it have these routes in the place of those that it had."""
        client = account.client("ec2", inputs)
        before, after = existing.inputs.get("routes") or [], inputs.get("routes") or []
        for route in before:
            if route not in after:
                ends = {_ROUTE_NAMES[name]: route[name] for name in _ROUTE_NAMES if route.get(name)}
                client.delete_route(RouteTableId=existing.identity, **ends)
        self._add(account, existing.identity, inputs, [route for route in after if route not in before])
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("ec2", existing.inputs).delete_route_table(RouteTableId=existing.identity)


@handles("aws:ec2/route:Route")
class Route(Handler):
    """One route of a table."""

    calls = ("ec2.create_route", "ec2.describe_route_tables", "ec2.replace_route", "ec2.delete_route")
    renamed: ClassVar = {"egressOnlyGatewayId": "EgressOnlyInternetGatewayId"}
    replace_on = frozenset(
        {"routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId", "region"}
    )
    computed = ("origin", "state")

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Where it leads now; its id does not tell its destination, so it can't be imported."""
        if not inputs:
            raise UnsupportedOperationError(self.token, f"import {identity} as")
        table = Describe("ec2.describe_route_tables", "RouteTableIds", "RouteTables", key="routeTableId")
        found = table.ask(account, identity, inputs)
        ends = [name for name in inputs if name.startswith("destination")]
        for route in (found or {}).get("Routes") or []:
            told = {name.lower(): value for name, value in route.items()}
            if all(told.get(name.lower()) == inputs[name] for name in ends):
                now = observed(inputs, route, renamed=self.renamed, leave={"region"})
                return now, self.outputs(account, now, origin=route.get("Origin"), state=route.get("State"))
        return None

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Let it lead elsewhere."""
        account.send("ec2.replace_route", inputs, renamed=self.renamed, leave_out=["tags"], type_token=self.token)
        return {**existing.outputs, **self.outputs(account, inputs)}

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
            if name in {"routeTableId", "region"} or name.startswith("destination")
        }
        account.send("ec2.delete_route", kept, leave_out=["tags"])


def _string_hash(text: str) -> int:
    """The provider's id of a route: CRC-32 of its destination (terraform-provider-aws, ``create.StringHashcode``)."""
    import zlib  # noqa: PLC0415 - used here alone

    return zlib.crc32(text.encode())


@handles("aws:ec2/routeTableAssociation:RouteTableAssociation")
class RouteTableAssociation(Handler):
    """A subnet or gateway that uses a route table."""

    calls = ("ec2.associate_route_table", "ec2.describe_route_tables", "ec2.disassociate_route_table")
    # AWS gives an association with another table another id, and a subnet has one table at a time.
    replace_on = frozenset({"subnetId", "gatewayId", "routeTableId", "region"})
    delete_before_replace = True
    computed = ()

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Whom it joins."""
        mine = [{"Name": "association.route-table-association-id", "Values": [identity]}]
        tables = account.client("ec2", inputs).describe_route_tables(Filters=mine)["RouteTables"]
        joined = [one for table in tables for one in table["Associations"]]
        found = next((one for one in joined if one["RouteTableAssociationId"] == identity), None)
        if found is None:
            return None
        fill = () if inputs else ("subnetId", "gatewayId", "routeTableId")
        now = observed(inputs, found, fill=fill, leave={"region"})
        return now, self.outputs(account, now)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Associate them."""
        return self.send(account, inputs)["AssociationId"], self.outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Part them."""
        account.client("ec2", existing.inputs).disassociate_route_table(AssociationId=existing.identity)
