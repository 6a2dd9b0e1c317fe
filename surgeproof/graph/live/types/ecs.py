"""Clusters, services and the task definitions that services run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import Part, Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT, camel, picked, tags, without_nothing

_SERVICES_AT_ONCE = 10
"""Most services that DescribeServices takes (Amazon ECS API Reference)."""


@reads(
    "aws:ecs/cluster:Cluster",
    "aws:ecs/service:Service",
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    calls=(
        "ecs.list_clusters",
        "ecs.describe_clusters",
        "ecs.list_services",
        "ecs.describe_services",
        "ecs.describe_task_definition",
    ),
)
def clusters(account: Reading) -> Iterator[Found]:
    """Clusters with their services; of task definitions those that a service runs, as old revisions run nowhere."""
    definitions: set[str] = set()
    for arn in account.rows("ecs.list_clusters", "clusterArns"):
        answer = account.call("ecs.describe_clusters", clusters=[arn], include=["SETTINGS", "CONFIGURATIONS", "TAGS"])
        for row in answer["clusters"]:
            inputs = {
                **picked(row, name="clusterName", settings="settings", configuration="configuration"),
                "tags": tags(row.get("tags"), "key", "value"),
            }
            yield Found("aws:ecs/cluster:Cluster", arn, inputs, {"arn": arn, "name": row["clusterName"]})
            if row.get("capacityProviders"):
                given = picked(row, clusterName="clusterName", capacityProviders="capacityProviders")
                type_ = "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders"
                yield Found(type_, row["clusterName"], given)
        names = list(account.rows("ecs.list_services", "serviceArns", cluster=arn))
        for start in range(0, len(names), _SERVICES_AT_ONCE):
            some = names[start : start + _SERVICES_AT_ONCE]
            for row in account.call("ecs.describe_services", cluster=arn, services=some, include=["TAGS"])["services"]:
                definitions.add(row["taskDefinition"])
                yield _service(row)
    for name in sorted(definitions):
        yield _definition(name, account.part("ecs.describe_task_definition", taskDefinition=name, include=["TAGS"]))


def _service(row: dict[str, Any]) -> Found:
    deployment = row.get("deploymentConfiguration", {})
    inputs = {
        **picked(
            row,
            name="serviceName",
            cluster="clusterArn",
            taskDefinition="taskDefinition",
            desiredCount="desiredCount",
            launchType="launchType",
            capacityProviderStrategies="capacityProviderStrategy",
            platformVersion="platformVersion",
            enableExecuteCommand="enableExecuteCommand",
            healthCheckGracePeriodSeconds="healthCheckGracePeriodSeconds",
            loadBalancers="loadBalancers",
            availabilityZoneRebalancing="availabilityZoneRebalancing",
            schedulingStrategy="schedulingStrategy",
            propagateTags="propagateTags",
            enableEcsManagedTags="enableECSManagedTags",
        ),
        **picked(
            deployment,
            deploymentCircuitBreaker="deploymentCircuitBreaker",
            deploymentMaximumPercent="maximumPercent",
            deploymentMinimumHealthyPercent="minimumHealthyPercent",
        ),
        "tags": tags(row.get("tags"), "key", "value"),
    }
    # An empty list is what AWS answers where a program says nothing.
    inputs = {key: value for key, value in inputs.items() if value != []}
    vpc = row.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if vpc:
        inputs["networkConfiguration"] = {
            "subnets": vpc.get("subnets", []),
            "securityGroups": vpc.get("securityGroups", []),
            "assignPublicIp": vpc.get("assignPublicIp") == "ENABLED",
        }
    arn = row["serviceArn"]
    return Found("aws:ecs/service:Service", arn, inputs, {"arn": arn, "name": row["serviceName"]})


def _definition(arn: str, answer: dict[str, Any] | Part) -> Found:
    type_ = "aws:ecs/taskDefinition:TaskDefinition"
    family = arn.rsplit("/", 1)[-1].rpartition(":")[0]
    if isinstance(answer, Part):
        hidden = ("containerDefinitions", "taskRoleArn", "executionRoleArn", "networkMode", "ipcMode", "pidMode")
        return Found(type_, family, {"family": family, **dict.fromkeys(hidden, NOT_KEPT)}, {"arn": arn})
    row = answer["taskDefinition"]
    inputs = {
        **picked(
            row,
            family="family",
            cpu="cpu",
            memory="memory",
            executionRoleArn="executionRoleArn",
            taskRoleArn="taskRoleArn",
            networkMode="networkMode",
            ipcMode="ipcMode",
            pidMode="pidMode",
            requiresCompatibilities="requiresCompatibilities",
            runtimePlatform="runtimePlatform",
            volumes="volumes",
        ),
        "containerDefinitions": json.dumps(camel(row["containerDefinitions"]), sort_keys=True),
        "tags": tags(answer.get("tags"), "key", "value"),
    }
    return Found(type_, family, without_nothing(inputs), {"arn": arn, "revision": row.get("revision")})
