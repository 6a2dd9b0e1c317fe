"""CacheLogin: the one user of a cache, and the secret that tasks find it in; there is no default user."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra import names
from infra.components.component import Component
from infra.tags import CLASSIFICATION

USER = "shop"
ACCESS = "on ~* &* +@all -@dangerous +info"
"""All keys, and all commands but those that stop, empty, spy on or slow down the server; drivers ask for `info`."""
PASSWORD_LENGTH = 40


class CacheLogin(Component):
    """A user with a password that nobody types, its group, and a secret with the whole URL.

    A group for Valkey takes users with a password or IAM alone, so that nobody comes in unasked (Amazon ElastiCache
    User Guide, 'Role-Based Access Control').

    Args:
        name: Logical name.
        key: KMS key of the secret.
        keep: Whether the secret is protected, and can be restored for a while.

    Attributes:
        group: The user group.
    """

    def __init__(
        self, name: str, *, key: pulumi.Input[str], keep: bool, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("surgeproof:platform:CacheLogin", name, {}, opts)
        self._name, self._keep = name, keep
        # Made up anew in each run, and taken at the first alone: from then on it is the state's.
        made_up = aws.secretsmanager.get_random_password_output(
            password_length=PASSWORD_LENGTH, exclude_punctuation=True
        ).random_password
        self._user = aws.elasticache.User(
            f"{name}-user",
            user_id=names.fit(f"{name}-user", names.LIMITS["aws:elasticache/user:User"]),
            user_name=USER,
            engine="valkey",
            access_string=ACCESS,
            passwords=pulumi.Output.secret(made_up).apply(lambda password: [password]),
            opts=self._child(ignore_changes=["passwords"]),
        )
        self.group = aws.elasticache.UserGroup(
            f"{name}-users",
            user_group_id=names.fit(f"{name}-users", names.LIMITS["aws:elasticache/userGroup:UserGroup"]),
            engine="valkey",
            user_ids=[self._user.user_id],
            opts=self._child(),
        )
        self._secret = aws.secretsmanager.Secret(
            f"{name}-url",
            description="Where tasks reach the cache, with user and password",
            kms_key_id=key,
            recovery_window_in_days=30 if keep else 0,
            tags={CLASSIFICATION: "orders"},
            opts=self._child(protect=keep or None),
        )
        self._done({"user": self._user.user_name})

    def tell(self, host: pulumi.Output[str], port: int) -> pulumi.Output[str]:
        """Write the URL into the secret; its ARN, known once the URL is in it."""
        password = self._user.passwords.apply(lambda passwords: (passwords or [""])[0])
        version = aws.secretsmanager.SecretVersion(
            f"{self._name}-url-value",
            secret_id=self._secret.id,
            secret_string=pulumi.Output.secret(
                pulumi.Output.format("rediss://{0}:{1}@{2}:{3}", USER, password, host, port)
            ),
            opts=self._child(),
        )
        return version.secret_arn
