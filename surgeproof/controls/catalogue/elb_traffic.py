"""Controls of how load balancers spread requests: over zones, over tasks, and to a task that has just started."""

from __future__ import annotations

import re

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, is_false, is_true, must, number
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.placement import SERVICE_TYPE
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

GROUP = "target_group"
BALANCER = "load_balancer"
CHECK = "healthCheck"
LEAST_IDLE, MOST_IDLE = 30, 120
"""Seconds: shorter ends what a phone still uses, longer keeps connections of those who have left."""
READY = 60
"""Seconds in which a task that is healthy has to take requests."""
_SUCCESS = re.compile(r"2\d\d(-2\d\d)?(,2\d\d(-2\d\d)?)*")


def _application(context: Context, resource: Resource) -> bool:
    return context.value(resource, "loadBalancerType") in (ABSENT, "application")


def _spoken(context: Context, group: Resource) -> bool:
    """Whether a group is of an application load balancer, which speaks HTTP; what is not known is taken to be."""
    return context.value(group, "protocol") in (ABSENT, UNKNOWN, "HTTP", "HTTPS")


@control(
    id="ALB-08",
    title="Tasks of every zone take requests of every zone",
    severity="med",
    family=GROUP,
    rationale="A target group that stays in its zone gives half of the shoppers to the zone that has a third of the tasks.",
    remediation="Leave `load_balancing_cross_zone_enabled` out, or `'use_load_balancer_configuration'`.",
    requirements=published(nist="CP-10 SC-5"),
)
def zones_help_each_other(resource: Resource, context: Context) -> Outcome:
    """The group does not switch spreading over zones off; an application load balancer always spreads."""
    if not _spoken(context, resource):
        return not_applicable("not of an application load balancer")
    return must(
        context,
        resource,
        "loadBalancingCrossZoneEnabled",
        lambda value: not is_false(value),
        "keeps requests in the zone that they came to",
    )


@control(
    id="ALB-09",
    title="A balancer speaks HTTP/2, and keeps idle connections for half a minute to two minutes",
    severity="low",
    family=BALANCER,
    rationale="A new TLS handshake for each image doubles the balancer's load; a connection kept for an hour is one of "
    "somebody who has left.",
    remediation="`enable_http2=True, idle_timeout=60`",
    requirements=published(nist="SC-5 SC-10"),
)
def connections_are_used_well(resource: Resource, context: Context) -> list[Outcome]:
    """HTTP/2 is on, the idle timeout from 30 to 120 seconds."""
    if not _application(context, resource):
        return [not_applicable("no application load balancer")]
    return all_of(
        must(context, resource, "enableHttp2", is_true, "speaks HTTP/1.1 only", missing=True),
        must(
            context,
            resource,
            "idleTimeout",
            lambda value: LEAST_IDLE <= number(value) <= MOST_IDLE,
            f"keeps idle connections for less than {LEAST_IDLE} or more than {MOST_IDLE} s",
            missing=60,
        ),
    )


@control(
    id="ALB-10",
    title="A health check takes success only, and its answer comes before the next question",
    severity="med",
    family=GROUP,
    rationale="A redirect to a page of errors, or to sign in, counts as healthy where 302 does.",
    remediation="`health_check={'matcher': '200', 'timeout': 5, 'interval': 10, ...}`",
    requirements=published(nist="SI-13"),
)
def check_asks_for_success(resource: Resource, context: Context) -> list[Outcome]:
    """The matcher names 2xx codes only; the timeout is shorter than the interval."""
    if not _spoken(context, resource):
        return [not_applicable("its health check has no codes")]
    interval, timeout = (context.value(resource, f"{CHECK}.{key}") for key in ("interval", "timeout"))
    order = passed()
    if UNKNOWN in (interval, timeout):
        order = unknown("how often it asks is not known", property=CHECK)
    elif timeout is not ABSENT and number(timeout) >= number(30 if interval is ABSENT else interval):
        order = failed("asks again before an answer is late", property=f"{CHECK}.timeout")
    return all_of(
        must(
            context,
            resource,
            f"{CHECK}.matcher",
            lambda value: _SUCCESS.fullmatch(str(value)) is not None,
            "takes other answers than success for healthy",
            missing="200",
        ),
        order,
    )


@control(
    id="ALB-11",
    title="A new task takes requests within a minute of its first good answer",
    severity="med",
    family=GROUP,
    rationale="In a surge the tasks that scaling has added help from then on only.",
    remediation="`health_check={'interval': 10, 'healthy_threshold': 2, ...}`",
    requirements=published(nist="SC-5 CP-10"),
)
def new_tasks_help_soon(resource: Resource, context: Context) -> Outcome:
    """Interval times threshold is 60 seconds at most; AWS's defaults are 30 seconds, five times."""
    interval, times = (context.value(resource, f"{CHECK}.{key}") for key in ("interval", "healthyThreshold"))
    if UNKNOWN in (interval, times):
        return unknown("how often it asks is not known", property=CHECK)
    waits = number(30 if interval is ABSENT else interval) * number(5 if times is ABSENT else times)
    soon = 0 < waits <= READY
    return (
        passed() if soon else failed(f"a new task waits for more than {READY} s", property=f"{CHECK}.healthyThreshold")
    )


@control(
    id="ALB-12",
    title="A request goes to the task that has least to do",
    severity="low",
    family=GROUP,
    rationale="In turn, a task that is slow, or has just started, gets as many requests as the others, and queues them.",
    remediation="`load_balancing_algorithm_type='least_outstanding_requests'`",
    requirements=published(nist="SC-5"),
)
def least_busy_comes_first(resource: Resource, context: Context) -> Outcome:
    """By outstanding requests, or at random with anomalies kept away from."""
    if not _spoken(context, resource):
        return not_applicable("not of an application load balancer")
    return must(
        context,
        resource,
        "loadBalancingAlgorithmType",
        lambda value: value in ("least_outstanding_requests", "weighted_random"),
        "gives each task as many requests as the others, however slow it is",
        missing="round_robin",
    )


@control(
    id="ALB-13",
    title="Tasks with an address of their own are targets by address",
    severity="med",
    family=GROUP,
    rationale="A group of instances, which is the default, takes no Fargate task: the service is refused.",
    remediation="`target_type='ip'`",
    requirements=published(nist="CM-2"),
)
def targets_are_addresses(resource: Resource, context: Context) -> Outcome:
    """Groups of services with a network configuration have the type ``ip``."""
    services = reach(context).linking(resource, SERVICE_TYPE, "loadBalancers")
    if not any(context.value(item, "networkConfiguration") is not ABSENT for item in services):
        return not_applicable("no task with an address of its own is behind it")
    return must(context, resource, "targetType", lambda value: value == "ip", "takes no task", missing="instance")
