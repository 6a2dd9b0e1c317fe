"""What must hold in the shop when a launch is over: nothing lost, nothing doubled, nothing oversold."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, fields

import asyncpg
import botocore.exceptions

from loadtests.shop_state import connect, depth, order_queues, sqs
from surgeproof.launch.plan import LaunchPlan
from surgeproof.launch.records import Endpoints, InvariantReading, LoadResult

BOOKS = """
WITH sold AS (SELECT order_id, total_cents FROM orders WHERE status IN ('paid', 'fulfilled')),
     captured AS (SELECT key::uuid AS order_id, amount_cents FROM card_gateway.charges WHERE outcome = 'captured'),
     holding AS (SELECT l.sku, sum(l.quantity) AS pieces FROM order_lines l JOIN orders o USING (order_id)
                 WHERE o.status IN ('pending', 'paid', 'fulfilled') GROUP BY l.sku),
     shelf AS (SELECT s.*, coalesce(h.pieces, 0)::bigint AS held FROM stock s LEFT JOIN holding h USING (sku))
SELECT (SELECT count(*) FROM sold) AS stored,
       (SELECT coalesce(sum(total_cents), 0)::bigint FROM sold) AS stored_cents,
       (SELECT count(*) FROM captured) AS captured,
       (SELECT coalesce(sum(amount_cents), 0)::bigint FROM captured) AS captured_cents,
       (SELECT count(*) FROM sold FULL JOIN captured USING (order_id)
        WHERE total_cents IS DISTINCT FROM amount_cents) AS unmatched,
       (SELECT count(*) FROM orders WHERE status = 'pending') AS half_way,
       (SELECT count(*) FROM orders WHERE status = 'fulfilled') AS fulfilled,
       (SELECT count(*) FROM fulfilments) AS fulfilments,
       (SELECT count(*) FROM warehouse.shipments) AS shipments,
       (SELECT count(*) FROM outbox) AS outbox,
       (SELECT count(*) FROM shelf) AS products,
       (SELECT coalesce(sum(initial), 0) FROM shelf) AS initial,
       (SELECT coalesce(sum(available), 0) FROM shelf) AS available,
       (SELECT coalesce(sum(held), 0)::bigint FROM shelf) AS held,
       (SELECT count(*) FROM shelf WHERE initial <> available + held OR available < 0) AS unbalanced,
       (SELECT initial FROM shelf WHERE sku = $1) AS hero_initial,
       (SELECT available FROM shelf WHERE sku = $1) AS hero_available,
       (SELECT held FROM shelf WHERE sku = $1) AS hero_held
"""


@dataclass(frozen=True, slots=True)
class Books:
    """The shop's books, its gateway's and its warehouse's, at one moment."""

    stored: int
    stored_cents: int
    captured: int
    captured_cents: int
    unmatched: int
    half_way: int
    fulfilled: int
    fulfilments: int
    shipments: int
    outbox: int
    products: int
    initial: int
    available: int
    held: int
    unbalanced: int
    hero_initial: int
    hero_available: int
    hero_held: int


def settled(endpoints: Endpoints) -> bool:
    """Whether nothing is pending: outbox empty, no order half-way, all paid orders fulfilled, queue drained.

    A dead-letter queue that holds something does not keep a run from being over; `read` reports it.
    """
    queues = order_queues(endpoints)
    try:
        books = _books(endpoints, "")
        waiting = depth(sqs(endpoints), queues.queue_url) if queues else 0
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, botocore.exceptions.BotoCoreError):
        return False
    return not (books.half_way or books.outbox or waiting) and books.stored == books.fulfilled


def read(endpoints: Endpoints, load: LoadResult, plan: LaunchPlan) -> list[InvariantReading]:
    """Read the books and say which relations hold.

    Args:
        endpoints: The running stack; nothing may be placing orders any more.
        load: What clients were told.
        plan: Names the hero.
    """
    books = _books(endpoints, plan.catalogue.hero_sku)
    acknowledged = sum(phase.orders_placed for phase in load.phases)
    return [
        InvariantReading(
            name="no order lost",
            relation="orders acknowledged <= orders stored",
            readings={"acknowledged": acknowledged, "stored": books.stored},
            holds=acknowledged <= books.stored,
            note="Stored orders that nobody was told of had their answer lost, for example by a timeout",
        ),
        InvariantReading(
            name="paid once",
            relation="orders stored = payments captured, one each, to the cent",
            readings={
                "stored": books.stored,
                "captured": books.captured,
                "stored_cents": books.stored_cents,
                "captured_cents": books.captured_cents,
                "unmatched": books.unmatched,
            },
            holds=books.stored == books.captured
            and books.stored_cents == books.captured_cents
            and books.unmatched == 0,
        ),
        InvariantReading(
            name="fulfilled once",
            relation="orders stored = orders fulfilled = fulfilments = shipments of the warehouse",
            readings={
                "stored": books.stored,
                "fulfilled": books.fulfilled,
                "fulfilments": books.fulfilments,
                "shipments": books.shipments,
            },
            holds=books.stored == books.fulfilled == books.fulfilments == books.shipments,
        ),
        InvariantReading(
            name="no order half-way",
            relation="orders pending = 0",
            readings={"pending": books.half_way},
            holds=books.half_way == 0,
        ),
        InvariantReading(
            name="outbox empty",
            relation="events waiting = 0",
            readings={"waiting": books.outbox},
            holds=not books.outbox,
        ),
        _queues(endpoints),
        InvariantReading(
            name="stock balanced",
            relation="initial = available + held by orders, and available >= 0, for each product",
            readings={
                "products": books.products,
                "unbalanced": books.unbalanced,
                "initial": books.initial,
                "available": books.available,
                "held": books.held,
            },
            holds=books.products > 0 and books.unbalanced == 0,
        ),
        InvariantReading(
            name="hero not oversold",
            relation="hero pieces held by orders <= hero pieces that there were",
            readings={
                "initial": books.hero_initial,
                "available": books.hero_available,
                "held": books.hero_held,
            },
            holds=books.hero_available >= 0 and books.hero_held <= books.hero_initial,
        ),
    ]


def _queues(endpoints: Endpoints) -> InvariantReading:
    relation = "messages in the order queue = 0, and in its dead-letter queue = 0"
    queues = order_queues(endpoints)
    if queues is None:
        return InvariantReading(
            name="no message left",
            relation=relation,
            readings={},
            holds=False,
            note="Not read: the program exports no queue of the service orders",
        )
    client = sqs(endpoints)
    waiting, dead = depth(client, queues.queue_url), depth(client, queues.dead_letter_queue_url)
    return InvariantReading(
        name="no message left",
        relation=relation,
        readings={"waiting": waiting, "dead": dead},
        holds=waiting == dead == 0,
    )


def _books(endpoints: Endpoints, hero: str) -> Books:
    return asyncio.run(_read(endpoints, hero))


async def _read(endpoints: Endpoints, hero: str) -> Books:
    connection = await connect(endpoints)
    try:
        row = await connection.fetchrow(BOOKS, hero)
    finally:
        await connection.close()
    if row is None:
        raise LookupError("the database gave no row")
    return Books(**{field.name: int(row[field.name] or 0) for field in fields(Books)})
