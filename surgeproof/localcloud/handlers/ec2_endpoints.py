"""VPC endpoints and flow logs."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.aws_errors import DeployError
from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe
from surgeproof.localcloud.handlers.ec2_network import tag_specification


@handles("aws:ec2/vpcEndpoint:VpcEndpoint")
class VpcEndpoint(Handler):
    """A gateway or interface endpoint."""

    calls = (
        "ec2.create_vpc_endpoint",
        "ec2.describe_vpc_endpoints",
        "ec2.modify_vpc_endpoint",
        "ec2.delete_vpc_endpoints",
    )
    defaults: ClassVar = {"vpcEndpointType": "Gateway"}
    renamed: ClassVar = {"policy": "PolicyDocument"}
    elsewhere = frozenset({"autoAccept"})
    replace_on = frozenset(
        {"vpcId", "serviceName", "vpcEndpointType", "resourceConfigurationArn", "serviceNetworkArn", "region"}
    )
    computed = ("arn", "state", "dnsEntries", "networkInterfaceIds")
    describe = Describe(
        "ec2.describe_vpc_endpoints",
        "VpcEndpointIds",
        "VpcEndpoints",
        gone={"State": ("deleting", "deleted")},
        outputs={"state": "State"},
    )
    lists: ClassVar = {
        "routeTableIds": "RouteTableIds",
        "subnetIds": "SubnetIds",
        "securityGroupIds": "SecurityGroupIds",
    }

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change its policy, its private names, and where it lies: AWS takes what comes and what goes."""
        more: dict[str, Any] = {}
        for name, member in self.lists.items():
            before, after = set(existing.inputs.get(name) or ()), set(inputs.get(name) or ())
            more[f"Add{member}"] = sorted(after - before) or None
            more[f"Remove{member}"] = sorted(before - after) or None
        changed = {name: inputs[name] for name in ("policy", "privateDnsEnabled") if name in inputs}
        values = {**changed, "vpcEndpointId": existing.identity, "region": account.region_of(inputs)}
        account.send(
            "ec2.modify_vpc_endpoint",
            values,
            renamed=self.renamed,
            leave_out=["tags"],
            type_token=self.token,
            ResetPolicy=True if "policy" in existing.inputs and "policy" not in inputs else None,
            **more,
        )
        return {**existing.outputs, **self.outputs(account, inputs)}

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        tags = tag_specification(account, "vpc-endpoint", inputs)
        made = self.send(account, inputs, TagSpecifications=tags)["VpcEndpoint"]
        identity = made["VpcEndpointId"]
        entries = [
            {"dnsName": entry.get("DnsName", ""), "hostedZoneId": entry.get("HostedZoneId", "")}
            for entry in made.get("DnsEntries") or []
        ]
        return identity, self.outputs(
            account,
            inputs,
            arn=account.arn("ec2", f"vpc-endpoint/{identity}", inputs),
            state=made.get("State", "available"),
            ownerId=account.number,
            dnsEntries=entries,
            networkInterfaceIds=made.get("NetworkInterfaceIds") or [],
        )

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("ec2", existing.inputs).delete_vpc_endpoints(VpcEndpointIds=[existing.identity])


@handles("aws:ec2/flowLog:FlowLog")
class FlowLog(Handler):
    """Flow logs of a VPC, a subnet or an interface."""

    calls = ("ec2.create_flow_logs", "ec2.describe_flow_logs", "ec2.delete_flow_logs")
    defaults: ClassVar = {"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600}
    renamed: ClassVar = {"iamRoleArn": "DeliverLogsPermissionArn"}
    elsewhere = frozenset({"vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId"})
    # AWS has no call that changes one.
    replace_on = frozenset(
        {
            "vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId", "trafficType", "logDestination",
            "logDestinationType", "logFormat", "maxAggregationInterval", "destinationOptions", "iamRoleArn",
            "deliverCrossAccountRole", "tagFieldSpecifications", "region",
        }
    )  # fmt: skip
    describe = Describe("ec2.describe_flow_logs", "FlowLogIds", "FlowLogs")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it on the one resource that is named."""
        kinds = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}
        name = next(key for key in kinds if inputs.get(key))
        more: dict[str, Any] = {"ResourceIds": [inputs[name]], "ResourceType": kinds[name]}
        tags = tag_specification(account, "vpc-flow-log", inputs)
        made = self.send(account, inputs, TagSpecifications=tags, **more)
        if made.get("Unsuccessful"):
            raise DeployError(self.token, inputs[name], made["Unsuccessful"][0]["Error"]["Message"])
        identity = made["FlowLogIds"][0]
        return identity, self.outputs(account, inputs, arn=account.arn("ec2", f"vpc-flow-log/{identity}", inputs))

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("ec2", existing.inputs).delete_flow_logs(FlowLogIds=[existing.identity])
