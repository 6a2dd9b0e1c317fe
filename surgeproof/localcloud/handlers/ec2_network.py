"""VPCs and subnets."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles, is_missing
from surgeproof.localcloud.handlers.describe import Describe


def tag_specification(account: Account, kind: str, inputs: Inputs) -> list[dict[str, Any]] | None:
    """EC2's way of tagging at creation; None without tags."""
    tags = [{"Key": name, "Value": str(value)} for name, value in account.tags(inputs).items()]
    return [{"ResourceType": kind, "Tags": tags}] if tags else None


@handles("aws:ec2/vpc:Vpc")
class Vpc(Handler):
    """A VPC with the two DNS switches, which are attributes of their own."""

    calls = ("ec2.create_vpc", "ec2.modify_vpc_attribute", "ec2.describe_vpcs", "ec2.delete_vpc")
    defaults: ClassVar = {"enableDnsSupport": True, "enableDnsHostnames": False, "instanceTenancy": "default"}
    renamed: ClassVar = {"assignGeneratedIpv6CidrBlock": "AmazonProvidedIpv6CidrBlock"}
    elsewhere = frozenset({"enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"})
    replace_on = frozenset({"cidrBlock", "instanceTenancy", "ipv4IpamPoolId", "ipv4NetmaskLength", "region"})
    computed = ("arn", "defaultSecurityGroupId", "defaultRouteTableId", "defaultNetworkAclId", "mainRouteTableId")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it and set its attributes."""
        client = account.client("ec2", inputs)
        made = self.send(account, inputs, TagSpecifications=tag_specification(account, "vpc", inputs))["Vpc"]
        identity = made["VpcId"]
        self._switch(account, identity, inputs)
        mine = [{"Name": "vpc-id", "Values": [identity]}]
        group = client.describe_security_groups(Filters=[*mine, {"Name": "group-name", "Values": ["default"]}])
        table = client.describe_route_tables(Filters=[*mine, {"Name": "association.main", "Values": ["true"]}])
        acl = client.describe_network_acls(Filters=[*mine, {"Name": "default", "Values": ["true"]}])
        table_id = table["RouteTables"][0]["RouteTableId"]
        return identity, self.outputs(
            account,
            inputs,
            arn=account.arn("ec2", f"vpc/{identity}", inputs),
            ownerId=account.number,
            defaultSecurityGroupId=group["SecurityGroups"][0]["GroupId"],
            defaultRouteTableId=table_id,
            mainRouteTableId=table_id,
            defaultNetworkAclId=acl["NetworkAcls"][0]["NetworkAclId"],
        )

    def _switch(self, account: Account, identity: str, inputs: Inputs) -> None:
        for name in ("enableDnsSupport", "enableDnsHostnames"):
            member = name[0].upper() + name[1:]
            account.client("ec2", inputs).modify_vpc_attribute(VpcId=identity, **{member: {"Value": inputs[name]}})

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Turn its DNS switches."""
        self._switch(account, existing.identity, inputs)
        return {**existing.outputs, **self.outputs(account, inputs)}

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its CIDR block and DNS switches as they are now."""
        client = account.client("ec2", inputs)
        try:
            found = client.describe_vpcs(VpcIds=[identity])["Vpcs"][0]
        except ClientError as error:
            if is_missing(error, "InvalidVpcID.NotFound"):
                return None
            raise
        now = {**inputs, "cidrBlock": found["CidrBlock"]}
        for name in ("enableDnsSupport", "enableDnsHostnames"):
            member = name[0].upper() + name[1:]
            now[name] = client.describe_vpc_attribute(VpcId=identity, Attribute=name)[member]["Value"]
        return now, self.outputs(
            account, now, arn=account.arn("ec2", f"vpc/{identity}", inputs), ownerId=found["OwnerId"]
        )

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("ec2", existing.inputs).delete_vpc(VpcId=existing.identity)


@handles("aws:ec2/subnet:Subnet")
class Subnet(Handler):
    """A subnet; whether it maps public addresses is an attribute of its own."""

    calls = ("ec2.create_subnet", "ec2.modify_subnet_attribute", "ec2.describe_subnets", "ec2.delete_subnet")
    defaults: ClassVar = {"mapPublicIpOnLaunch": False, "assignIpv6AddressOnCreation": False}
    elsewhere = frozenset({"mapPublicIpOnLaunch", "assignIpv6AddressOnCreation", "privateDnsHostnameTypeOnLaunch"})
    replace_on = frozenset(
        {
            "vpcId",
            "cidrBlock",
            "availabilityZone",
            "availabilityZoneId",
            "ipv6Native",
            "outpostArn",
            "ipv4IpamPoolId",
            "ipv4NetmaskLength",
            "ipv6IpamPoolId",
            "ipv6NetmaskLength",
            "region",
        }
    )
    computed = ("arn", "availabilityZoneId")
    describe = Describe(
        "ec2.describe_subnets",
        "SubnetIds",
        "Subnets",
        outputs={"arn": "SubnetArn", "availabilityZoneId": "AvailabilityZoneId"},
    )

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Turn its switches: AWS takes one a call."""
        client = account.client("ec2", inputs)
        for name in ("mapPublicIpOnLaunch", "assignIpv6AddressOnCreation"):
            if inputs[name] != existing.inputs.get(name):
                member = name[0].upper() + name[1:]
                client.modify_subnet_attribute(SubnetId=existing.identity, **{member: {"Value": inputs[name]}})
        return {**existing.outputs, **self.outputs(account, inputs)}

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        made = self.send(account, inputs, TagSpecifications=tag_specification(account, "subnet", inputs))["Subnet"]
        identity = made["SubnetId"]
        if inputs["mapPublicIpOnLaunch"]:
            account.client("ec2", inputs).modify_subnet_attribute(
                SubnetId=identity, MapPublicIpOnLaunch={"Value": True}
            )
        zone = {"availabilityZone": made["AvailabilityZone"], "availabilityZoneId": made["AvailabilityZoneId"]}
        return identity, self.outputs(account, inputs, arn=made["SubnetArn"], ownerId=account.number, **zone)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("ec2", existing.inputs).delete_subnet(SubnetId=existing.identity)
