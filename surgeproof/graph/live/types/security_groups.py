"""Security groups, one resource a rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import picked, tags


@reads(
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    calls=("ec2.describe_vpcs", "ec2.describe_security_groups", "ec2.describe_security_group_rules"),
    also=("aws:ec2/securityGroupRule:SecurityGroupRule",),
)
def groups(account: Reading) -> Iterator[Found]:
    """Groups of every VPC but the default one."""
    left_out = {row["VpcId"] for row in account.rows("ec2.describe_vpcs", "Vpcs") if row.get("IsDefault")}
    known = set()
    told: dict[tuple[Any, ...], str] = {}
    for row in account.rows("ec2.describe_security_groups", "SecurityGroups"):
        if row.get("VpcId") in left_out:
            continue
        id_ = row["GroupId"]
        known.add(id_)
        told |= _descriptions(row)
        inputs = {
            **picked(row, name="GroupName", description="Description", vpcId="VpcId"),
            "tags": tags(row.get("Tags")),
        }
        kind = (
            "defaultSecurityGroup:DefaultSecurityGroup"
            if row["GroupName"] == "default"
            else "securityGroup:SecurityGroup"
        )
        arn = {"arn": account.account.arn("ec2", f"security-group/{id_}")}
        yield Found(f"aws:ec2/{kind}", id_, inputs, arn)
    for row in account.rows("ec2.describe_security_group_rules", "SecurityGroupRules"):
        if row["GroupId"] not in known:
            continue
        inputs = {
            **picked(
                row,
                ipProtocol="IpProtocol",
                fromPort="FromPort",
                toPort="ToPort",
                cidrIpv4="CidrIpv4",
                cidrIpv6="CidrIpv6",
                prefixListId="PrefixListId",
                description="Description",
            ),
            **picked(row.get("ReferencedGroupInfo", {}), referencedSecurityGroupId="GroupId"),
            "securityGroupId": row["GroupId"],
        }
        peer = inputs.get("referencedSecurityGroupId") or inputs.get("prefixListId")
        where = (row["GroupId"], bool(row.get("IsEgress")), row.get("IpProtocol"), row.get("FromPort"), peer)
        if "description" not in inputs and where in told:
            inputs["description"] = told[where]
        if str(inputs.get("ipProtocol")) == "-1":
            # All ports of all protocols: AWS answers with -1, a program leaves them out.
            inputs = {key: value for key, value in inputs.items() if key not in {"fromPort", "toPort"}}
        id_ = row["SecurityGroupRuleId"]
        arn = {"arn": account.account.arn("ec2", f"security-group-rule/{id_}")}
        side = "Egress" if row.get("IsEgress") else "Ingress"
        yield Found(f"aws:vpc/securityGroup{side}Rule:SecurityGroup{side}Rule", id_, inputs, arn)


def _descriptions(group: dict[str, Any]) -> dict[tuple[Any, ...], str]:
    """What a group itself tells of rules that name another group, or a list of prefixes."""
    return {
        (group["GroupId"], egress, rule.get("IpProtocol"), rule.get("FromPort"), _peer(pair)): pair["Description"]
        for key, egress in (("IpPermissions", False), ("IpPermissionsEgress", True))
        for rule in group.get(key, ())
        for pair in (*rule.get("UserIdGroupPairs", ()), *rule.get("PrefixListIds", ()))
        if pair.get("Description")
    }


def _peer(pair: dict[str, Any]) -> str | None:
    return pair.get("GroupId") or pair.get("PrefixListId")
