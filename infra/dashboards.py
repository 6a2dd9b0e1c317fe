"""The two dashboards: the launch view for who keeps it up, the business view for who wants to know how it sells. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi

from infra.alarm import Metric
from infra.dashboard_body import LINES, Line, Widget, alarms, batched, graph, number, pages, text
from infra.launch_alarms import BALANCER, INSIGHTS

Name = pulumi.Input[str]


@dataclass(frozen=True, slots=True)
class ServiceView:
    """A service on a dashboard: how ECS knows it, its ceiling, and its queue where it has one."""

    ecs_service: Name
    max_tasks: int
    queue: Name | None = None
    age_limit: float | None = None
    cluster: Name | None = None
    """Where it is another than the stack's."""


@dataclass(frozen=True, slots=True)
class ShopView:
    """What the dashboards show, by the values of CloudWatch's dimensions.

    Attributes:
        title: Of the stack.
        region: Of all metrics.
        balancer: Suffix of the load balancer's ARN.
        cluster: ECS cluster.
        services: By name.
        database: Cluster identifier.
        cache_nodes: Node ids.
        dead_letters: Queue names by what they hold.
        alarm_arns: Of the launch's alarms, the composite one first.
        limits: ``latency`` in seconds, ``max_capacity`` in ACU, ``connections``, ``orders`` paid a minute at the peak.
        moments: Label to ISO 8601 time: launch, pre-warm, release.
        canary: Name of the robot.
    """

    title: str
    region: str
    balancer: Name
    cluster: Name
    services: Mapping[str, ServiceView]
    database: Name
    cache_nodes: Sequence[Name]
    dead_letters: Mapping[str, Name] = field(default_factory=dict)
    alarm_arns: Sequence[Name] = ()
    limits: Mapping[str, float] = field(default_factory=dict)
    moments: Mapping[str, str] = field(default_factory=dict)
    canary: Name | None = None


def launch_view(shop: ShopView) -> list[dict[str, Any]]:
    """What keeps the launch up: alarms, requests, latency, tasks, queues, stores. Bodies, one but for very large shops."""
    door, moments, region = {"LoadBalancer": shop.balancer}, shop.moments, shop.region
    latency = {"gate": shop.limits["latency"]} if "latency" in shop.limits else None
    widgets: list[Widget] = [text(f"# {shop.title}: launch\nFirst the alarms, then from the door inwards.")]
    if shop.alarm_arns:
        widgets += alarms("Alarms of the launch", shop.alarm_arns)
    widgets += [
        graph(
            "Requests a minute",
            region,
            [Line("requests", Metric(BALANCER, "RequestCount", door, "Sum"))],
            moments=moments,
        ),
        graph(
            "Latency of tasks",
            region,
            [Line(stat, Metric(BALANCER, "TargetResponseTime", door, stat)) for stat in ("p50", "p95", "p99")],
            limits=latency,
            moments=moments,
            unit="s",
        ),
        graph(
            "5xx a minute",
            region,
            [
                Line("load balancer", Metric(BALANCER, "HTTPCode_ELB_5XX_Count", door, "Sum")),
                Line("tasks", Metric(BALANCER, "HTTPCode_Target_5XX_Count", door, "Sum")),
            ],
            moments=moments,
        ),
    ]
    for name, service in shop.services.items():
        widgets += _service(shop, name, service)
    return pages([*widgets, *_stores(shop)])


def _service(shop: ShopView, name: str, service: ServiceView) -> list[Widget]:
    tasks = {
        "ClusterName": shop.cluster if service.cluster is None else service.cluster,
        "ServiceName": service.ecs_service,
    }
    widgets = [
        graph(
            f"{name}: tasks",
            shop.region,
            [
                Line("wanted", Metric(INSIGHTS, "DesiredTaskCount", tasks, "Maximum")),
                Line("running", Metric(INSIGHTS, "RunningTaskCount", tasks, "Minimum")),
            ],
            limits={"max_tasks": service.max_tasks},
            moments=shop.moments,
        ),
        graph(
            f"{name}: CPU",
            shop.region,
            [Line(stat, Metric("AWS/ECS", "CPUUtilization", tasks, stat)) for stat in ("Average", "Maximum")],
            moments=shop.moments,
            unit="%",
        ),
    ]
    if service.queue is not None:
        where = {"QueueName": service.queue}
        widgets.append(
            graph(
                f"{name}: age of the oldest message",
                shop.region,
                [Line("age", Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", where, "Maximum"))],
                limits={"limit": service.age_limit} if service.age_limit is not None else None,
                moments=shop.moments,
                unit="s",
            )
        )
    return widgets


def _stores(shop: ShopView) -> list[Widget]:
    database = {"DBClusterIdentifier": shop.database}
    limits = shop.limits
    nodes = [(f"node {number}", {"CacheClusterId": node}) for number, node in enumerate(shop.cache_nodes)]
    return [
        graph(
            "Database: capacity",
            shop.region,
            [Line("ACU", Metric("AWS/RDS", "ServerlessDatabaseCapacity", database, "Maximum"))],
            limits={"max_capacity": limits["max_capacity"]} if "max_capacity" in limits else None,
            moments=shop.moments,
        ),
        graph(
            "Database: connections",
            shop.region,
            [Line("open", Metric("AWS/RDS", "DatabaseConnections", database, "Maximum"))],
            limits={"all": limits["connections"]} if "connections" in limits else None,
            moments=shop.moments,
        ),
        graph(
            "Cache: memory",
            shop.region,
            [
                Line(label, Metric("AWS/ElastiCache", "DatabaseMemoryUsagePercentage", where, "Maximum"))
                for label, where in nodes
            ],
            moments=shop.moments,
            unit="%",
        ),
    ]


def business_view(shop: ShopView) -> list[dict[str, Any]]:
    """How it sells: orders that were paid, that were fulfilled, that wait, and that went wrong. Bodies, as above."""
    widgets: list[Widget] = [
        text(f"# {shop.title}: business\nAn order is paid when its event reaches the queue, and fulfilled when it is gone from it.")
    ]  # fmt: skip
    queues = {name: service.queue for name, service in shop.services.items() if service.queue is not None}
    expected = {"expected at the peak": shop.limits["orders"]} if "orders" in shop.limits else None
    for name, queue in queues.items():
        where = {"QueueName": queue}
        paid = Line("paid", Metric("AWS/SQS", "NumberOfMessagesSent", where, "Sum"), key="paid")
        done = Line("fulfilled", Metric("AWS/SQS", "NumberOfMessagesDeleted", where, "Sum"), key="fulfilled")
        waiting = Line("wait", Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", where, "Maximum"))
        widgets += [
            number(f"{name}: orders a minute", shop.region, [paid, done], width=12),
            number(f"{name}: orders that wait", shop.region, [waiting], width=12),
            graph(
                f"{name}: orders",
                shop.region,
                [paid, done],
                limits=expected,
                moments=shop.moments,
                width=12,
                unit="a minute",
            ),
            graph(
                f"{name}: orders since the start of the view",
                shop.region,
                [
                    Line("paid", paid.metric, key="paid", hidden=True),
                    Line("fulfilled", done.metric, key="fulfilled", hidden=True),
                    Line("paid in all", expression="RUNNING_SUM(FILL(paid, 0))", key="p"),
                    Line("fulfilled in all", expression="RUNNING_SUM(FILL(fulfilled, 0))", key="f"),
                ],
                moments=shop.moments,
                width=12,
            ),
        ]
    dead = [
        Line(what, Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", {"QueueName": name}, "Maximum"))
        for what, name in shop.dead_letters.items()
    ]
    widgets += [graph("Orders that nobody handles", shop.region, lines, width=12) for lines in batched(dead, LINES)]
    if shop.canary is not None:
        where = {"CanaryName": shop.canary}
        widgets.append(
            graph(
                "The robot reaches the checkout",
                shop.region,
                [Line("walks that came through", Metric("CloudWatchSynthetics", "SuccessPercent", where, "Average", 300))],
                width=12,
                unit="%",
            )
        )  # fmt: skip
    return pages(widgets)
