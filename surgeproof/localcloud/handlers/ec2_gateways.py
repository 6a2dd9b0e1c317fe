"""Ways out of a VPC: internet gateways, NAT gateways and their addresses."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe
from surgeproof.localcloud.handlers.ec2_network import tag_specification


@handles("aws:ec2/internetGateway:InternetGateway")
class InternetGateway(Handler):
    """An internet gateway, attached to its VPC when one is named."""

    calls = (
        "ec2.create_internet_gateway",
        "ec2.attach_internet_gateway",
        "ec2.describe_internet_gateways",
        "ec2.detach_internet_gateway",
        "ec2.delete_internet_gateway",
    )
    elsewhere = frozenset({"vpcId"})
    replace_on = frozenset({"region"})
    describe = Describe("ec2.describe_internet_gateways", "InternetGatewayIds", "InternetGateways")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create and attach it."""
        tags = tag_specification(account, "internet-gateway", inputs)
        made = self.send(account, inputs, TagSpecifications=tags)["InternetGateway"]
        identity = made["InternetGatewayId"]
        if inputs.get("vpcId"):
            account.client("ec2", inputs).attach_internet_gateway(InternetGatewayId=identity, VpcId=inputs["vpcId"])
        arn = account.arn("ec2", f"internet-gateway/{identity}", inputs)
        return identity, self.outputs(account, inputs, arn=arn, ownerId=account.number)

    def seen(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:
        """Where it is attached."""
        now = super().seen(account, identity, inputs, found)
        attached = [attachment["VpcId"] for attachment in found.get("Attachments") or []]
        if attached:
            return {**now, "vpcId": attached[0]}
        return {name: value for name, value in now.items() if name != "vpcId"}

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Attach it to another VPC."""
        client = account.client("ec2", inputs)
        before, after = existing.inputs.get("vpcId"), inputs.get("vpcId")
        if before and before != after:
            client.detach_internet_gateway(InternetGatewayId=existing.identity, VpcId=before)
        if after and before != after:
            client.attach_internet_gateway(InternetGatewayId=existing.identity, VpcId=after)
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Detach and delete it."""
        client = account.client("ec2", existing.inputs)
        if existing.inputs.get("vpcId"):
            client.detach_internet_gateway(InternetGatewayId=existing.identity, VpcId=existing.inputs["vpcId"])
        client.delete_internet_gateway(InternetGatewayId=existing.identity)


@handles("aws:ec2/eip:Eip")
class Eip(Handler):
    """An elastic address."""

    calls = ("ec2.allocate_address", "ec2.describe_addresses", "ec2.release_address")
    defaults: ClassVar = {"domain": "vpc"}
    replace_on = frozenset(
        {"domain", "address", "customerOwnedIpv4Pool", "ipamPoolId", "publicIpv4Pool", "networkBorderGroup", "region"}
    )
    computed = ("arn", "allocationId", "publicIp", "publicDns")
    describe = Describe(
        "ec2.describe_addresses",
        "AllocationIds",
        "Addresses",
        outputs={"allocationId": "AllocationId", "publicIp": "PublicIp"},
    )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Allocate it."""
        made = self.send(account, inputs, TagSpecifications=tag_specification(account, "elastic-ip", inputs))
        identity = made["AllocationId"]
        region = account.region_of(inputs)
        dns = f"ec2-{made['PublicIp'].replace('.', '-')}.{region}.compute.amazonaws.com"
        arn = account.arn("ec2", f"elastic-ip/{identity}", inputs)
        return identity, self.outputs(
            account, inputs, arn=arn, allocationId=identity, publicIp=made["PublicIp"], publicDns=dns
        )

    def delete(self, account: Account, existing: Existing) -> None:
        """Release it."""
        account.client("ec2", existing.inputs).release_address(AllocationId=existing.identity)


@handles("aws:ec2/natGateway:NatGateway")
class NatGateway(Handler):
    """A NAT gateway."""

    calls = ("ec2.create_nat_gateway", "ec2.describe_nat_gateways", "ec2.delete_nat_gateway")
    defaults: ClassVar = {"connectivityType": "public"}
    renamed: ClassVar = {"privateIp": "PrivateIpAddress"}
    replace_on = frozenset(
        {"allocationId", "subnetId", "connectivityType", "privateIp", "availabilityMode", "vpcId", "region"}
    )
    computed = ("publicIp", "privateIp", "networkInterfaceId")
    describe = Describe(
        "ec2.describe_nat_gateways",
        "NatGatewayIds",
        "NatGateways",
        gone={"State": ("deleting", "deleted", "failed")},
        outputs={"publicIp": "NatGatewayAddresses.PublicIp", "privateIp": "NatGatewayAddresses.PrivateIp"},
    )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        made = self.send(account, inputs, TagSpecifications=tag_specification(account, "natgateway", inputs))
        gateway = made["NatGateway"]
        address = (gateway.get("NatGatewayAddresses") or [{}])[0]
        return gateway["NatGatewayId"], self.outputs(
            account,
            inputs,
            publicIp=address.get("PublicIp"),
            privateIp=address.get("PrivateIp"),
            networkInterfaceId=address.get("NetworkInterfaceId"),
        )

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("ec2", existing.inputs).delete_nat_gateway(NatGatewayId=existing.identity)
