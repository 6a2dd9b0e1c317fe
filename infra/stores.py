"""Stores: where the shop keeps and moves what it knows: database, cache, bus, order queue."""

from __future__ import annotations

import pulumi

from infra.account import Account
from infra.components.cache import Cache, CacheArgs
from infra.components.component import Component
from infra.components.database import Database, DatabaseArgs
from infra.components.encryption import DataClass
from infra.components.event_bus import EventBus, EventBusArgs
from infra.components.event_route import EventRoute, EventRouteArgs
from infra.components.work_queue import WorkQueue, WorkQueueArgs
from infra.foundation import Foundation
from infra.settings import Settings

PAID_ORDERS = {"source": ["shop.orders"], "detail-type": ["order.paid"]}
"""Which events the worker fulfils."""


class Stores(Component):
    """What holds and moves orders, all under the orders key.

    Attributes:
        database, cache, bus: As named.
        queues: Queue of each worker service.
        routes: What brings events to it.
    """

    def __init__(
        self,
        name: str,
        settings: Settings,
        account: Account,
        foundation: Foundation,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("surgeproof:platform:Stores", name, {}, opts)
        key = foundation.keys.arn(DataClass.ORDERS)
        database = settings.database
        clients = len(settings.services) + len(settings.jobs)
        self.database = Database(
            f"{name}-database",
            DatabaseArgs(
                account=account,
                network=foundation.network,
                key=key,
                log_key=foundation.keys.arn(DataClass.LOGS),
                database_name=database.name,
                username=database.username,
                engine_version=database.engine_version,
                instances=database.instances,
                min_capacity=database.min_capacity,
                max_capacity=database.max_capacity,
                backup_retention_days=database.backup_retention_days,
                monitoring_interval=database.monitoring_interval,
                rotation_days=database.rotation_days,
                proxy=database.proxy,
                clients=clients,
                keep=settings.keeps_data,
            ),
            opts=self._child(),
        )
        self.cache = Cache(
            f"{name}-cache",
            CacheArgs(
                network=foundation.network,
                key=key,
                engine_version=settings.cache.engine_version,
                node_type=settings.cache.node_type,
                replicas=settings.cache.replicas,
                snapshot_retention_days=settings.cache.snapshot_retention_days,
                clients=clients,
                keep=settings.keeps_data,
            ),
            opts=self._child(),
        )
        self.bus = EventBus(f"{name}-events", _bus_args(settings, account, key), opts=self._child())
        self.queues: dict[str, WorkQueue] = {}
        self.routes: dict[str, EventRoute] = {}
        for service, worker in settings.services.items():
            if worker.shape != "worker":
                continue
            queue = WorkQueue(
                f"{name}-{service}-queue",
                WorkQueueArgs(
                    key=key,
                    handler_timeout=worker.handler_timeout,
                    stop_timeout=worker.stop_timeout,
                    max_receives=settings.queue.max_receives,
                    retention_days=settings.queue.retention_days,
                    fifo=settings.queue.fifo,
                    keep=settings.keeps_data,
                    path=f"services.{service}",
                ),
                opts=self._child(),
            )
            self.routes[service] = EventRoute(
                f"{name}-{service}-route",
                EventRouteArgs(bus=self.bus, queue=queue, pattern=PAID_ORDERS, key=key, keep=settings.keeps_data),
                opts=self._child(),
            )
            self.queues[service] = queue
        self._done({})


def _bus_args(settings: Settings, account: Account, key: pulumi.Output[str]) -> EventBusArgs:
    bus = settings.event_bus
    return EventBusArgs(
        account=account,
        key=key if bus.key == "orders" else None,
        archive_days=bus.archive_days,
        schema_discovery=bus.schema_discovery,
    )
