"""Controls of what all tasks together must fit into: addresses, the account's quota, the database's connections."""

from __future__ import annotations

import re

from surgeproof.controls.catalogue.scaling import targets_of
from surgeproof.controls.containers import containers
from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import Parameter, control
from surgeproof.controls.expectations import all_of, entry, number
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import SERVICE_TYPE
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

TASK_TYPE = "aws:ecs/taskDefinition:TaskDefinition"
CLUSTER_TYPE = "aws:rds/cluster:Cluster"
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
    parameters=(Parameter("fargate_vcpus", 6, 6, 100_000, "vCPU"),),
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
    """Pools of all tasks against what the database takes, where both are told."""
    clusters = [
        cluster
        for task in reach(context).linked(service, "taskDefinition", (TASK_TYPE,))
        for cluster in context.graph.sources(task, "containerDefinitions")
        if cluster.type == CLUSTER_TYPE
    ]
    for cluster in clusters:
        takes = _takes(context, cluster)
        needs = context.once(("connections", cluster.urn), lambda cluster=cluster: _needs(context, cluster))
        if takes is not None and needs > takes:
            return failed(
                f"all tasks at their highest open {needs:g} connections, and {cluster.name} takes {takes:g}",
                property="taskDefinition",
            )
    return passed()


def _needs(context: Context, cluster: Resource) -> float:
    total = 0.0
    for task in reach(context).linking(cluster, TASK_TYPE, "containerDefinitions"):
        pools = [
            number(entry(pair, "value"))
            for item in containers(context, task) or []
            for pair in item.get("environment") or []
            if _POOL.search(str(entry(pair, "name")))
        ]
        services = reach(context).linking(task, SERVICE_TYPE, "taskDefinition")
        total += sum(highest(context, service) for service in services) * sum(pool for pool in pools if pool > 0)
    return total


def _takes(context: Context, cluster: Resource) -> float | None:
    """Connections of an Aurora PostgreSQL cluster: memory / 9,531,392, 5,000 at most; None where that is not told.

    An ACU has about 2 GiB; a cluster whose minimum is below one is held to 2,000 (Aurora User Guide, 'Maximum connections
    for Aurora Serverless v2').
    """
    if context.value(cluster, "engine") != "aurora-postgresql":
        return None
    scaling = "serverlessv2ScalingConfiguration"
    units, least = (context.value(cluster, f"{scaling}.{key}") for key in ("maxCapacity", "minCapacity"))
    if UNKNOWN in (units, least) or number(units) <= 0:
        return None
    connections = min(number(units) * 2 * 2**30 // 9_531_392, 5_000)
    return min(connections, 2_000) if number(least) < 1 else connections
