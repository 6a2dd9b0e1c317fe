"""Security groups and their rules."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.ec2_network import tag_specification


def permission(rule: Inputs, group: str) -> dict[str, Any]:
    """An inline rule in EC2's form; all ports of a protocol other than TCP and UDP."""
    made: dict[str, Any] = {"IpProtocol": str(rule["protocol"])}
    if made["IpProtocol"] != "-1":
        made.update(FromPort=rule["fromPort"], ToPort=rule["toPort"])
    told = {"Description": rule["description"]} if rule.get("description") else {}
    groups = [*(rule.get("securityGroups") or []), *([group] if rule.get("self") else [])]
    made["IpRanges"] = [{"CidrIp": block, **told} for block in rule.get("cidrBlocks") or []]
    made["Ipv6Ranges"] = [{"CidrIpv6": block, **told} for block in rule.get("ipv6CidrBlocks") or []]
    made["PrefixListIds"] = [{"PrefixListId": prefix, **told} for prefix in rule.get("prefixListIds") or []]
    made["UserIdGroupPairs"] = [{"GroupId": other, **told} for other in groups]
    return {name: value for name, value in made.items() if value != []}


def replace_rules(account: Account, group: str, inputs: Inputs) -> None:
    """Let the group have the inline rules and no others."""
    client = account.client("ec2", inputs)
    found = client.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    if found["IpPermissions"]:
        client.revoke_security_group_ingress(GroupId=group, IpPermissions=found["IpPermissions"])
    if found["IpPermissionsEgress"]:
        client.revoke_security_group_egress(GroupId=group, IpPermissions=found["IpPermissionsEgress"])
    ingress = [permission(rule, group) for rule in inputs.get("ingress") or []]
    egress = [permission(rule, group) for rule in inputs.get("egress") or []]
    if ingress:
        client.authorize_security_group_ingress(GroupId=group, IpPermissions=ingress)
    if egress:
        client.authorize_security_group_egress(GroupId=group, IpPermissions=egress)


@handles("aws:ec2/securityGroup:SecurityGroup")
class SecurityGroup(Handler):
    """A security group. The provider takes away AWS's open egress rule, so that the program's rules are all there is."""

    calls = (
        "ec2.create_security_group",
        "ec2.revoke_security_group_egress",
        "ec2.authorize_security_group_ingress",
        "ec2.authorize_security_group_egress",
        "ec2.delete_security_group",
    )
    name_prop = "name"
    name_length = 255
    defaults: ClassVar = {"description": "Managed by Pulumi", "revokeRulesOnDelete": False}
    renamed: ClassVar = {"name": "GroupName"}
    elsewhere = frozenset({"ingress", "egress", "revokeRulesOnDelete"})
    replace_on = frozenset({"name", "description", "vpcId", "region"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it and give it its rules."""
        tags = tag_specification(account, "security-group", inputs)
        identity = self.send(account, inputs, TagSpecifications=tags)["GroupId"]
        replace_rules(account, identity, inputs)
        arn = account.arn("ec2", f"security-group/{identity}", inputs)
        return identity, self.outputs(account, inputs, arn=arn, ownerId=account.number)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Replace its inline rules."""
        replace_rules(account, existing.identity, inputs)
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("ec2", existing.inputs).delete_security_group(GroupId=existing.identity)


@handles("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
class DefaultSecurityGroup(Handler):
    """The group that every VPC has: taken over, and left with the program's rules alone. Never deleted."""

    calls = ("ec2.describe_security_groups", "ec2.revoke_security_group_ingress", "ec2.revoke_security_group_egress")
    replace_on = frozenset({"vpcId", "region"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Find it and replace its rules."""
        client = account.client("ec2", inputs)
        mine = [{"Name": "group-name", "Values": ["default"]}]
        if inputs.get("vpcId"):
            mine.append({"Name": "vpc-id", "Values": [inputs["vpcId"]]})
        identity = client.describe_security_groups(Filters=mine)["SecurityGroups"][0]["GroupId"]
        replace_rules(account, identity, inputs)
        tags = [{"Key": name, "Value": value} for name, value in account.tags(inputs).items()]
        if tags:
            client.create_tags(Resources=[identity], Tags=tags)
        arn = account.arn("ec2", f"security-group/{identity}", inputs)
        return identity, self.outputs(account, inputs, arn=arn, ownerId=account.number, name="default")

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Replace its rules."""
        replace_rules(account, existing.identity, inputs)
        return {**existing.outputs, **self.outputs(account, inputs)}


class _Rule(Handler):
    """One rule that is a resource of its own."""

    direction: ClassVar[str] = ""
    replace_on = frozenset({"securityGroupId", "region"})
    computed = ("arn", "securityGroupRuleId")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Authorise it; EC2 gives it an id."""
        client = account.client("ec2", inputs)
        told = {"Description": inputs["description"]} if inputs.get("description") else {}
        allowed: dict[str, Any] = {"IpProtocol": str(inputs["ipProtocol"])}
        for name in ("fromPort", "toPort"):
            if name in inputs:
                allowed[name[0].upper() + name[1:]] = inputs[name]
        ends = {
            "cidrIpv4": ("IpRanges", "CidrIp"),
            "cidrIpv6": ("Ipv6Ranges", "CidrIpv6"),
            "prefixListId": ("PrefixListIds", "PrefixListId"),
            "referencedSecurityGroupId": ("UserIdGroupPairs", "GroupId"),
        }
        for name, (member, key) in ends.items():
            if inputs.get(name):
                allowed[member] = [{key: inputs[name], **told}]
        made = getattr(client, f"authorize_security_group_{self.direction}")(
            GroupId=inputs["securityGroupId"],
            IpPermissions=[allowed],
            **(
                {"TagSpecifications": tags}
                if (tags := tag_specification(account, "security-group-rule", inputs))
                else {}
            ),
        )
        identity = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        arn = account.arn("ec2", f"security-group-rule/{identity}", inputs)
        return identity, self.outputs(account, inputs, arn=arn, securityGroupRuleId=identity)

    def delete(self, account: Account, existing: Existing) -> None:
        """Revoke it."""
        revoke = getattr(account.client("ec2", existing.inputs), f"revoke_security_group_{self.direction}")
        revoke(GroupId=existing.inputs["securityGroupId"], SecurityGroupRuleIds=[existing.identity])


@handles("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
class SecurityGroupIngressRule(_Rule):
    """One rule for what may come in."""

    direction = "ingress"
    calls = ("ec2.authorize_security_group_ingress", "ec2.revoke_security_group_ingress")


@handles("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
class SecurityGroupEgressRule(_Rule):
    """One rule for what may go out."""

    direction = "egress"
    calls = ("ec2.authorize_security_group_egress", "ec2.revoke_security_group_egress")
