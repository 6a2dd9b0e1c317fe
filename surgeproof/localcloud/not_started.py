"""What was deployed and is not run on this machine: sidecars, scheduled jobs, forecasts. Told, so that nobody relies on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from surgeproof.graph.model import Graph
from surgeproof.launch.records import Assumption
from surgeproof.localcloud.deployed import DeployedService
from surgeproof.localcloud.deployed_scaling import ServiceScaling


def not_started(
    graph: Graph, services: Sequence[DeployedService], scaling: Mapping[str, ServiceScaling]
) -> list[Assumption]:
    """One assumption for each part that is deployed and plays no part in the rehearsal.

    Args:
        graph: What was deployed.
        services: What of it runs.
        scaling: What scales each service.
    """
    return [*_jobs(graph), *_forecasts(scaling), *_sidecars(services)]


def _jobs(graph: Graph) -> list[Assumption]:
    exported = graph.exports.get("surgeproof", {})
    jobs = exported.get("jobs") if isinstance(exported, dict) else None
    return [
        Assumption(
            name=f"job {name}",
            value="not started",
            source=f"its schedule ({job.get('schedule')}, {job.get('zone')}) starts nothing on this machine",
        )
        for name, job in (jobs or {}).items()
    ]


def _forecasts(scaling: Mapping[str, ServiceScaling]) -> list[Assumption]:
    return [
        Assumption(
            name=f"forecast of {service}",
            value=f"policy {policy}: without effect",
            source="predictive scaling learns from days of history, which a rehearsal does not have; it only raises the floor",
        )
        for service, scaled in scaling.items()
        for policy in scaled.forecasts
    ]


def _sidecars(services: Sequence[DeployedService]) -> list[Assumption]:
    return [
        Assumption(
            name=f"sidecars of {service.name}",
            value=f"{', '.join(service.task.sidecars)}: not started",
            source="only the program's own container runs on this machine, with its own share of the task's CPU",
        )
        for service in services
        if service.task.sidecars
    ]
