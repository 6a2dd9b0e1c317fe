"""Controls of how databases and caches are looked after: windows, insight, what they write down, who takes over."""

from __future__ import annotations

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, customer_key, entry, is_true, items, must, number
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.published import published
from surgeproof.controls.windows import apart
from surgeproof.graph.model import Resource

CLUSTER = "database_cluster"
INSTANCE = "database_instance"
PARAMETERS = "database_parameters"
MEMBER = "aws:rds/clusterInstance:ClusterInstance"
CACHE = "cache"
CACHE_PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup"
FIRST_TIERS = (0, 1)
"""Promotion tiers whose serverless readers are kept as large as the writer (Amazon Aurora User Guide)."""
SLOWEST = 60_000
"""Milliseconds above which nothing that is slow for a shopper is written down."""


@control(
    id="RDS-11",
    title="A database says when it is backed up and when it is maintained, and not both at once",
    severity="low",
    family=CLUSTER,
    rationale="AWS chooses a window at random; a restart for maintenance in the launch hour is an outage.",
    remediation="`preferred_backup_window='02:00-03:00', preferred_maintenance_window='tue:03:30-tue:04:30'`",
    requirements=published(nist="MA-2 CP-9"),
)
def database_windows_are_apart(resource: Resource, context: Context) -> Outcome:
    """Both windows are written, and share no minute."""
    return apart(context, resource, "preferredBackupWindow", "preferredMaintenanceWindow")


@control(
    id="RDS-12",
    title="What a database waits for can be seen, second by second, and is encrypted",
    severity="med",
    family=INSTANCE,
    rationale="When it is slow in a launch, nobody finds the statement afterwards; statements hold what was asked for.",
    remediation="`performance_insights_enabled=True, performance_insights_kms_key_id=key.arn, monitoring_interval=60, "
    "monitoring_role_arn=role.arn`",
    requirements=published("RDS.6", nist="SI-4 AU-6"),
)
def database_can_be_looked_into(resource: Resource, context: Context) -> list[Outcome]:
    """Performance Insights with a customer key, and enhanced monitoring."""
    return all_of(
        must(context, resource, "performanceInsightsEnabled", is_true, "does not show what it waits for"),
        customer_key(
            context, resource, "performanceInsightsKmsKeyId", "shows what it waits for without a customer key"
        ),
        must(
            context,
            resource,
            "monitoringInterval",
            lambda value: number(value) > 0,
            "has no enhanced monitoring",
            missing=0,
        ),
    )


def _parameter(context: Context, resource: Resource, name: str) -> object:
    """Value of an engine's parameter; ABSENT when the group leaves it, UNKNOWN when it cannot be told."""
    listed = items(context, resource, "parameters")
    if listed is None:
        return UNKNOWN
    return next((entry(item, "value") for item in listed if entry(item, "name") == name), ABSENT)


def _postgres(context: Context, resource: Resource) -> bool:
    return "postgres" in str(context.value(resource, "family"))


@control(
    id="RDS-13",
    title="A database writes down statements that are slow",
    severity="low",
    family=PARAMETERS,
    rationale="The statement that was fast with a hundred products is found before the launch, in the log of the rehearsal.",
    remediation="`{'name': 'log_min_duration_statement', 'value': '1000'}`",
    requirements=published(nist="AU-2 SI-4"),
)
def slow_statements_are_written(resource: Resource, context: Context) -> Outcome:
    """From a duration of at most a minute, but not all: statements hold what customers typed."""
    if not _postgres(context, resource):
        return not_applicable("not of PostgreSQL")
    value = _parameter(context, resource, "log_min_duration_statement")
    if value is UNKNOWN:
        return unknown("its parameters are not known", property="parameters")
    if 0 < number(value) <= SLOWEST:
        return passed()
    return failed("writes down every statement, or no slow one", property="parameters")


@control(
    id="RDS-14",
    title="A database writes down who connects",
    severity="low",
    family=PARAMETERS,
    rationale="Who has signed in to customers' data is the first question after a leak.",
    remediation="`{'name': 'log_connections', 'value': '1'}`",
    requirements=published(pci="10.2.1j", nist="AU-2"),
)
def connections_are_written(resource: Resource, context: Context) -> Outcome:
    """``log_connections`` is on; its default is off."""
    if not _postgres(context, resource):
        return not_applicable("not of PostgreSQL")
    value = _parameter(context, resource, "log_connections")
    if value is UNKNOWN:
        return unknown("its parameters are not known", property="parameters")
    on = str(value).lower() in {"1", "on", "true", "all"}
    return passed() if on else failed("does not write down who connects", property="parameters")


@control(
    id="RDS-15",
    title="A serverless reader is as large as the writer that it would replace",
    severity="med",
    family=CLUSTER,
    rationale="A reader in a later tier scales by its own load: it takes over at its smallest, with the load of the launch.",
    remediation="`promotion_tier=0` on the writer, `promotion_tier=1` on a reader",
    requirements=published(nist="CP-10"),
)
def reader_can_take_over(resource: Resource, context: Context) -> Outcome:
    """Two instances at least in promotion tiers 0 and 1, where the cluster is serverless and has readers."""
    if context.value(resource, "serverlessv2ScalingConfiguration") is ABSENT:
        return not_applicable("not serverless")
    members = [
        item
        for item in reach(context).linking(resource, MEMBER, "clusterIdentifier")
        if context.value(item, "instanceClass") == "db.serverless"
    ]
    if len(members) < 2:
        return not_applicable("has no serverless reader")
    tiers = [context.value(item, "promotionTier") for item in members]
    ready = sum(tier is ABSENT or (tier is not UNKNOWN and number(tier) in FIRST_TIERS) for tier in tiers)
    if ready >= 2:
        return passed()
    if UNKNOWN in tiers:
        return unknown("the tiers of its instances are not known", property="id")
    return failed("no reader grows with the writer", property="id")


@control(
    id="RDS-16",
    title="A serverless database never sleeps, and can at least double",
    severity="med",
    family=CLUSTER,
    rationale="One that rests at nothing wakes in a quarter of a minute, with the first shoppers in its queue; one that "
    "cannot double is provisioned, at the price of serverless.",
    remediation="`serverlessv2_scaling_configuration={'min_capacity': 2, 'max_capacity': 32}`",
    requirements=published(nist="SC-5 CP-2"),
)
def database_can_grow(resource: Resource, context: Context) -> list[Outcome]:
    """More than no capacity at rest, and twice as much at most or more."""
    place = "serverlessv2ScalingConfiguration"
    if context.value(resource, place) is ABSENT:
        return [not_applicable("not serverless")]
    least, most = (context.value(resource, f"{place}.{key}") for key in ("minCapacity", "maxCapacity"))
    if UNKNOWN in (least, most):
        return [unknown("how far it scales is not known", property=place)]
    return all_of(
        passed() if number(least) > 0 else failed("sleeps when nobody comes", property=f"{place}.minCapacity"),
        passed() if number(most) >= 2 * number(least) else failed("cannot double", property=f"{place}.maxCapacity"),
    )


@control(
    id="EC-06",
    title="A cache says when it is copied and when it is maintained, and not both at once",
    severity="low",
    family=CACHE,
    rationale="AWS chooses a window at random; a failover for maintenance in the launch hour empties carts' connections.",
    remediation="`snapshot_window='01:00-02:00', maintenance_window='tue:04:30-tue:05:30'`",
    requirements=published(nist="MA-2 CP-9"),
)
def cache_windows_are_apart(resource: Resource, context: Context) -> Outcome:
    """Both windows are written, and share no minute; a cache without snapshots needs none for them."""
    if context.value(resource, "replicationGroupId") is not ABSENT and resource.type.endswith(":Cluster"):
        return not_applicable("a member of a replication group, which is judged itself")
    kept = context.value(resource, "snapshotRetentionLimit")
    if kept is ABSENT or (kept is not UNKNOWN and number(kept) == 0):
        return must(context, resource, "maintenanceWindow", bool, "leaves its maintenance window to AWS")
    return apart(context, resource, "snapshotWindow", "maintenanceWindow")


@control(
    id="EC-07",
    title="A full cache never throws out what it is backed up for",
    severity="med",
    family=CACHE,
    rationale="With `allkeys-…` carts and sessions go when a launch fills the catalogue's part of it.",
    remediation="`aws.elasticache.ParameterGroup(..., parameters=[{'name': 'maxmemory-policy', 'value': 'volatile-lru'}])`",
    requirements=published(nist="SI-12 SC-5"),
)
def carts_stay(resource: Resource, context: Context) -> list[Outcome]:
    """Its parameter group throws out keys with an end only, or nothing; AWS's own groups do so."""
    kept = context.value(resource, "snapshotRetentionLimit")
    if kept is ABSENT or (kept is not UNKNOWN and number(kept) == 0):
        return [not_applicable("nothing in it is kept")]
    for group in reach(context).linked(resource, "parameterGroupName", (CACHE_PARAMETERS,)):
        value = _parameter(context, group, "maxmemory-policy")
        if value is UNKNOWN:
            return [unknown("what it throws out is not known", property="parameterGroupName")]
        if value is not ABSENT and not str(value).startswith(("volatile-", "noeviction")):
            return [failed("throws out what has no end when it is full", property="parameterGroupName")]
    return [passed()]
