"""The composition of the orders worker: which adapter fills which port."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from services.adapters.aws.order_queue import WAIT_S, SqsOrderQueue
from services.adapters.postgres.database import Database, opened
from services.adapters.postgres.login import DatabaseLogin
from services.adapters.postgres.orders import PostgresOrders
from services.adapters.postgres.schema import apply_schema
from services.adapters.simulators.warehouse import WarehouseSimulator
from services.domain.fulfilment import Fulfilment
from services.domain.payment import PaymentGateway
from services.domain.reconcile import Reconciler
from services.gateways import payment_gateways
from services.orders.worker import Worker, reconcile
from services.settings import Settings

CONNECTIONS = 2
"""A worker does one thing at a time, and reconciles beside it."""
OUTSIDE_CONNECTIONS = 1
"""Each of the gateway's and the warehouse's own."""
RECONCILE_EVERY_S = 5.0
"""At most; a third of RECONCILE_AFTER where that is shorter, but not more often than once a second."""


async def run(
    settings: Settings,
    stop: asyncio.Event,
    *,
    wait_s: int = WAIT_S,
    gateways: Mapping[str, PaymentGateway] | None = None,
) -> None:
    """Work until `stop` is set.

    Args:
        settings: From the environment.
        stop: Set to end; the poll that is under way is waited for.
        wait_s: Long poll of the queue.
        gateways: Further methods of payment, by name, beside `card`.

    Raises:
        DatabaseUnavailableError: The database did not answer at the start.
    """
    login = DatabaseLogin.of(settings)
    database, ledger, books = (
        Database(settings.database_url, login=login, size=size, name=name)
        for name, size in (
            ("orders", CONNECTIONS),
            ("card-gateway", OUTSIDE_CONNECTIONS),
            ("warehouse", OUTSIDE_CONNECTIONS),
        )
    )
    queue = SqsOrderQueue(settings.order_queue_url, settings.region, wait_s=wait_s)
    orders = PostgresOrders(database)
    reconciler = Reconciler(
        orders=orders, gateways=payment_gateways(settings, ledger, gateways), after_s=settings.reconcile_after_s
    )
    fulfilment = Fulfilment(
        orders=orders, warehouse=WarehouseSimulator(books, processing_time_s=settings.processing_time_s)
    )
    every_s = min(RECONCILE_EVERY_S, max(1.0, settings.reconcile_after_s / 3))
    try:
        async with opened(database, ledger, books):
            await apply_schema(database)
            async with asyncio.TaskGroup() as loops:
                loops.create_task(Worker(queue, fulfilment, stop).run())
                loops.create_task(reconcile(reconciler, stop, every_s=every_s))
    finally:
        queue.close()
        login.close()
