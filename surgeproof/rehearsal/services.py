"""The services that a program deployed, as judging needs them: read from what the program exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surgeproof.graph.model import Graph
from surgeproof.rehearsal.demand_of_run import WebService, WorkerService
from surgeproof.rehearsal.errors import RehearsalError

CPU_UNITS = 1024


def deployed_services(graph: Graph) -> tuple[WebService, tuple[WorkerService, ...]]:
    """The service that answers visitors, and those that work queues off.

    Raises:
        RehearsalError: The program exports no such service, or more than one.
    """
    exported = graph.exports.get("surgeproof")
    facts: Mapping[str, Mapping[str, Any]] = exported.get("services", {}) if isinstance(exported, dict) else {}
    webs = [name for name, each in facts.items() if each.get("kind") == "web"]
    if len(webs) != 1:
        raise RehearsalError(
            "a rehearsal judges one service behind the load balancer",
            path="exports.surgeproof.services",
            got=webs,
            allowed="one service of kind web",
            fix="Export one, and route the others through it",
        )
    (name,) = webs
    web = WebService(
        name=name,
        share=float(facts[name]["cpu"]) / CPU_UNITS,
        cpu_ms={route: float(ms) for route, ms in facts[name].get("cpu_ms", {}).items()},
    )
    workers = tuple(
        WorkerService(name=name, processing_time=float(each["processing_time"]))
        for name, each in facts.items()
        if each.get("kind") == "worker" and each.get("processing_time")
    )
    return web, workers
