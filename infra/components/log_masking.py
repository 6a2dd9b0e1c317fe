"""LogMasking: what could be a card number is masked in the log groups of the shop's programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.account import Account
from infra.card_masking import masking_policy
from infra.components.component import Component, Transforms, component_options


@dataclass(frozen=True, kw_only=True)
class LogMaskingArgs:
    """What LogMasking is made from.

    Attributes:
        account: Where the groups lie.
        groups: Log groups by name of the service that writes them.
        transform: Changes to children.
    """

    account: Account
    groups: Mapping[str, aws.cloudwatch.LogGroup]
    transform: Transforms | None = None


class LogMasking(Component):
    """A data protection policy on each log group."""

    def __init__(self, name: str, args: LogMaskingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:LogMasking", name, {}, component_options(name, opts, args.transform))
        for service, group in args.groups.items():
            aws.cloudwatch.LogDataProtectionPolicy(
                f"{name}-{service}",
                log_group_name=group.name,
                policy_document=args.account.partition.apply(
                    lambda partition, service=service: masking_policy(f"{name}-{service}", partition)
                ),
                opts=self._child(),
            )
        self._done({})
