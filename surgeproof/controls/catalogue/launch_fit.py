"""Controls of what all tasks together must fit into: addresses, the account's quota, the database's connections."""

from __future__ import annotations

import re
from itertools import pairwise

from surgeproof.controls.catalogue.scaling import targets_of
from surgeproof.controls.containers import containers
from surgeproof.controls.context import UNKNOWN, Context, NoValue
from surgeproof.controls.control import Parameter, control
from surgeproof.controls.expectations import all_of, entry, items, number
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import SERVICE_TYPE
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

TASK_TYPE = "aws:ecs/taskDefinition:TaskDefinition"
CLUSTER_TYPE = "aws:rds/cluster:Cluster"
PARAMETERS_TYPE = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
PROXY_TYPE = "aws:rds/proxy:Proxy"
_CONNECTIONS = ((0.0, 0.0), (1.0, 189.0), (4.0, 823.0), (8.0, 1_669.0), (16.0, 3_360.0), (32.0, 5_000.0))
"""Highest capacity in ACU to connections."""
_POOL = re.compile(r"(DATABASE|DB|POSTGRES|PG)_(POOL_SIZE|POOL_MAX|MAX_CONNECTIONS|POOL)$")


@control(
    id="SCL-06",
    title="At their highest, all tasks fit: into their subnets, into the account's quota, into the database's connections",
    severity="high",
    family="ecs_service",
    rationale="When something runs out, scaling stops at the height of the launch, with an error that nobody watches.",
    remediation="Larger subnets or a lower `max_capacity`; a raised quota, told with `SCL-06.fargate_vcpus`; smaller pools, an "
    "RDS proxy or more `max_capacity` of the database.",
    requirements=published(nist="CP-2(2) SC-5(2)"),
    # 6 is what AWS gives a new account (Service Quotas, 'Fargate On-Demand vCPU resource count'): more has to be asked for.
    # 10 is what asyncpg's pool opens at most (create_pool, max_size), and HikariCP's.
    parameters=(
        Parameter("fargate_vcpus", 6, 6, 100_000, "vCPU"),
        Parameter("pool", 10, 1, 1_000, "connections of a task whose environment tells none"),
    ),
)
def tasks_fit(resource: Resource, context: Context) -> list[Outcome]:
    """The highest number of tasks, and what a deployment runs beside them, of all services that share what they fit into."""
    if not targets_of(context, resource):
        return [not_applicable("it does not scale")]
    return all_of(_addresses(context, resource), _quota(context, resource), _connections(context, resource))


def highest(context: Context, service: Resource) -> float:
    """The most tasks of a service at once: a deployment runs new ones beside the old."""
    share = number(service.inputs.get("deploymentMaximumPercent", 200)) / 100
    return share * max((number(context.value(item, "maxCapacity")) for item in targets_of(context, service)), default=0)


def _addresses(context: Context, service: Resource) -> Outcome:
    """AWS keeps five addresses of each subnet (Amazon VPC User Guide, 'Subnet CIDR blocks')."""
    ways = reach(context)
    subnets = set(ways.subnets_of(service, "networkConfiguration"))
    if not subnets:
        return passed("its subnets are not of this program")
    prefixes = [str(context.value(subnet, "cidrBlock")).rpartition("/")[2] for subnet in subnets]
    if not all(prefix.isdigit() for prefix in prefixes):
        return unknown("the size of its subnets is not known", property="networkConfiguration")
    addresses = sum(2 ** (32 - int(prefix)) - 5 for prefix in prefixes)
    sharing = {item for subnet in subnets for item in ways.linking(subnet, SERVICE_TYPE, "networkConfiguration")}
    tasks = sum(highest(context, item) for item in sharing)
    if tasks <= addresses:
        return passed()
    return failed(
        f"{tasks:g} tasks at their highest, while a deployment runs, need more than {addresses} addresses",
        property="networkConfiguration",
    )


def _quota(context: Context, service: Resource) -> Outcome:
    """vCPU of all services on Fargate against the quota; the quota is the region's, so each service answers for all."""
    needed = context.once("fargate vcpus", lambda: _fargate(context))
    quota = context.parameter("fargate_vcpus")
    if context.value(service, "launchType") == "EC2" or needed <= quota:
        return passed()
    return failed(
        f"all services at their highest need {needed:g} vCPU of Fargate, and the quota is {quota:g}",
        property="taskDefinition",
    )


def _fargate(context: Context) -> float:
    total = 0.0
    for service in context.graph.of_type(SERVICE_TYPE):
        if context.value(service, "launchType") == "EC2":
            continue
        units = [
            number(task.inputs.get("cpu")) for task in reach(context).linked(service, "taskDefinition", (TASK_TYPE,))
        ]
        total += highest(context, service) * max(units, default=0) / 1024
    return total


def _connections(context: Context, service: Resource) -> Outcome:
    """Pools of all tasks against what the database takes, where that is told; a proxy shares its connections out."""
    clusters = [
        cluster
        for task in reach(context).linked(service, "taskDefinition", (TASK_TYPE,))
        if not _has_proxy(context, task)
        for cluster in context.graph.sources(task, "containerDefinitions")
        if cluster.type == CLUSTER_TYPE
    ]
    for cluster in clusters:
        takes = _takes(context, cluster)
        needs = context.once(("connections", cluster.urn), lambda cluster=cluster: _needs(context, cluster))
        if isinstance(takes, NoValue):
            return unknown(f"how many connections {cluster.name} takes is not known", property="taskDefinition")
        if takes is not None and needs > takes:
            return failed(
                f"all tasks at their highest open {needs:g} connections, and {cluster.name} takes {takes:g}",
                property="taskDefinition",
            )
    return passed()


def _has_proxy(context: Context, task: Resource) -> bool:
    return any(item.type == PROXY_TYPE for item in context.graph.sources(task, "containerDefinitions"))


def _needs(context: Context, cluster: Resource) -> float:
    total = 0.0
    for task in reach(context).linking(cluster, TASK_TYPE, "containerDefinitions"):
        if _has_proxy(context, task):
            continue
        pools = [
            number(entry(pair, "value"))
            for item in containers(context, task) or []
            for pair in item.get("environment") or []
            if _POOL.search(str(entry(pair, "name")))
        ]
        services = reach(context).linking(task, SERVICE_TYPE, "taskDefinition")
        pool = sum(pool for pool in pools if pool > 0) or context.parameter("pool")
        total += sum(highest(context, service) for service in services) * pool
    return total


def _takes(context: Context, cluster: Resource) -> float | NoValue | None:
    """Connections that a cluster takes: as its parameter group says, or as Aurora gives them; None where neither tells."""
    groups = reach(context).linked(cluster, "dbClusterParameterGroupName", (PARAMETERS_TYPE,))
    listed = [items(context, group, "parameters") for group in groups]
    if None in listed:
        return UNKNOWN
    for pair in (pair for pairs in listed for pair in pairs or []):
        if entry(pair, "name") == "max_connections":
            value = entry(pair, "value")
            if value is UNKNOWN:
                return UNKNOWN
            return number(value) if str(value).isdigit() else None
    if context.value(cluster, "engine") != "aurora-postgresql":
        return None
    scaling = "serverlessv2ScalingConfiguration"
    units, least = (context.value(cluster, f"{scaling}.{key}") for key in ("maxCapacity", "minCapacity"))
    if UNKNOWN in (units, least):
        return UNKNOWN
    return aurora_connections(number(least), number(units)) if number(units) > 0 else None


def aurora_connections(least: float, most: float) -> float:
    """``max_connections`` of Aurora PostgreSQL Serverless v2, in a straight line between AWS's figures.

    It follows the highest capacity, and is held to 2,000 where the lowest is below one (Aurora User Guide, 'Maximum
    connections for Aurora Serverless v2').

    Args:
        least: Lowest capacity, ACU.
        most: Highest capacity, ACU.
    """
    found = _CONNECTIONS[-1][1]
    for (below, few), (above, many) in pairwise(_CONNECTIONS):
        if most < above:
            found = few + (many - few) * (most - below) / (above - below)
            break
    return min(found, 2_000) if least < 1 else found
