"""The services that a program deployed, as judging needs them: read from what the program exports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surgeproof.graph.model import Graph
from surgeproof.rehearsal.demand_of_run import WorkerService
from surgeproof.rehearsal.errors import RehearsalError
from surgeproof.scaling.replay_inputs import Taker

CPU_UNITS = 1024


def deployed_services(graph: Graph) -> tuple[tuple[Taker, ...], tuple[WorkerService, ...]]:
    """The services that answer visitors, in the order in which the load balancer asks them, and those on queues.

    Raises:
        RehearsalError: None takes what the others leave, or one is found by its host name alone.
    """
    exported = graph.exports.get("surgeproof")
    facts: Mapping[str, Mapping[str, Any]] = exported.get("services", {}) if isinstance(exported, dict) else {}
    webs = {name: each for name, each in facts.items() if each.get("kind") == "web"}
    for name, each in webs.items():
        if each.get("hosts"):
            raise RehearsalError(
                "is found by its host name, and a rehearsal has one",
                path=f"exports.surgeproof.services.{name}.hosts",
                got=each["hosts"],
                fix="Route it by paths, or rehearse with `--set services.NAME.hosts=[]`",
            )
    rest = [name for name, each in webs.items() if not each.get("paths")]
    if len(rest) != 1:
        raise RehearsalError(
            "one service takes the requests that no other takes",
            path="exports.surgeproof.services",
            got=rest,
            allowed="one service of kind web without paths",
            fix="Give all others paths",
        )
    asked = sorted(webs, key=lambda name: (name in rest, webs[name].get("rule_priority", 0)))
    takers = tuple(
        Taker(
            name=name,
            share=float(webs[name]["cpu"]) / CPU_UNITS,
            cpu_ms={route: float(ms) for route, ms in webs[name].get("cpu_ms", {}).items()},
            routes=tuple(webs[name].get("paths") or ()),
        )
        for name in asked
    )
    workers = tuple(
        WorkerService(name=name, processing_time=float(each["processing_time"]))
        for name, each in facts.items()
        if each.get("kind") == "worker" and each.get("processing_time")
    )
    return takers, workers
