"""Flow logs: every connection of a VPC, accepted or refused, written to an encrypted log group."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.account import Account
from infra.components.component import Component


class FlowLogs(Component):
    """Flow log of all traffic of a VPC, with the role that writes it.

    Args:
        name: Logical name.
        account: Where it lies.
        vpc_id: The VPC.
        key: KMS key of the log group.
        retention_days: How long it is kept.
        protect: Whether Pulumi refuses to delete it.
    """

    def __init__(
        self,
        name: str,
        *,
        account: Account,
        vpc_id: pulumi.Input[str],
        key: pulumi.Input[str],
        retention_days: int,
        protect: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("surgeproof:platform:FlowLogs", name, {}, opts)
        self.group = aws.cloudwatch.LogGroup(
            f"{name}-group",
            name=f"/aws/vpc/{name}",
            kms_key_id=key,
            retention_in_days=retention_days,
            tags={"data-classification": "audit"},
            opts=self._child(),
        )
        role = aws.iam.Role(
            names.logical("aws:iam/role:Role", f"{name}-role"),
            description="Writes VPC flow logs",
            assume_role_policy=policies.trust(
                account, "vpc-flow-logs.amazonaws.com", account.arn("ec2", "vpc-flow-log/*")
            ),
            opts=self._child(),
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.id,
            policy=policies.document(
                policies.allow(
                    "WriteFlowLogs",
                    ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
                    [pulumi.Output.concat(self.group.arn, ":*")],
                ),
                # Describing groups knows no resource below the account's.
                policies.allow("FindGroup", ["logs:DescribeLogGroups"], [account.arn("logs", "log-group:*")]),
            ),
            opts=self._child(),
        )
        self.flow_log = aws.ec2.FlowLog(
            f"{name}-log",
            vpc_id=vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=self.group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=60,
            opts=self._child(protect=protect or None, depends_on=[policy]),
        )
        self._done({"group": self.group.name})
