"""Starts what a deployed program needs on this machine: databases, balancer, tasks; side by side where that is possible."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from surgeproof.graph.model import Graph
from surgeproof.launch.records import Endpoints
from surgeproof.localcloud.aws_access import AwsAccess
from surgeproof.localcloud.balancer import Balancer, Balancing
from surgeproof.localcloud.balancer_rules import Routing
from surgeproof.localcloud.cache_users import cache_users
from surgeproof.localcloud.deployed import (
    DeployedService,
    exports_of,
    read_database_login,
    read_routing,
    read_services,
)
from surgeproof.localcloud.early_schedule import at_curve_start
from surgeproof.localcloud.fleet import Fleet
from surgeproof.localcloud.health_prober import HealthProber
from surgeproof.localcloud.loopback import LoopbackNet, free_port
from surgeproof.localcloud.postgres import Postgres
from surgeproof.localcloud.reaper import Reaper
from surgeproof.localcloud.redirect import deployed_hosts
from surgeproof.localcloud.service_fleet import ServiceFleet
from surgeproof.localcloud.task_meter import TaskMeter
from surgeproof.localcloud.task_runner import TaskRunner
from surgeproof.localcloud.timeline import Timeline
from surgeproof.localcloud.valkey import Valkey


@dataclass(frozen=True, slots=True)
class PlatformParts:
    """All that runs."""

    services: list[DeployedService]
    routing: Routing
    meter: TaskMeter
    postgres: Postgres
    valkey: Valkey
    balancer: Balancer
    fleet: Fleet
    endpoints: Endpoints

    def pids(self) -> dict[str, int]:
        """Pid of each part and each task, by name."""
        found = {"postgres": self.postgres.pid, "valkey": self.valkey.pid, "balancer": self.balancer.pid}
        for fleet in self.fleet.services.values():
            found.update({task.name: task.process.pid for task in list(fleet.tasks.values())})
        return found


def start_parts(
    *,
    graph: Graph,
    aws: AwsAccess,
    root: Path,
    folder: Path,
    port: int | None,
    balancing: Balancing,
    reaper: Reaper,
    timeline: Timeline,
    sample: Callable[[float], None],
    curve_start: datetime | None,
    cleanup: contextlib.ExitStack,
) -> PlatformParts:
    """Start all, and register with `cleanup` how each is stopped, before it is started."""
    exports, services, routing = exports_of(graph), read_services(graph, aws), read_routing(graph, aws)
    if curve_start is not None:
        services = at_curve_start(services, aws, curve_start)
    net, meter = LoopbackNet(), TaskMeter(folder / "meter")
    cleanup.callback(net.close)
    # The fleet's thread ends last: Linux ends what a thread has started when the thread ends.
    last = cleanup.enter_context(contextlib.ExitStack())
    hosts = deployed_hosts(graph, database=net.database, cache=net.cache)
    make_runner = partial(TaskRunner, aws=aws, hosts=hosts, meter=meter, folder=folder, root=root, reaper=reaper)
    runners = {service.name: make_runner(service) for service in services}
    for runner in runners.values():
        cleanup.callback(runner.stop)
        runner.load()  # goes on while the database is made
    user, password = read_database_login(graph, aws)
    postgres = Postgres(
        folder=folder,
        address=net.database,
        port=int(exports["database"].get("port", 5432)),
        user=user,
        password=password,
        database=str(exports["database"].get("name", "shop")),
        reaper=reaper,
    )
    valkey = Valkey(
        folder=folder,
        address=net.cache,
        port=int(exports["cache"].get("port", 6379)),
        users=cache_users(graph),
        reaper=reaper,
    )
    balancer = Balancer(
        folder=folder,
        routing=routing,
        reaper=reaper,
        port=free_port() if port is None else port,
        balancing=balancing,
    )
    for part in (balancer, valkey, postgres):
        cleanup.callback(part.stop)
        part.start()
    for runner in runners.values():
        runner.wait_loaded()
    prober = HealthProber()
    cleanup.callback(prober.stop)
    fleet = Fleet(
        _service_fleets(services, runners, balancer, prober, net, meter, timeline),
        parts=[postgres, valkey],
        balancer=balancer,
        timeline=timeline,
        sample=sample,
    )
    cleanup.callback(fleet.stop)
    last.callback(fleet.end_thread)
    fleet.start()
    endpoints = Endpoints(
        shop_url=balancer.url,
        database_url=postgres.url,
        cache_url=valkey.url,
        aws_endpoint_url=aws.endpoint_url,
        region=aws.region,
        exports=dict(graph.exports),
    )
    return PlatformParts(services, routing, meter, postgres, valkey, balancer, fleet, endpoints)


def _service_fleets(
    services: list[DeployedService],
    runners: Mapping[str, TaskRunner],
    balancer: Balancer,
    prober: HealthProber,
    net: LoopbackNet,
    meter: TaskMeter,
    timeline: Timeline,
) -> list[ServiceFleet]:
    slots, taken = itertools.count(), set[str]()
    return [
        ServiceFleet(
            service,
            runner=runners[service.name],
            balancer=balancer,
            prober=prober,
            net=net,
            meter=meter,
            slots=slots,
            timeline=timeline,
            taken=taken,
        )
        for service in services
    ]
