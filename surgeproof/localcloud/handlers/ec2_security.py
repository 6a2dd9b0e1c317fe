"""Security groups and their rules."""

from __future__ import annotations

import functools
import operator
from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe
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


def inline_rule(told: dict[str, Any], group: str) -> Inputs:
    """EC2's form as an inline rule: the way back from `permission`."""
    pairs = [pair["GroupId"] for pair in told.get("UserIdGroupPairs") or []]
    made: Inputs = {
        "protocol": told["IpProtocol"],
        "fromPort": max(told.get("FromPort", 0), 0),
        "toPort": max(told.get("ToPort", 0), 0),
        "cidrBlocks": [block["CidrIp"] for block in told.get("IpRanges") or []],
        "ipv6CidrBlocks": [block["CidrIpv6"] for block in told.get("Ipv6Ranges") or []],
        "prefixListIds": [prefix["PrefixListId"] for prefix in told.get("PrefixListIds") or []],
        "securityGroups": [other for other in pairs if other != group],
    }
    if group in pairs:
        made["self"] = True
    return {name: value for name, value in made.items() if value != []}


def rules_now(asked: list[Inputs], told: list[dict[str, Any]], group: str) -> list[Inputs]:
    """The inline rules as AWS tells them: as the program wrote them where they allow the same."""
    wanted = [_allowed(permission(rule, group)) for rule in asked]
    there = [_allowed(rule) for rule in told]
    return (
        asked
        if sorted(functools.reduce(operator.iadd, wanted, [])) == sorted(functools.reduce(operator.iadd, there, []))
        else [inline_rule(rule, group) for rule in told]
    )


def _allowed(rule: dict[str, Any]) -> list[str]:
    """What a rule allows, one entry a source: AWS joins rules of the same ports."""
    ports = f"{rule['IpProtocol']} {rule.get('FromPort', -1)}-{rule.get('ToPort', -1)}"
    ends = {
        "IpRanges": "CidrIp",
        "Ipv6Ranges": "CidrIpv6",
        "PrefixListIds": "PrefixListId",
        "UserIdGroupPairs": "GroupId",
    }
    return [f"{ports} {end[key]}" for member, key in ends.items() for end in rule.get(member) or []]


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
        "ec2.describe_security_groups",
        "ec2.delete_security_group",
    )
    name_prop = "name"
    name_length = 255
    defaults: ClassVar = {"description": "Managed by Pulumi", "revokeRulesOnDelete": False}
    renamed: ClassVar = {"name": "GroupName"}
    elsewhere = frozenset({"ingress", "egress", "revokeRulesOnDelete"})
    replace_on = frozenset({"name", "description", "vpcId", "region"})
    local = frozenset({"revokeRulesOnDelete"})
    describe = Describe("ec2.describe_security_groups", "GroupIds", "SecurityGroups")

    def seen(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:
        """Its rules, where the program writes them in it; others are resources of their own."""
        now = super().seen(account, identity, inputs, found)
        for name, member in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
            if name in inputs:
                now[name] = rules_now(inputs[name], found.get(member) or [], identity)
        return now

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
    describe = Describe("ec2.describe_security_groups", "GroupIds", "SecurityGroups")

    def seen(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:
        """Its rules: there are to be those of the program and no others."""
        now = super().seen(account, identity, inputs, found)
        for name, member in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
            rules = rules_now(inputs.get(name) or [], found.get(member) or [], identity)
            if rules or name in inputs:
                now[name] = rules
        return now

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

    def delete(self, account: Account, existing: Existing) -> None:
        """AWS deletes it with its VPC; until then it stays as it is, as AWS's own provider leaves it."""


class _Rule(Handler):
    """One rule that is a resource of its own."""

    direction: ClassVar[str] = ""
    replace_on = frozenset({"securityGroupId", "region"})
    computed = ("arn", "securityGroupRuleId")
    describe = Describe("ec2.describe_security_group_rules", "SecurityGroupRuleIds", "SecurityGroupRules")
    renamed: ClassVar = {"securityGroupId": "GroupId"}

    def seen(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:
        """What it allows; a group is told one level deeper."""
        other = found.get("ReferencedGroupInfo") or {}
        return super().seen(account, identity, inputs, {**found, "referencedSecurityGroupId": other.get("GroupId")})

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Let it allow something else: AWS takes the whole rule."""
        ends = {"cidrIpv4": "CidrIpv4", "cidrIpv6": "CidrIpv6", "prefixListId": "PrefixListId"}
        rule: dict[str, Any] = {"IpProtocol": str(inputs["ipProtocol"])}
        rule |= {member: inputs[name] for name, member in ends.items() if inputs.get(name)}
        more = {"fromPort": "FromPort", "toPort": "ToPort", "description": "Description"}
        rule |= {member: inputs[name] for name, member in more.items() if name in inputs}
        if inputs.get("referencedSecurityGroupId"):
            rule["ReferencedGroupId"] = inputs["referencedSecurityGroupId"]
        account.client("ec2", inputs).modify_security_group_rules(
            GroupId=inputs["securityGroupId"],
            SecurityGroupRules=[{"SecurityGroupRuleId": existing.identity, "SecurityGroupRule": rule}],
        )
        return {**existing.outputs, **self.outputs(account, inputs)}

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
    calls = (
        "ec2.authorize_security_group_ingress",
        "ec2.describe_security_group_rules",
        "ec2.modify_security_group_rules",
        "ec2.revoke_security_group_ingress",
    )


@handles("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
class SecurityGroupEgressRule(_Rule):
    """One rule for what may go out."""

    direction = "egress"
    calls = (
        "ec2.authorize_security_group_egress",
        "ec2.describe_security_group_rules",
        "ec2.modify_security_group_rules",
        "ec2.revoke_security_group_egress",
    )
