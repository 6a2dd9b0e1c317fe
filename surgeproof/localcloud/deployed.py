"""What was deployed and has to run: services, their target groups and health checks, read from the embedded AWS."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from surgeproof.graph.model import Graph
from surgeproof.localcloud.aws_access import AwsAccess
from surgeproof.localcloud.balancer_rules import Routing, routing
from surgeproof.localcloud.errors import LocalCloudError
from surgeproof.localcloud.task_spec import TaskSpec, read_task_spec


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A target group's health check. Seconds; in a rehearsal, launch seconds."""

    path: str
    interval: float
    healthy_threshold: int
    unhealthy_threshold: int
    timeout: float
    matcher: str

    @property
    def until_healthy(self) -> float:
        """From started to serving: as many checks in a row as the threshold asks for."""
        return self.interval * self.healthy_threshold

    def accepts(self, status: int) -> bool:
        """Whether the matcher (``200``, ``200-299``, ``200,302``) takes this status."""
        ranges = [part.strip().partition("-") for part in self.matcher.split(",") if part.strip()]
        return any(int(low) <= status <= int(high or low) for low, _, high in ranges)


@dataclass(frozen=True, slots=True)
class DeployedService:
    """One ECS service.

    Attributes:
        name: Its name in the settings.
        cluster: Name or ARN of the cluster.
        ecs_service: Its name in ECS.
        desired: Desired count that was deployed.
        task: How a task runs.
        target_group: ARN; None for a worker.
        health: None for a worker.
        deregistration_delay: Launch seconds that draining may take at most.
        cpu_ms: CPU demand by route, as the settings declare it.
        queues: Names of the queues that it works on.
    """

    name: str
    cluster: str
    ecs_service: str
    desired: int
    task: TaskSpec
    target_group: str | None
    health: HealthCheck | None
    deregistration_delay: float
    cpu_ms: dict[str, float]
    queues: tuple[str, ...]

    @property
    def resource_id(self) -> str:
        """As Application Auto Scaling names it."""
        return f"service/{self.cluster.rsplit('/', 1)[-1]}/{self.ecs_service}"


def exports_of(graph: Graph) -> dict[str, Any]:
    """What the program exports for the tool.

    Raises:
        LocalCloudError: It exports nothing.
    """
    exported = graph.exports.get("surgeproof")
    if not isinstance(exported, dict) or not exported.get("services"):
        raise LocalCloudError(
            "the program names no services to run",
            path="exports.surgeproof.services",
            fix="Export what is to be rehearsed with pulumi.export('surgeproof', ...)",
        )
    return exported


def read_services(graph: Graph, aws: AwsAccess) -> list[DeployedService]:
    """All services that the program exports, as they are deployed."""
    return [_service(name, dict(facts), aws) for name, facts in exports_of(graph)["services"].items()]


def _service(name: str, facts: Mapping[str, Any], aws: AwsAccess) -> DeployedService:
    found = aws.client("ecs").describe_services(cluster=facts["cluster"], services=[facts["ecs_service"]])["services"]
    if not found:
        raise LocalCloudError(
            "the service is not deployed", path=f"exports.surgeproof.services.{name}", got=facts["ecs_service"]
        )
    described = found[0]
    balancers: list[dict[str, Any]] = described.get("loadBalancers") or []
    group = str(balancers[0]["targetGroupArn"]) if balancers else None
    task = read_task_spec(
        aws,
        described["taskDefinition"],
        service=name,
        container=balancers[0]["containerName"] if balancers else None,
    )
    return DeployedService(
        name=name,
        cluster=str(facts["cluster"]),
        ecs_service=str(facts["ecs_service"]),
        desired=int(described["desiredCount"]),
        task=task,
        target_group=group,
        health=_health(aws, group) if group else None,
        deregistration_delay=_deregistration_delay(aws, group) if group else 0.0,
        cpu_ms={str(route): float(ms) for route, ms in (facts.get("cpu_ms") or {}).items()},
        queues=tuple(str(url).rsplit("/", 1)[-1] for url in [facts.get("queue_url")] if url),
    )


def _health(aws: AwsAccess, group: str) -> HealthCheck:
    described = aws.client("elbv2").describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]
    return HealthCheck(
        path=described.get("HealthCheckPath") or "/",
        interval=float(described.get("HealthCheckIntervalSeconds") or 30),
        healthy_threshold=int(described.get("HealthyThresholdCount") or 5),
        unhealthy_threshold=int(described.get("UnhealthyThresholdCount") or 2),
        timeout=float(described.get("HealthCheckTimeoutSeconds") or 5),
        matcher=(described.get("Matcher") or {}).get("HttpCode") or "200",
    )


def _deregistration_delay(aws: AwsAccess, group: str) -> float:
    answer = aws.client("elbv2").describe_target_group_attributes(TargetGroupArn=group)
    attributes = {item["Key"]: item["Value"] for item in answer["Attributes"]}
    return float(attributes.get("deregistration_delay.timeout_seconds", 300))


def read_routing(graph: Graph, aws: AwsAccess) -> Routing:
    """Rules of the listener that visitors come in by."""
    listener = exports_of(graph)["load_balancer"]["listener_arn"]
    pages = aws.client("elbv2").get_paginator("describe_rules").paginate(ListenerArn=listener)
    return routing([rule for page in pages for rule in page["Rules"]])


def read_database_login(graph: Graph, aws: AwsAccess) -> tuple[str, str]:
    """User and password in the deployed secret of the database."""
    secret = exports_of(graph)["database"]["secret_arn"]
    values = json.loads(aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"])
    return str(values["username"]), str(values["password"])
