"""What tasks cost: Fargate by vCPU and memory, from the smallest to the largest number that scaling allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.graph.model import Graph, Resource
from surgeproof.scaling.cost.item import FREE, Quantity, counts, hourly, number

SERVICE = "aws:ecs/service:Service"
TARGET = "aws:appautoscaling/target:Target"
TASK_DEFINITION = "aws:ecs/taskDefinition:TaskDefinition"

FREE.update(
    {
        "aws:ecs/cluster:Cluster",
        "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
        TASK_DEFINITION,
        TARGET,
        "aws:appautoscaling/policy:Policy",
        "aws:appautoscaling/scheduledAction:ScheduledAction",
    }
)


@counts(SERVICE)
def service(graph: Graph, resource: Resource) -> Iterator[Quantity]:
    """Tasks x size; Spot tasks at the price of Spot."""
    definition = next(iter(graph.sources(resource, "taskDefinition")), None)
    if definition is None:
        return
    sizes = definition.inputs
    vcpu, memory = number(sizes.get("cpu")) / 1024, number(sizes.get("memory")) / 1024
    chip = "arm64" if (sizes.get("runtimePlatform") or {}).get("cpuArchitecture") == "ARM64" else "x86"
    least, most = task_range(graph, resource)
    for market, (few, many) in _by_market(resource.inputs, least, most).items():
        if many:
            yield hourly(f"fargate.{market}{chip}.vcpu", vcpu * few, vcpu * many)
            yield hourly(f"fargate.{market}{chip}.memory", memory * few, memory * many)


def task_range(graph: Graph, service: Resource) -> tuple[int, int]:
    """Smallest and largest number of tasks: those of its scaling target, or the number that it is deployed with."""
    for target in graph.dependants(service.urn):
        if target.type == TARGET and service.urn in target.property_dependencies.get("resourceId", ()):
            return int(number(target.inputs.get("minCapacity"))), int(number(target.inputs.get("maxCapacity")))
    count = int(number(service.inputs.get("desiredCount"), 1))
    return count, count


def _by_market(inputs: dict[str, Any], least: int, most: int) -> dict[str, tuple[float, float]]:
    """Tasks on demand and on Spot: the base first, what is above it by the weights (ECS, 'Capacity provider strategy')."""
    strategies = inputs.get("capacityProviderStrategies") or []
    return {
        market: (few, many)
        for market, few, many in zip(("", "spot."), _split(strategies, least), _split(strategies, most), strict=True)
    }


def _split(strategies: list[dict[str, Any]], tasks: int) -> tuple[float, float]:
    if not strategies:
        return float(tasks), 0.0
    bases = {item["capacityProvider"]: number(item.get("base")) for item in strategies}
    weights = {item["capacityProvider"]: number(item.get("weight")) for item in strategies}
    spread = sum(weights.values())
    taken = {name: min(base, float(tasks)) for name, base in bases.items()}
    above = max(0.0, tasks - sum(taken.values()))
    share = {name: taken[name] + (above * weight / spread if spread else 0.0) for name, weight in weights.items()}
    return sum(value for name, value in share.items() if "SPOT" not in name), share.get("FARGATE_SPOT", 0.0)
