"""The orders worker: `python -m services.orders`. SIGTERM lets it end what it has begun."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys

from services.adapters.aws.order_queue import SqsOrderQueue
from services.adapters.postgres.database import Database, opened
from services.adapters.postgres.orders import PostgresOrders
from services.adapters.postgres.schema import apply_schema
from services.adapters.simulators.card_gateway import CardGatewaySimulator
from services.adapters.simulators.warehouse import WarehouseSimulator
from services.domain.errors import DatabaseUnavailableError
from services.domain.fulfilment import Fulfilment
from services.domain.payment import CARD, PaymentGateways
from services.domain.reconcile import Reconciler
from services.orders.worker import Worker, reconcile
from services.settings import Settings, settings_or_exit

CONNECTIONS = 2
"""A worker does one thing at a time, and reconciles beside it."""
OUTSIDE_CONNECTIONS = 1
"""Each of the gateway's and the warehouse's own."""
RECONCILE_EVERY_S = 5.0


async def run(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    database, ledger, books = (
        Database(
            settings.database_url,
            user=settings.database_user,
            password=settings.database_password,
            size=size,
            name=name,
        )
        for name, size in (
            ("orders", CONNECTIONS),
            ("card-gateway", OUTSIDE_CONNECTIONS),
            ("warehouse", OUTSIDE_CONNECTIONS),
        )
    )
    queue = SqsOrderQueue(settings.order_queue_url, settings.region)
    orders = PostgresOrders(database)
    gateway = CardGatewaySimulator(
        ledger, latency_s=settings.payment_latency_s, decline_rate=settings.payment_decline_rate
    )
    reconciler = Reconciler(
        orders=orders, gateways=PaymentGateways({CARD: gateway}), after_s=settings.reconcile_after_s
    )
    fulfilment = Fulfilment(
        orders=orders, warehouse=WarehouseSimulator(books, processing_time_s=settings.processing_time_s)
    )
    try:
        async with opened(database, ledger, books):
            await apply_schema(database)
            async with asyncio.TaskGroup() as loops:
                loops.create_task(Worker(queue, fulfilment, stop).run())
                loops.create_task(reconcile(reconciler, stop, every_s=RECONCILE_EVERY_S))
    finally:
        queue.close()


def main() -> int:
    """Run the worker; the exit status."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings = settings_or_exit(worker=True)
    try:
        asyncio.run(run(settings))
    except DatabaseUnavailableError as error:
        print(f"orders: DATABASE_URL: {error.message}", file=sys.stderr)  # noqa: T201 - why it ends
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
