"""CacheLogin: the one user of a cache, whom IAM lets in; there is no default user, and no password to keep or to rotate."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra import names, policies
from infra.components.component import Component
from infra.policies import Statement

ACCESS = "on ~* &* +@all -@dangerous +info"
"""All keys, and all commands but those that stop, empty, spy on or slow down the server; drivers ask for `info`."""


class CacheLogin(Component):
    """A user that tasks log in as, with a token that their own role signs, and its group.

    A group for Valkey takes users with a password or IAM alone, so that nobody comes in unasked (Amazon ElastiCache
    User Guide, 'Role-Based Access Control').

    Args:
        name: Logical name.

    Attributes:
        user: The user; its id is its name, as IAM asks for.
        group: The user group.
    """

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:CacheLogin", name, {}, opts)
        identity = names.fit(f"{name}-user", names.LIMITS["aws:elasticache/user:User"])
        self.user = aws.elasticache.User(
            f"{name}-user",
            user_id=identity,
            user_name=identity,
            engine="valkey",
            access_string=ACCESS,
            authentication_mode={"type": "iam"},
            opts=self._child(),
        )
        self.group = aws.elasticache.UserGroup(
            f"{name}-users",
            user_group_id=names.fit(f"{name}-users", names.LIMITS["aws:elasticache/userGroup:UserGroup"]),
            engine="valkey",
            user_ids=[self.user.user_id],
            opts=self._child(),
        )
        self._done({"user": self.user.user_name})

    def statement(self, cache: aws.elasticache.ReplicationGroup) -> Statement:
        """What a task's role needs to log in as this user, to this cache alone."""
        return policies.allow("LogInToCache", ["elasticache:Connect"], [cache.arn, self.user.arn])
