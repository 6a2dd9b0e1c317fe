"""Controls of ECS services: placement, deployment, exec, and the card-data environment's own service."""

from __future__ import annotations

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, is_false, is_true, must, number
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import SERVICE_TYPE, in_scope, zones_of
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

SERVICE = "ecs_service"
FARGATE_MINIMUM = (1, 4, 0)


@control(
    id="ECS-01",
    title="Tasks have no public address",
    severity="high",
    family=SERVICE,
    rationale="A task is reached through the load balancer or not at all.",
    remediation="`network_configuration={'assign_public_ip': False, ...}`",
    requirements=published("ECS.2† ECS.16†", pci="1.4.4h", nist="SC-7"),
)
def tasks_have_no_public_address(resource: Resource, context: Context) -> Outcome:
    """``assignPublicIp`` is off."""
    return must(
        context,
        resource,
        "networkConfiguration.assignPublicIp",
        is_false,
        "its tasks get public addresses",
        missing=False,
    )


@control(
    id="ECS-07",
    title="Fargate's platform version is supported",
    severity="med",
    family=SERVICE,
    rationale="Old platform versions get no more fixes.",
    remediation="`platform_version='LATEST'`",
    requirements=published("ECS.10†", pci="6.3.3h", nist="SI-2"),
)
def platform_is_current(resource: Resource, context: Context) -> Outcome:
    """LATEST, or 1.4.0 and later."""

    def current(value: object) -> bool:
        if value == "LATEST":
            return True
        parts = str(value).split(".")
        return all(part.isdigit() for part in parts) and tuple(map(int, parts)) >= FARGATE_MINIMUM

    return must(context, resource, "platformVersion", current, "its platform version is old", missing="LATEST")


@control(
    id="ECS-10",
    title="A bad deployment rolls back, and no zone can take the service down",
    severity="high",
    family=SERVICE,
    rationale="A deployment on launch day must cost no capacity, and undo itself when it fails.",
    remediation="`deployment_circuit_breaker={'enable': True, 'rollback': True}, deployment_minimum_healthy_percent=100, "
    "availability_zone_rebalancing='ENABLED'`",
    requirements=published(pci="6.5.1j", nist="CP-10"),
)
def deployment_is_safe(resource: Resource, context: Context) -> list[Outcome]:
    """Circuit breaker with rollback, all tasks healthy meanwhile, two zones, balanced over zones."""
    breaker = "deploymentCircuitBreaker"
    return all_of(
        must(context, resource, f"{breaker}.enable", is_true, "has no deployment circuit breaker"),
        must(context, resource, f"{breaker}.rollback", is_true, "does not roll a failed deployment back"),
        must(
            context,
            resource,
            "deploymentMinimumHealthyPercent",
            lambda value: number(value) >= 100,
            "stops tasks before new ones serve",
            missing=100,
        ),
        must(
            context,
            resource,
            "availabilityZoneRebalancing",
            lambda value: value == "ENABLED",
            "is not balanced over zones again after a zone comes back",
        ),
        _zones(context, resource),
    )


def _zones(context: Context, resource: Resource) -> Outcome:
    subnets = reach(context).subnets_of(resource, "networkConfiguration")
    zones = zones_of(context, subnets)
    if len(zones) > 1:
        return passed()
    named = context.value(resource, "networkConfiguration.subnets")
    if len(subnets) > 1 and not zones:
        return unknown("the zones of its subnets are not known", property="networkConfiguration")
    if not subnets and (named is UNKNOWN or (isinstance(named, list) and len(named) > 1)):
        return unknown("its subnets are not of this program", property="networkConfiguration")
    return failed("lies in one zone", property="networkConfiguration")


@control(
    id="ECS-11",
    title="Nobody gets a shell in a task, or what is typed there is kept",
    severity="high",
    family=SERVICE,
    rationale="A shell reads what the program may read; an auditor asks what was done in it.",
    remediation="`enable_execute_command=False`, or `execute_command_configuration` on the cluster with key and logs.",
    requirements=published(pci="10.2.1.2j", nist="AU-12"),
)
def exec_is_off_or_logged(resource: Resource, context: Context) -> Outcome:
    """Exec is off, or the cluster encrypts and logs sessions."""
    on = context.value(resource, "enableExecuteCommand")
    if on is UNKNOWN:
        return unknown("whether exec is on is not known", property="enableExecuteCommand")
    if on is ABSENT or is_false(on):
        return passed()
    for cluster in reach(context).linked(resource, "cluster", ("aws:ecs/cluster:Cluster",)):
        place = "configuration.executeCommandConfiguration"
        logged = context.value(cluster, f"{place}.logging") == "OVERRIDE"
        if logged and context.value(cluster, f"{place}.kmsKeyId") is not ABSENT:
            return passed()
    return failed("allows exec, and its cluster does not log and encrypt sessions", property="enableExecuteCommand")


@control(
    id="ECS-12",
    title="The card-data service stands alone: subnets, security group and role of its own",
    severity="crit",
    family=SERVICE,
    rationale="What shares a subnet, a group or a role with card data is in scope with it.",
    remediation="Give the service tagged `pci-scope: cde` its own subnets, group and `task_role_arn`.",
    requirements=published(pci="1.3.1j 1.4.1j", nist="SC-7"),
)
def card_service_is_alone(resource: Resource, context: Context) -> list[Outcome]:
    """No service outside the environment shares a subnet, a security group or a task role with it."""
    if not in_scope(context, resource):
        return [not_applicable("not tagged pci-scope=cde")]
    ways = reach(context)
    found: list[Outcome] = []
    for other in context.graph.of_type(SERVICE_TYPE):
        if other == resource or in_scope(context, other):
            continue
        shared = set(ways.linked(resource, "networkConfiguration")) & set(ways.linked(other, "networkConfiguration"))
        if shared:
            names = ", ".join(sorted(item.name for item in shared))
            found.append(failed(f"shares {names} with {other.name}", property="networkConfiguration"))
        if _roles(context, resource) & _roles(context, other):
            found.append(failed(f"shares its task role with {other.name}", property="taskDefinition"))
    return found or [passed()]


def _roles(context: Context, service: Resource) -> set[str]:
    ways = reach(context)
    return {
        role.urn
        for definition in ways.linked(service, "taskDefinition")
        for role in ways.linked(definition, "taskRoleArn", ("aws:iam/role:Role",))
    }
