"""DatabaseProxy: RDS Proxy before a database: tasks share its connections, and a failover does not break theirs."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.account import Account
from infra.components.component import Component

IDLE_TIMEOUT = 1800
"""Seconds until a silent client is dropped; AWS's own default."""


class DatabaseProxy(Component):
    """A proxy that demands TLS, knows the database's password from its secret, and pools connections.

    Args:
        name: Logical name.
        account: Where it lies.
        cluster: The Aurora cluster.
        secret_arn: Secret with the password of its owner.
        key: KMS key of that secret.
        subnets: Where it lies.
        group: Its security group.

    Attributes:
        endpoint: Host name that tasks connect to.
    """

    def __init__(
        self,
        name: str,
        *,
        account: Account,
        cluster: aws.rds.Cluster,
        secret_arn: pulumi.Output[str],
        key: pulumi.Input[str],
        subnets: Sequence[aws.ec2.Subnet],
        group: aws.ec2.SecurityGroup,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("surgeproof:platform:DatabaseProxy", name, {}, opts)
        role = aws.iam.Role(
            names.logical("aws:iam/role:Role", f"{name}-role"),
            description="Lets RDS Proxy read the database's password",
            assume_role_policy=policies.trust(account, "rds.amazonaws.com"),
            opts=self._child(),
        )
        through = {"StringEquals": {"kms:ViaService": f"secretsmanager.{account.region}.amazonaws.com"}}
        policy = aws.iam.RolePolicy(
            f"{name}-policy",
            role=role.id,
            policy=policies.document(
                policies.allow("ReadPassword", ["secretsmanager:GetSecretValue"], [secret_arn]),
                policies.allow("OpenPassword", ["kms:Decrypt"], [key], condition=through),
            ),
            opts=self._child(),
        )
        proxy = aws.rds.Proxy(
            names.logical("aws:rds/proxy:Proxy", name),
            engine_family="POSTGRESQL",
            role_arn=role.arn,
            require_tls=True,
            idle_client_timeout=IDLE_TIMEOUT,
            auths=[{"auth_scheme": "SECRETS", "iam_auth": "DISABLED", "secret_arn": secret_arn}],
            vpc_subnet_ids=[subnet.id for subnet in subnets],
            vpc_security_group_ids=[group.id],
            opts=self._child(depends_on=[policy]),
        )
        pool = aws.rds.ProxyDefaultTargetGroup(
            f"{name}-pool",
            db_proxy_name=proxy.name,
            # A tenth is left for people and migrations, who come by the cluster's own endpoint.
            connection_pool_config={"max_connections_percent": 90, "connection_borrow_timeout": 30},
            opts=self._child(),
        )
        aws.rds.ProxyTarget(
            f"{name}-target",
            db_proxy_name=proxy.name,
            target_group_name=pool.name,
            db_cluster_identifier=cluster.id,
            opts=self._child(),
        )
        self.endpoint = proxy.endpoint
        self._done({"endpoint": self.endpoint})
