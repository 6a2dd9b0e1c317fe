"""Controls of caches: encryption, sign-in, availability."""

from __future__ import annotations

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, customer_key, is_true, must, number
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import tags
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

GROUP = "cache"
USER = "aws:elasticache/user:User"
USER_GROUP = "aws:elasticache/userGroup:UserGroup"
USER_ASSOCIATION = "aws:elasticache/userGroupAssociation:UserGroupAssociation"
MEMBER = "a member of a replication group, which is judged itself"


def _member(context: Context, resource: Resource) -> bool:
    return context.value(resource, "replicationGroupId") is not ABSENT and resource.type.endswith(":Cluster")


@control(
    id="EC-01",
    title="A cache is encrypted at rest with a customer key",
    severity="high",
    family=GROUP,
    rationale="Snapshots and swap hold carts and sessions.",
    remediation="`at_rest_encryption_enabled=True, kms_key_id=key.arn`",
    requirements=published("ElastiCache.4", pci="3.5.1c", nist="SC-28"),
)
def cache_is_encrypted(resource: Resource, context: Context) -> list[Outcome]:
    """Encryption at rest is on and its key is not AWS's."""
    if _member(context, resource):
        return [not_applicable(MEMBER)]
    return all_of(
        must(context, resource, "atRestEncryptionEnabled", is_true, "is not encrypted at rest"),
        customer_key(context, resource, "kmsKeyId", "has no customer key"),
    )


@control(
    id="EC-02",
    title="A cache takes connections over TLS only",
    severity="high",
    family=GROUP,
    rationale="Session tokens pass between tasks and cache with every request.",
    remediation="`transit_encryption_enabled=True, transit_encryption_mode='required'`",
    requirements=published("ElastiCache.5†", pci="4.2.1c", nist="SC-8"),
)
def cache_speaks_tls(resource: Resource, context: Context) -> list[Outcome]:
    """Encryption on the way is on, and not ``preferred``."""
    if _member(context, resource):
        return [not_applicable(MEMBER)]
    return all_of(
        must(context, resource, "transitEncryptionEnabled", is_true, "takes connections in clear text"),
        must(
            context,
            resource,
            "transitEncryptionMode",
            lambda value: value == "required",
            "lets clients choose clear text",
            missing="required",
        ),
    )


@control(
    id="EC-03",
    title="A cache asks who connects",
    severity="high",
    family=GROUP,
    rationale="Without it, whatever runs in the network reads every session.",
    remediation="`user_group_ids=[group.id]`, or `auth_token=` generated and marked as secret.",
    requirements=published("ElastiCache.6†", pci="8.3.1h", nist="AC-3"),
)
def cache_asks_who(resource: Resource, context: Context) -> Outcome:
    """A user group, or a token that is marked as secret."""
    if _member(context, resource):
        return not_applicable(MEMBER)
    if any(_asks_nothing(context, user) for user in _users(context, resource)):
        return failed("a user of its group needs no password", property="userGroupIds")
    users = context.value(resource, "userGroupIds")
    if users is UNKNOWN or "userGroupIds" in resource.property_dependencies or (isinstance(users, list) and users):
        return passed()
    token = context.value(resource, "authToken")
    if token is ABSENT:
        return failed("lets anybody in who reaches it: neither users nor a token", property="userGroupIds")
    hidden = token is UNKNOWN or "authToken" in resource.secrets
    return passed() if hidden else failed("its token is typed into the program", property="authToken")


def _users(context: Context, cache: Resource) -> list[Resource]:
    """Users of a cache's groups, by the groups' own lists and by associations."""
    ways = reach(context)
    groups = ways.linked(cache, "userGroupIds", (USER_GROUP,))
    return [
        user
        for group in groups
        for user in (
            *ways.linked(group, "userIds", (USER,)),
            *(
                item
                for link in ways.linking(group, USER_ASSOCIATION, "userGroupId")
                for item in ways.linked(link, "userId", (USER,))
            ),
        )
    ]


def _asks_nothing(context: Context, user: Resource) -> bool:
    """Whether a user gets in without a password and may do anything; one that is off is no way in."""
    free = is_true(context.value(user, "noPasswordRequired")) or (
        context.value(user, "authenticationMode.type") == "no-password-required"
    )
    return free and not str(context.value(user, "accessString")).startswith("off")


@control(
    id="EC-04",
    title="A cache survives the loss of a zone and can be restored",
    severity="high",
    family=GROUP,
    rationale="A cache that goes away in a launch sends all its load to the database.",
    remediation="`automatic_failover_enabled=True, multi_az_enabled=True, num_cache_clusters=2, snapshot_retention_limit=7`",
    requirements=published("ElastiCache.3 ElastiCache.1", pci="10.3.3c", nist="CP-10"),
)
def cache_survives(resource: Resource, context: Context) -> list[Outcome]:
    """Failover over zones, a replica in each shard, and snapshots unless tagged ``ephemeral: true``."""
    if _member(context, resource):
        return [not_applicable(MEMBER)]
    snapshots = passed()
    if tags(context, resource).get("ephemeral") != "true":
        snapshots = must(
            context, resource, "snapshotRetentionLimit", lambda value: number(value) >= 1, "keeps no snapshots"
        )
    return all_of(
        must(context, resource, "automaticFailoverEnabled", is_true, "does not fail over by itself"),
        must(context, resource, "multiAzEnabled", is_true, "lies in one zone"),
        _replicas(context, resource),
        snapshots,
    )


def _replicas(context: Context, resource: Resource) -> Outcome:
    shard = context.value(resource, "replicasPerNodeGroup")
    nodes = context.value(resource, "numCacheClusters")
    if UNKNOWN in (shard, nodes):
        return unknown("how many replicas it has is not known", property="numCacheClusters")
    if shard is not ABSENT:
        return passed() if number(shard) >= 1 else failed("its shards have no replica", property="replicasPerNodeGroup")
    if number(nodes) >= 2:
        return passed()
    return failed("has no replica", property="numCacheClusters")


@control(
    id="EC-05",
    title="A cache takes minor versions and lies in private subnets of its own",
    severity="med",
    family=GROUP,
    rationale="The default subnet group spans public subnets.",
    remediation="`auto_minor_version_upgrade=True, subnet_group_name=subnets.name`",
    requirements=published("ElastiCache.2† ElastiCache.7", pci="6.3.3h 1.3.1c", nist="SI-2 SC-7"),
)
def cache_is_placed(resource: Resource, context: Context) -> list[Outcome]:
    """Minor versions by itself; a subnet group, none of whose subnets has an internet route."""
    if _member(context, resource):
        return [not_applicable(MEMBER)]
    ways = reach(context)
    name = context.value(resource, "subnetGroupName")
    subnets = [
        subnet for group in ways.linked(resource, "subnetGroupName") for subnet in ways.subnets_of(group, "subnetIds")
    ]
    place = passed()
    if name in (ABSENT, "default"):
        place = failed("lies in the default subnet group", property="subnetGroupName")
    else:
        leads = [ways.has_internet_route(subnet) for subnet in subnets]
        if any(leads):
            place = failed("a subnet of its group has a route to an internet gateway", property="subnetGroupName")
        elif not leads or None in leads:
            place = unknown("where its subnets lead is not known", property="subnetGroupName")
    return all_of(
        must(
            context,
            resource,
            "autoMinorVersionUpgrade",
            is_true,
            "does not take minor versions by itself",
            missing=True,
        ),
        place,
    )
