"""Peering connections between VPCs."""

from __future__ import annotations

from typing import Any

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe


@handles("aws:ec2/vpcPeeringConnection:VpcPeeringConnection")
class VpcPeeringConnection(Handler):
    """A peering connection, accepted where the program says so."""

    calls = (
        "ec2.create_vpc_peering_connection",
        "ec2.accept_vpc_peering_connection",
        "ec2.modify_vpc_peering_connection_options",
        "ec2.describe_vpc_peering_connections",
        "ec2.delete_vpc_peering_connection",
    )
    elsewhere = frozenset({"autoAccept", "accepter", "requester"})
    local = frozenset({"autoAccept"})
    replace_on = frozenset({"vpcId", "peerVpcId", "peerOwnerId", "peerRegion", "region"})
    unread = frozenset({"vpcId", "peerVpcId"})
    computed = ("acceptStatus",)
    describe = Describe(
        "ec2.describe_vpc_peering_connections",
        by="VpcPeeringConnectionIds",
        found="VpcPeeringConnections",
        outputs={"acceptStatus": "Status.Code"},
    )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Ask for it, accept it, and say whose names lead through it."""
        identity = self.send(account, inputs)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
        if inputs.get("autoAccept"):
            account.client("ec2", inputs).accept_vpc_peering_connection(VpcPeeringConnectionId=identity)
            self._options(account, inputs, identity)
        status = "active" if inputs.get("autoAccept") else "pending-acceptance"
        return identity, self.outputs(account, inputs, acceptStatus=status)

    def _options(self, account: Account, inputs: Inputs, identity: str) -> None:
        sides: dict[str, Any] = {}
        for name, member in (
            ("accepter", "AccepterPeeringConnectionOptions"),
            ("requester", "RequesterPeeringConnectionOptions"),
        ):
            allowed = (inputs.get(name) or {}).get("allowRemoteVpcDnsResolution")
            if allowed is not None:
                sides[member] = {"AllowDnsResolutionFromRemoteVpc": bool(allowed)}
        if sides:
            account.client("ec2", inputs).modify_vpc_peering_connection_options(
                VpcPeeringConnectionId=identity, **sides
            )

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its state as it is now; one that was deleted is told for a while."""
        found = super().read(account, identity, inputs)
        return None if found is None or found[1]["acceptStatus"] in {"deleted", "deleting"} else found

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change whose names lead through it."""
        self._options(account, inputs, existing.identity)
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("ec2", existing.inputs).delete_vpc_peering_connection(VpcPeeringConnectionId=existing.identity)
