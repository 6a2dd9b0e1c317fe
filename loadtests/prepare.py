"""Fills the shop before a run: tables, catalogue, stock; and forgets the orders and carts of the run before."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
from valkey import Valkey

from loadtests.catalogue import Item, catalogue
from loadtests.shop_state import connect, order_queues, sqs
from surgeproof.launch.plan import LaunchPlan
from surgeproof.launch.records import Endpoints

SCHEMA = Path(__file__).parent.parent / "services" / "adapters" / "schema.sql"
SCHEMA_LOCK = 7_262_001
"""The shop's own advisory lock for changes of its tables (`services/adapters/postgres/schema.py`)."""


def prepare(endpoints: Endpoints, plan: LaunchPlan, *, stock_factor: float) -> None:
    """Put the plan's catalogue on sale.

    May be called again before each run: orders, carts, books of gateway and warehouse, and queued messages of an
    earlier run are dropped.

    Args:
        endpoints: The running stack.
        plan: Its `catalogue` says how many products, and how many pieces of each at speed 1 and scale 1.
        stock_factor: Share of the stock that this run sells: scale / speed.
    """
    shelf = plan.catalogue
    fill(
        endpoints,
        catalogue(shelf.products, shelf.hero_sku),
        hero_stock=pieces(shelf.hero_stock, stock_factor),
        stock=pieces(shelf.stock, stock_factor),
    )


def pieces(stock: int, factor: float) -> int:
    """Stock of a run, in whole pieces; what was on sale stays on sale."""
    return max(1, round(stock * factor)) if stock else 0


def fill(endpoints: Endpoints, items: list[Item], *, hero_stock: int, stock: int) -> None:
    """Replace what is in the shop; the first item is the hero."""
    queues = order_queues(endpoints)
    if queues:
        client = sqs(endpoints)
        for url in (queues.queue_url, queues.dead_letter_queue_url):
            empty(client, url)
    asyncio.run(_fill(endpoints, items, [hero_stock] + [stock] * (len(items) - 1)))
    with Valkey.from_url(endpoints.cache_url.replace("redis", "valkey", 1)) as cache:
        cache.flushdb()


def empty(client: Any, queue_url: str) -> None:
    """Drop all messages of a queue."""
    try:
        client.purge_queue(QueueUrl=queue_url)
    except client.exceptions.PurgeQueueInProgress:
        # SQS purges once in 60 s; before that, what is visible is taken out by hand.
        while messages := client.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                client.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])


async def _fill(endpoints: Endpoints, items: list[Item], stock: list[int]) -> None:
    connection = await connect(endpoints)
    try:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", SCHEMA_LOCK)
            await connection.execute(SCHEMA.read_text())
            await _forget(connection)
            await connection.copy_records_to_table(
                "products",
                records=[(i.sku, i.name, i.brand, i.category, i.price_cents, i.rank) for i in items],
                columns=["sku", "name", "brand", "category", "price_cents", "rank"],
            )
            await connection.copy_records_to_table(
                "stock",
                records=[(item.sku, count, count) for item, count in zip(items, stock, strict=True)],
                columns=["sku", "initial", "available"],
            )
        await connection.execute("ANALYZE")
    finally:
        await connection.close()


async def _forget(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "TRUNCATE orders, order_lines, fulfilments, outbox, products, stock, card_gateway.charges, warehouse.shipments"
    )
