"""VPC endpoints and flow logs."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.aws_errors import DeployError
from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.ec2_network import tag_specification


@handles("aws:ec2/vpcEndpoint:VpcEndpoint")
class VpcEndpoint(Handler):
    """A gateway or interface endpoint."""

    calls = ("ec2.create_vpc_endpoint", "ec2.delete_vpc_endpoints")
    defaults: ClassVar = {"vpcEndpointType": "Gateway"}
    renamed: ClassVar = {"policy": "PolicyDocument"}
    elsewhere = frozenset({"autoAccept"})
    replace_on = frozenset({"vpcId", "serviceName", "vpcEndpointType", "region"})
    computed = ("arn", "state", "dnsEntries", "networkInterfaceIds")

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

    calls = ("ec2.create_flow_logs", "ec2.delete_flow_logs")
    defaults: ClassVar = {"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600}
    renamed: ClassVar = {"iamRoleArn": "DeliverLogsPermissionArn"}
    elsewhere = frozenset({"vpcId", "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId"})
    replace_on = frozenset({"vpcId", "subnetId", "eniId", "trafficType", "logDestination", "iamRoleArn", "region"})

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
