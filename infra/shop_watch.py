"""Which alarms and views the shop has: from its services and stores, its settings and the plan's gates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, timedelta

import pulumi
import pulumi_aws as aws

from infra import launch_alarms, launch_limits
from infra.alarm import AlarmSpec
from infra.components.cluster import Cluster
from infra.components.scheduled_job import ScheduledJob
from infra.components.service import Service
from infra.dashboards import ServiceView, ShopView
from infra.settings import Settings
from infra.stores import Stores
from surgeproof.launch.gates import Gate
from surgeproof.launch.plan import LaunchPlan


@dataclass(frozen=True)
class Shop:
    """What is watched.

    Attributes:
        balancer: The load balancer.
        cluster: The ECS cluster.
        services: By name.
        stores: Database, cache, queues.
        url: What shoppers type.
        dead_letters: Further dead-letter queues by what they hold.
        jobs: Scheduled jobs by name.
    """

    balancer: aws.lb.LoadBalancer
    cluster: Cluster
    services: Mapping[str, Service]
    stores: Stores
    url: pulumi.Input[str]
    dead_letters: Mapping[str, aws.sqs.Queue] = field(default_factory=dict)
    jobs: Mapping[str, ScheduledJob] = field(default_factory=dict)

    @property
    def log_groups(self) -> dict[str, aws.cloudwatch.LogGroup]:
        """Where its programs log, by their names."""
        services = {name: made.log_group for name, made in self.services.items()}
        return services | {name: made.task.log_group for name, made in self.jobs.items()}

    def with_dead_letters(self, more: Mapping[str, aws.sqs.Queue]) -> Shop:
        """The shop with further dead-letter queues."""
        return replace(self, dead_letters={**self.dead_letters, **more})


def shop_alarms(shop: Shop, settings: Settings, plan: LaunchPlan | None) -> list[AlarmSpec]:
    """Alarms of door, services, queues, cache and database, without the dead letters."""
    gates = plan.gates if plan else ()
    specs = launch_alarms.balancer_alarms(
        shop.balancer.arn_suffix,
        error_share=launch_limits.tightest(gates, "error_rate") or launch_limits.ERRORS,
        latency=launch_limits.tightest(gates, "p95") or launch_limits.LATENCY,
    )
    for name, made in shop.services.items():
        service = settings.services[name]
        scaling = service.scaling
        specs += launch_alarms.service_alarms(
            name,
            made.cluster.cluster.name,
            made.service.name,
            start_periods=launch_limits.start_periods(
                service.health.boot_time,
                service.health.grace,
                service.health.interval,
                service.health.healthy_threshold,
            ),
            ceiling=launch_limits.ceiling(
                scaling.min_tasks, scaling.max_tasks, launch_limits.tightest(gates, "tasks", service=name)
            ),
            max_tasks=scaling.max_tasks,
            sleeps=scaling.min_tasks == 0,
        )
        age = age_limit(shop, settings, gates, name)
        if age is not None and scaling.queue is not None:
            specs += launch_alarms.queue_alarms(
                name,
                shop.stores.queues[name].queue.name,
                age=age,
                depth=launch_limits.queue_depth_limit(scaling.max_tasks, scaling.queue.processing_time, age),
            )
    specs += launch_alarms.cache_alarms(cache_nodes(shop, settings))
    specs += launch_alarms.database_alarms(
        shop.stores.database.cluster.cluster_identifier, connections=_connections(settings)
    )
    return specs


def dead_letters(shop: Shop) -> dict[str, aws.sqs.Queue]:
    """Every dead-letter queue by what lies in it."""
    queues = {f"{name}-messages": queue.dead_letters for name, queue in shop.stores.queues.items()}
    queues |= {f"{name}-events": route.undelivered for name, route in shop.stores.routes.items()}
    return {**queues, **shop.dead_letters}


def dead_letter_alarms(shop: Shop) -> list[AlarmSpec]:
    """One alarm for each of them."""
    return [
        launch_alarms.dead_letter_alarm(key, queue.name, f"There are dead letters ({key.replace('-', ' ')}).")
        for key, queue in dead_letters(shop).items()
    ]


def age_limit(shop: Shop, settings: Settings, gates: Sequence[Gate], service: str) -> float | None:
    """Seconds that the oldest message of a worker may be of; None for a service without a queue."""
    queue, scaling = shop.stores.queues.get(service), settings.services[service].scaling.queue
    if queue is None or scaling is None:
        return None
    gate = launch_limits.tightest(gates, "queue_age", service=service)
    return launch_limits.queue_age_limit(gate, scaling.acceptable_latency, queue.visibility_timeout)


def cache_nodes(shop: Shop, settings: Settings) -> list[pulumi.Output[str]]:
    """Ids of the cache's nodes: the group's, and a number of three digits (ElastiCache, 'Replication group')."""
    group = shop.stores.cache.replication_group.replication_group_id
    return [
        pulumi.Output.format("{0}-{1}", group, f"{number + 1:03d}") for number in range(settings.cache.replicas + 1)
    ]


def shop_view(
    shop: Shop,
    settings: Settings,
    plan: LaunchPlan | None,
    *,
    title: str,
    region: str,
    alarm_arns: Sequence[pulumi.Output[str]],
    canary: pulumi.Output[str] | None,
) -> ShopView:
    """What the dashboards show."""
    gates = plan.gates if plan else ()
    limits = {"max_capacity": settings.database.max_capacity, "connections": float(_connections(settings))}
    latency = launch_limits.tightest(gates, "p95")
    if latency is not None:
        limits["latency"] = latency
    return ShopView(
        title=title,
        region=region,
        balancer=shop.balancer.arn_suffix,
        cluster=shop.cluster.cluster.name,
        services={
            name: ServiceView(
                made.service.name,
                settings.services[name].scaling.max_tasks,
                shop.stores.queues[name].queue.name if name in shop.stores.queues else None,
                age_limit(shop, settings, gates, name),
                made.cluster.cluster.name,
            )
            for name, made in shop.services.items()
        },
        database=shop.stores.database.cluster.cluster_identifier,
        cache_nodes=cache_nodes(shop, settings),
        dead_letters={key: queue.name for key, queue in dead_letters(shop).items()},
        alarm_arns=alarm_arns,
        limits=limits,
        moments=launch_moments(plan) if plan else {},
        canary=canary,
    )


def launch_moments(plan: LaunchPlan) -> dict[str, str]:
    """The launch and its pre-warm, as ISO 8601 in UTC."""
    start = plan.launch.moment.astimezone(UTC)
    moments = {"launch": start}
    if plan.prewarm.enabled and plan.prewarm.tasks:
        moments["pre-warm"] = start - timedelta(seconds=plan.prewarm.lead)
        moments["release"] = start + timedelta(seconds=plan.prewarm.release)
    return {label: f"{moment:%Y-%m-%dT%H:%M:%SZ}" for label, moment in moments.items()}


def _connections(settings: Settings) -> int:
    return launch_limits.max_connections(settings.database.min_capacity, settings.database.max_capacity)
