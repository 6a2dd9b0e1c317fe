"""Security groups of one interface with room for any number of rules: a second group where the first is full.

Source: Amazon VPC quotas: 60 inbound and 60 outbound rules a security group, 5 security groups a network interface. A
managed prefix list counts as many rules as it can have entries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

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

    def take(self) -> aws.ec2.SecurityGroup:
        """The group that the next rule goes on."""
        group = self._groups[self._taken // RULES]
        self._taken += 1
        return group
