"""The account and region that a stack lies in, asked once."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.errors import SettingsError


@dataclass(frozen=True)
class Account:
    """Where things are.

    Attributes:
        id: Account number.
        partition: ``aws``, ``aws-cn``, ...
        region: Name of the region; known before anything is deployed.
        zones: Names of its availability zones.
    """

    id: pulumi.Output[str]
    partition: pulumi.Output[str]
    region: str
    zones: pulumi.Output[list[str]]

    @classmethod
    def current(cls, region: str) -> Account:
        """The account of the program's credentials."""
        zones = aws.get_availability_zones_output(
            state="available",
            # Local and wavelength zones cannot take load balancers or databases.
            filters=[{"name": "opt-in-status", "values": ["opt-in-not-required"]}],
        )
        return cls(
            id=aws.get_caller_identity_output().account_id,
            partition=aws.get_partition_output().partition,
            region=region,
            zones=zones.names.apply(sorted),
        )

    def zone(self, number: int) -> pulumi.Output[str]:
        """Name of an availability zone, from 0.

        Raises:
            SettingsError: When the region has fewer.
        """

        def pick(names: list[str]) -> str:
            if number >= len(names):
                raise SettingsError(
                    f"{self.region} has {len(names)} availability zones open to this account",
                    path="network.zones",
                    got=number + 1,
                    allowed=f"up to {len(names)}",
                )
            return names[number]

        return self.zones.apply(pick)

    def arn(self, service: str, resource: str | pulumi.Output[str], *, region: bool = True) -> pulumi.Output[str]:
        """ARN of something in this account that has a name of our own choice."""
        return pulumi.Output.format(
            "arn:{0}:{1}:{2}:{3}:{4}", self.partition, service, self.region if region else "", self.id, resource
        )

    def root(self) -> pulumi.Output[str]:
        """ARN that stands for the account's own administrators in key and bucket policies."""
        return pulumi.Output.format("arn:{0}:iam::{1}:root", self.partition, self.id)
