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
