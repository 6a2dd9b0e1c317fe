"""Who may log in to the deployed caches, as the program's ElastiCache users say it, in Valkey's own words."""

from __future__ import annotations

from dataclasses import dataclass

from surgeproof.graph.model import Graph, Resource

GROUP = "aws:elasticache/userGroup:UserGroup"
USER = "aws:elasticache/user:User"


@dataclass(frozen=True, slots=True)
class CacheUser:
    """A user of a cache.

    Attributes:
        name: What clients log in with.
        access: Access string: ``on ~* +@all``; ElastiCache's are Valkey's rules (ElastiCache User Guide, 'RBAC').
        passwords: Any of them; none for a user that needs none.
    """

    name: str
    access: str
    passwords: tuple[str, ...] = ()

    @classmethod
    def nobody(cls) -> CacheUser:
        """The default user, switched off: without a login nothing is allowed."""
        return cls("default", "off resetkeys resetchannels -@all")

    @property
    def rule(self) -> str:
        """Line of an ACL file."""
        known = " ".join(f">{password}" for password in self.passwords) or "nopass"
        return f"user {self.name} reset {known} {self.access}"


def cache_users(graph: Graph) -> list[CacheUser]:
    """Users that are in a group; empty where the program has none, and its cache lets everybody in."""
    members = {str(user) for group in graph.of_type(GROUP) for user in group.inputs.get("userIds") or ()}
    return [_user(resource) for resource in graph.of_type(USER) if resource.inputs.get("userId") in members]


def _user(resource: Resource) -> CacheUser:
    inputs = resource.inputs
    mode = inputs.get("authenticationMode") or {}
    passwords = mode.get("passwords") or inputs.get("passwords") or ()
    return CacheUser(
        str(inputs["userName"]), str(inputs["accessString"]), tuple(str(password) for password in passwords)
    )
