"""What a run says nothing about, and what it takes for granted: told with every verdict."""

from __future__ import annotations

from surgeproof.launch.records import Assumption

REHEARSAL = (
    "Aurora's and Valkey's own limits (connections, I/O, failover)",
    "WAF, CloudFront and the capacity of the load balancer",
    "account quotas and Fargate's launch rate",
    "image pull",
    "TLS between visitors, tasks, database and cache",
    "health checks that fail because a task is overloaded",
)
LOAD_TEST = (
    "what the servers did: tasks, scaling, queues (not observed)",
    "invariants of orders and stock (not observed)",
    "arrivals from more than one address",
)


def rehearsal_assumptions(*, cpu_ms: dict[str, dict[str, float]]) -> list[Assumption]:
    """Values that every rehearsal rests on besides those of the local platform."""
    declared = [
        Assumption(
            name=f"{service}: CPU demand of a request",
            value=f"{min(costs.values()):g} to {max(costs.values()):g} ms by route",
            source=f"declared in services.{service}.cpu_ms",
        )
        for service, costs in cpu_ms.items()
        if costs
    ]
    return [
        *declared,
        Assumption(
            name="task CPU",
            value="single-server queue: work time = CPU demand / share",
            source="docs/rehearsal.md",
        ),
    ]
