"""Cluster: what its services have in common."""

from __future__ import annotations

from surgeproof.graph.model import Graph
from tests.infra.conftest import one


def test_the_cluster_measures_its_tasks(production: Graph):
    cluster = one(production, "ecs/cluster:Cluster")
    assert cluster.inputs["settings"] == [{"name": "containerInsights", "value": "enhanced"}]


def test_tasks_may_run_on_fargate_and_on_its_spare_capacity(production: Graph):
    providers = one(production, "ecs/clusterCapacityProviders:ClusterCapacityProviders")
    assert set(providers.inputs["capacityProviders"]) == {"FARGATE", "FARGATE_SPOT"}


def test_nothing_runs_on_what_the_cluster_does_not_have_yet(rich: Graph):
    capacity = {
        item.inputs["clusterName"]: item.urn
        for item in rich.of_type("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders")
    }
    services = rich.of_type("aws:ecs/service:Service")
    (schedule,) = rich.of_type("aws:scheduler/schedule:Schedule")
    used = [(item, item.inputs["cluster"]) for item in services] + [(schedule, schedule.inputs["target"]["arn"])]
    assert len(used) == 4
    for item, cluster in used:
        assert capacity[cluster.rpartition("/")[2]] in item.dependencies, item.name
