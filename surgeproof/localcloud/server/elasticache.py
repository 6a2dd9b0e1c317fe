"""ElastiCache: subnet groups and users that change and go, which moto does not let them."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.elasticache.exceptions import CacheSubnetGroupNotFound, UserNotFound
from moto.elasticache.models import CacheSubnetGroup, ElastiCacheBackend
from moto.elasticache.responses import ElastiCacheResponse


def install() -> None:
    """Let moto answer DeleteCacheSubnetGroup, ModifyCacheSubnetGroup, ModifyUser; deleted users and replication groups are gone."""
    answers: dict[str, Any] = {
        "delete_cache_subnet_group": _delete_cache_subnet_group,
        "modify_cache_subnet_group": _modify_cache_subnet_group,
        "modify_user": _modify_user,
    }
    for name, method in answers.items():
        setattr(ElastiCacheResponse, name, method)
    moto_delete = ElastiCacheBackend.delete_replication_group

    def delete_replication_group(self: ElastiCacheBackend, *args: Any, **more: Any) -> Any:
        group = moto_delete(self, *args, **more)
        groups: dict[str, Any] = self.replication_groups
        for name in [name for name, kept in groups.items() if kept is group]:
            del groups[name]
        return group

    kept: dict[str, Any] = {"delete_user": _delete_user, "delete_replication_group": delete_replication_group}
    for name, method in kept.items():
        setattr(ElastiCacheBackend, name, method)


def _delete_cache_subnet_group(self: ElastiCacheResponse) -> ActionResult:
    name = self._get_param("CacheSubnetGroupName")
    if self.elasticache_backend.cache_subnet_groups.pop(name, None) is None:
        raise CacheSubnetGroupNotFound(name)
    return ActionResult({})


def _modify_cache_subnet_group(self: ElastiCacheResponse) -> ActionResult:
    name = self._get_param("CacheSubnetGroupName")
    groups: dict[str, Any] = self.elasticache_backend.cache_subnet_groups
    if name not in groups:
        raise CacheSubnetGroupNotFound(name)
    told = self._get_param("CacheSubnetGroupDescription")
    made: Any = CacheSubnetGroup(
        account_id=self.current_account,
        region_name=self.region,
        cache_subnet_group_name=name,
        cache_subnet_group_description=groups[name].cache_subnet_group_description if told is None else told,
        subnet_ids=self._get_param("SubnetIds") or groups[name].subnet_ids,
        tags=groups[name].tags,
    )
    groups[name] = made
    return ActionResult({"CacheSubnetGroup": made})


def _modify_user(self: ElastiCacheResponse) -> ActionResult:
    params = self._get_params()
    user = self.elasticache_backend.users.get(params["UserId"])
    if user is None:
        raise UserNotFound(params["UserId"])
    for member, name in (("AccessString", "access_string"), ("Passwords", "passwords"), ("Engine", "engine")):
        if member in params:
            setattr(user, name, params[member])
    return ActionResult(user)


def _delete_user(self: ElastiCacheBackend, user_id: str) -> Any:
    user: Any = self.users.pop(user_id, None)
    if user is None:
        raise UserNotFound(user_id)
    user.status = "deleting"
    return user
