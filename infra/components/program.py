"""What services and jobs have in common: both are a program that runs as tasks of a cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from infra.account import Account
from infra.components.cluster import Cluster
from infra.components.component import Transforms
from infra.components.network import Network
from infra.components.task import TaskArgs
from infra.policies import Statement
from infra.task_settings import TaskSettings


@dataclass(frozen=True, kw_only=True)
class ProgramArgs:
    """What a program is made from, whatever starts it.

    Attributes:
        account: Where it lies.
        network: The VPC; tasks lie in the app subnets, or in the card-data subnets.
        cluster: The cluster.
        log_key: KMS key of its logs.
        environment: Variables that the platform wires, on top of those of the settings.
        secrets: Variable to the ARN of the secret that it is filled from.
        secrets_key: KMS key of those.
        statements: What the program may do in AWS.
        transform: Changes to children.
    """

    account: Account
    network: Network
    cluster: Cluster
    log_key: pulumi.Input[str]
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    secrets_key: pulumi.Input[str] | None = None
    statements: Sequence[Statement] = ()
    transform: Transforms | None = None

    def task(self, program: str, settings: TaskSettings, *, path: str, port: int | None = None) -> TaskArgs:
        """What its tasks are made from.

        Args:
            program: Its name; the container's name too.
            settings: Its settings.
            path: Where they stand: ``services.storefront``.
            port: That it listens on.
        """
        return TaskArgs(
            program=program,
            settings=settings,
            path=path,
            account=self.account,
            network=self.network,
            log_key=self.log_key,
            port=port,
            environment=self.environment,
            secrets=self.secrets,
            secrets_key=self.secrets_key,
            statements=self.statements,
        )
