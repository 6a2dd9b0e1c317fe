"""Security groups of one interface with room for any number of rules: a second group where the first is full.

Source: Amazon VPC quotas: 60 inbound and 60 outbound rules a security group, 5 security groups a network interface. A
managed prefix list counts as many rules as it can have entries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pulumi
import pulumi_aws as aws

from infra.errors import SettingsError

RULES = 60
"""Rules of one direction in one security group."""
GROUPS = 5
"""Security groups of one network interface."""


def groups_needed(rules: int, *, what: str) -> int:
    """How many security groups so many rules of one direction need.

    Args:
        rules: Each for one program of the stack, but for a few.
        what: Whose interface it is.

    Raises:
        SettingsError: More than one interface has.
    """
    needed = max(1, -(-rules // RULES))
    if needed > GROUPS:
        raise SettingsError(
            f"are more than the security groups of {what} have rules for",
            path="services",
            got=f"{rules} rules",
            allowed=f"{GROUPS * RULES}: {RULES} a group, {GROUPS} groups",
            fix="Split the shop over two stacks, or merge services",
        )
    return needed


def security_groups(name: str, count: int, make: Callable[[str], aws.ec2.SecurityGroup]) -> list[aws.ec2.SecurityGroup]:
    """So many security groups: ``name-group``, ``name-group-2``, ..."""
    return [make(f"{name}-group" if number == 1 else f"{name}-group-{number}") for number in range(1, count + 1)]


class RuleRoom:
    """Room for rules of one direction, group after group.

    Args:
        groups: The security groups.
        taken: Rules that the first one has already.
    """

    def __init__(self, groups: Sequence[aws.ec2.SecurityGroup], *, taken: int = 0) -> None:
        self._groups = groups
        self._taken = taken

    def let_in(
        self,
        name: str,
        from_: Sequence[tuple[str, aws.ec2.SecurityGroup]],
        *,
        what: str,
        port: int,
        child: Callable[[], pulumi.ResourceOptions],
    ) -> None:
        """Let these connect by TCP to one port, and nothing else.

        Args:
            name: Of the rules, which end in the key of each.
            from_: Keys and security groups of those that connect.
            what: Listens on the port.
            port: The port.
            child: Options of a child of the component that listens.
        """
        for key, group in from_:
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-from-{key}",
                security_group_id=self.take().id,
                description=f"{what} from {key}",
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                referenced_security_group_id=group.id,
                opts=child(),
            )

    def take(self) -> aws.ec2.SecurityGroup:
        """The group that the next rule goes on."""
        group = self._groups[self._taken // RULES]
        self._taken += 1
        return group
