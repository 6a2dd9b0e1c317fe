"""Controls of how tasks run: what they are billed to, how they are replaced, how their containers start, log and end."""

from __future__ import annotations

from typing import Any

from surgeproof.controls.containers import each_container
from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, entry, is_true, items, must, number
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

SERVICE = "ecs_service"
TASK = "task_definition"
LONGEST_GRACE = 600
"""Seconds after which a new task that never answered has to be given up."""
LONGEST_STOP = 120
"""Seconds that Fargate lets a container end in (Amazon ECS Developer Guide, `stopTimeout`)."""
SHORTEST_STOP = 10
"""Seconds that a request in flight and its answer need at least."""
_GIB = 1024
FARGATE_MEMORY: dict[int, range] = {
    256: range(512, 2 * _GIB + 1, 512),
    512: range(_GIB, 4 * _GIB + 1, _GIB),
    1024: range(2 * _GIB, 8 * _GIB + 1, _GIB),
    2048: range(4 * _GIB, 16 * _GIB + 1, _GIB),
    4096: range(8 * _GIB, 30 * _GIB + 1, _GIB),
    8192: range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB),
    16384: range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB),
}
"""CPU units to the MiB that Fargate runs them with (Amazon ECS Developer Guide, 'Task CPU and memory')."""


@control(
    id="ECS-13",
    title="Tasks carry the tags of their service",
    severity="low",
    family=SERVICE,
    rationale="What a launch has cost is billed by task; without tags nobody can tell which service it was.",
    remediation="`propagate_tags='SERVICE', enable_ecs_managed_tags=True`",
    requirements=published(nist="CM-8"),
)
def tasks_are_tagged(resource: Resource, context: Context) -> list[Outcome]:
    """Tags are propagated, and ECS adds its own for the cluster and the service."""
    return all_of(
        must(
            context,
            resource,
            "propagateTags",
            lambda value: value in ("SERVICE", "TASK_DEFINITION"),
            "its tasks carry no tags",
        ),
        must(context, resource, "enableEcsManagedTags", is_true, "its tasks do not say which service they are of"),
    )


@control(
    id="ECS-14",
    title="A deployment may run all new tasks beside the old ones",
    severity="med",
    family=SERVICE,
    rationale="With less room a mend that is needed in the middle of a launch goes out a few tasks at a time.",
    remediation="`deployment_maximum_percent=200`",
    requirements=published(nist="CP-10"),
)
def deployment_has_room(resource: Resource, context: Context) -> Outcome:
    """At most 200 % or more; a service with one task on each host replaces in place."""
    if context.value(resource, "schedulingStrategy") == "DAEMON":
        return not_applicable("one task on each host")
    return must(
        context,
        resource,
        "deploymentMaximumPercent",
        lambda value: number(value) >= 200,
        "can start only some of the new tasks at a time",
        missing=200,
    )


@control(
    id="ECS-15",
    title="A new task gets time to start, and ten minutes at most",
    severity="low",
    family=SERVICE,
    rationale="Without a balancer AWS refuses a grace period; a long one hides for as long that new tasks never serve.",
    remediation="`health_check_grace_period_seconds=60`, on services with a load balancer only",
    requirements=published(nist="CP-10"),
)
def grace_is_short(resource: Resource, context: Context) -> Outcome:
    """Up to 600 seconds, and only where a balancer judges."""
    name = "healthCheckGracePeriodSeconds"
    grace = context.value(resource, name)
    if grace is UNKNOWN:
        return unknown("its grace period is not known", property=name)
    if grace is ABSENT or number(grace) == 0:
        return not_applicable("has no grace period")
    if context.value(resource, "loadBalancers") in (ABSENT, []):
        return failed("has a grace period, and no balancer that judges it", property=name)
    short = 0 < number(grace) <= LONGEST_GRACE
    return passed() if short else failed("a task that never serves stays for over ten minutes", property=name)


@control(
    id="ECS-16",
    title="A task names the processor and the system that its image is built for",
    severity="med",
    family=TASK,
    rationale="Fargate takes x86 when nothing is said: an image that was built for Arm never starts, and the other way round.",
    remediation="`runtime_platform={'cpu_architecture': 'ARM64', 'operating_system_family': 'LINUX'}`",
    requirements=published(nist="CM-2"),
)
def platform_is_named(resource: Resource, context: Context) -> list[Outcome]:
    """Both are written out."""
    return all_of(
        *(
            must(context, resource, f"runtimePlatform.{key}", bool, f"leaves its {what} to AWS")
            for key, what in (("cpuArchitecture", "processor"), ("operatingSystemFamily", "system"))
        )
    )


@control(
    id="ECS-17",
    title="A container says how long it may take to end: long enough for what is in flight, no longer than Fargate lets it",
    severity="med",
    family=TASK,
    rationale="After a launch tasks go away by the dozen; a checkout that is cut off was paid and is not in the books.",
    remediation="`'stopTimeout': 60`",
    requirements=published(nist="SC-24"),
)
def ending_has_time(resource: Resource, context: Context) -> list[Outcome]:
    """Each container has ``stopTimeout`` from 10 to 120 seconds."""

    def problem(container: dict[str, Any]) -> str | None:
        if "stopTimeout" not in container:
            return "does not say how long it may take to end"
        if not SHORTEST_STOP <= number(container["stopTimeout"]) <= LONGEST_STOP:
            return f"takes less than {SHORTEST_STOP} or more than {LONGEST_STOP} s to end"
        return None

    return each_container(context, resource, problem)


@control(
    id="ECS-18",
    title="A slow log never holds up the program",
    severity="med",
    family=TASK,
    rationale="A driver that blocks stops every request when CloudWatch Logs is slow; what it does unsaid is an account's "
    "setting, which differs from account to account.",
    remediation="`'logConfiguration': {'logDriver': 'awslogs', 'options': {'mode': 'non-blocking', 'max-buffer-size': '25m', ...}}`",
    requirements=published(nist="SC-5 AU-5"),
)
def logging_does_not_block(resource: Resource, context: Context) -> list[Outcome]:
    """Containers that log through ``awslogs`` say that it does not block, and how much it may hold."""

    def problem(container: dict[str, Any]) -> str | None:
        logging = container.get("logConfiguration") or {}
        if logging.get("logDriver") != "awslogs":
            return None
        options = logging.get("options") or {}
        if options.get("mode") != "non-blocking":
            return "waits for its log, or leaves that to the account"
        return None if options.get("max-buffer-size") else "does not say how much of its log it may hold"

    return each_container(context, resource, problem)


@control(
    id="ECS-19",
    title="Containers have an init process",
    severity="low",
    family=TASK,
    rationale="A program that is process 1 gets no default for signals and leaves zombies behind: it is killed, not ended.",
    remediation="`'linuxParameters': {'initProcessEnabled': True}`",
    requirements=published(nist="SC-24"),
)
def containers_have_an_init(resource: Resource, context: Context) -> list[Outcome]:
    """``initProcessEnabled`` is on; Windows has none."""
    if str(context.value(resource, "runtimePlatform.operatingSystemFamily")).startswith("WINDOWS"):
        return [not_applicable("Windows has no init process")]
    return each_container(
        context,
        resource,
        lambda item: (
            None if is_true((item.get("linuxParameters") or {}).get("initProcessEnabled")) else "has no init process"
        ),
    )


@control(
    id="ECS-20",
    title="A cluster measures its tasks",
    severity="med",
    family="ecs_cluster",
    rationale="How many tasks run, wait and restart is told by Container Insights alone; scaling on it has no data without.",
    remediation="`settings=[{'name': 'containerInsights', 'value': 'enhanced'}]`",
    requirements=published("ECS.12", nist="AU-6 SI-2"),
)
def cluster_is_measured(resource: Resource, context: Context) -> Outcome:
    """Container Insights is enabled or enhanced."""
    settings = items(context, resource, "settings")
    if settings is None:
        return unknown("its settings are not known", property="settings")
    values = [entry(item, "value") for item in settings if entry(item, "name") == "containerInsights"]
    if UNKNOWN in values:
        return unknown("whether it is measured is not known", property="settings")
    on = any(value in ("enabled", "enhanced") for value in values)
    return passed() if on else failed("has no Container Insights", property="settings")


@control(
    id="ECS-21",
    title="CPU and memory of a task are a pair that Fargate runs",
    severity="med",
    family=TASK,
    rationale="Another pair is refused when the service is deployed, which may be in the middle of a change.",
    remediation="`cpu='256', memory='512'`",
    requirements=published(nist="CM-2"),
)
def size_is_run(resource: Resource, context: Context) -> Outcome:
    """The pair is in Fargate's table."""
    needs = items(context, resource, "requiresCompatibilities")
    if needs is None:
        return unknown("whether it runs on Fargate is not known", property="requiresCompatibilities")
    if "FARGATE" not in needs:
        return not_applicable("does not ask for Fargate")
    cpu, memory = context.value(resource, "cpu"), context.value(resource, "memory")
    if UNKNOWN in (cpu, memory):
        return unknown("its size is not known", property="cpu")
    fits = _units(memory, "gb") in FARGATE_MEMORY.get(_units(cpu, "vcpu"), ())
    return passed() if fits else failed("has a size that Fargate does not run", property="memory")


def _units(value: object, thousands: str) -> float:
    """CPU units or MiB; ECS takes ``1 vCPU`` and ``2 GB`` as well."""
    text = str(value).lower()
    return number(text.removesuffix(thousands).strip()) * _GIB if text.endswith(thousands) else number(text)
