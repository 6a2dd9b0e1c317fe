"""Orders and stock in PostgreSQL. Stock is never oversold: each reservation is one conditional update.

Lists go over the wire as JSON: for arrays the driver would ask each new connection about their types first.
"""

from __future__ import annotations

import json
from uuid import UUID, uuid4

import asyncpg

from services.adapters.postgres.database import Connection, Database
from services.domain.errors import OutOfStockError
from services.domain.events import EventKind
from services.domain.money import Cents, total
from services.domain.order import TRANSITIONS, Order, OrderDraft, OrderLine, OrderStatus

SELECT_ORDER = """
    SELECT o.order_id, o.status, o.payment_method, o.total_cents, o.fingerprint, o.created_at,
           jsonb_agg(jsonb_build_array(l.sku, l.quantity, l.price_cents) ORDER BY l.sku) AS lines
    FROM orders o JOIN order_lines l USING (order_id)
"""
EVENT = """
    INSERT INTO outbox (kind, detail)
    SELECT $2, jsonb_build_object(
        'order_id', o.order_id, 'total_cents', o.total_cents, 'payment_method', o.payment_method,
        'email', o.email,
        'items', (SELECT jsonb_agg(jsonb_build_object('sku', sku, 'quantity', quantity, 'price_cents', price_cents)
                                   ORDER BY sku) FROM order_lines l WHERE l.order_id = o.order_id))
    FROM orders o WHERE o.order_id = $1
"""


class PostgresOrders:
    """Fills the `Orders` port. Every method may be repeated: keys are unique, moves start from a state."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, session: UUID, idempotency_key: str) -> Order | None:
        """The order that a visitor's key made."""
        row = await self._database.run(
            lambda connection: connection.fetchrow(
                f"{SELECT_ORDER} WHERE o.session = $1 AND o.idempotency_key = $2 GROUP BY o.order_id",
                session,
                idempotency_key,
            )
        )
        return _order(row) if row else None

    async def get(self, order_id: UUID) -> Order | None:
        """One order."""
        row = await self._database.run(
            lambda connection: connection.fetchrow(
                f"{SELECT_ORDER} WHERE o.order_id = $1 GROUP BY o.order_id", order_id
            )
        )
        return _order(row) if row else None

    async def half_way(self, older_than_s: float, limit: int) -> list[Order]:
        """Orders that have been pending for longer than so many seconds, oldest first."""
        rows = await self._database.run(
            lambda connection: connection.fetch(
                f"{SELECT_ORDER} WHERE o.status = 'pending' AND o.created_at < now() - make_interval(secs => $1) "
                "GROUP BY o.order_id ORDER BY o.created_at LIMIT $2",
                older_than_s,
                limit,
            )
        )
        return [_order(row) for row in rows]

    async def place(self, draft: OrderDraft) -> Order:
        """Reserve the stock and store a pending order, or give the one that the key has made already."""
        # One id for both tries of a repeated transaction.
        order_id = uuid4()
        placed = await self._database.run(lambda connection: _place(connection, order_id, draft))
        return placed or await self._stored(await self.find(draft.session, draft.idempotency_key), draft.session)

    async def mark_paid(self, order_id: UUID) -> Order:
        """Pending to paid, with its event; the order as it stands now."""
        await self._database.run(lambda connection: _move(connection, order_id, OrderStatus.PAID, EventKind.ORDER_PAID))
        return await self._stored(await self.get(order_id), order_id)

    async def decline(self, order_id: UUID) -> Order:
        """Pending to declined, stock released, with its event; the order as it stands now."""
        await self._database.run(
            lambda connection: _release(connection, order_id, OrderStatus.DECLINED, EventKind.ORDER_DECLINED)
        )
        return await self._stored(await self.get(order_id), order_id)

    async def cancel(self, order_id: UUID) -> Order:
        """Pending to cancelled, stock released, with its event; the order as it stands now."""
        await self._database.run(
            lambda connection: _release(connection, order_id, OrderStatus.CANCELLED, EventKind.ORDER_CANCELLED)
        )
        return await self._stored(await self.get(order_id), order_id)

    async def fulfil(self, order_id: UUID, tracking: str) -> bool:
        """Paid to fulfilled, with its event; False when it had been fulfilled before."""

        async def work(connection: Connection) -> bool:
            async with connection.transaction():
                if not await _moved(connection, order_id, OrderStatus.FULFILLED):
                    return False
                await connection.execute(
                    "INSERT INTO fulfilments (order_id, tracking) VALUES ($1, $2)", order_id, tracking
                )
                await connection.execute(EVENT, order_id, EventKind.ORDER_FULFILLED)
                return True

        return await self._database.run(work)

    async def _stored(self, order: Order | None, key: UUID) -> Order:
        if order is None:
            raise LookupError(f"the order of {key} has vanished")
        return order


async def _place(connection: Connection, order_id: UUID, draft: OrderDraft) -> Order | None:
    async with connection.transaction():
        found = {
            row["sku"]: row
            for row in await connection.fetch(
                "SELECT sku, price_cents, available FROM products JOIN stock USING (sku) WHERE sku IN (SELECT jsonb_array_elements_text($1::jsonb))",
                json.dumps(list(draft.quantities)),
            )
        }
        # A look without a lock: once something is sold out, the rush for it costs one read each.
        for sku, quantity in draft.quantities.items():
            if sku not in found or found[sku]["available"] < quantity:
                raise OutOfStockError(sku)
        lines = tuple(
            OrderLine(sku, quantity, found[sku]["price_cents"]) for sku, quantity in sorted(draft.quantities.items())
        )
        cents = total((line.price_cents, line.quantity) for line in lines)
        # Waits for another transaction with the same key to end, and then finds its order.
        created_at = await connection.fetchval(
            "INSERT INTO orders (order_id, session, idempotency_key, fingerprint, email, payment_method, status, "
            "total_cents) VALUES ($1, $2, $3, $4, $5, $6, 'pending', $7) "
            "ON CONFLICT (session, idempotency_key) DO NOTHING RETURNING created_at",
            order_id,
            draft.session,
            draft.idempotency_key,
            draft.fingerprint,
            draft.email,
            draft.payment_method,
            cents,
        )
        if created_at is None:
            return None
        await connection.execute(
            "INSERT INTO order_lines (order_id, sku, quantity, price_cents) "
            "SELECT $1, sku, quantity, price FROM jsonb_to_recordset($2::jsonb) "
            "AS line (sku text, quantity int, price int)",
            order_id,
            json.dumps([{"sku": line.sku, "quantity": line.quantity, "price": line.price_cents} for line in lines]),
        )
        # Last, so that a hot row is locked for no longer than the commit takes; by SKU, so that two carts never
        # wait for each other in a circle.
        for line in lines:
            reserved = await connection.execute(
                "UPDATE stock SET available = available - $2 WHERE sku = $1 AND available >= $2",
                line.sku,
                line.quantity,
            )
            if reserved == "UPDATE 0":
                raise OutOfStockError(line.sku)
    return Order(order_id, OrderStatus.PENDING, draft.payment_method, lines, cents, draft.fingerprint, created_at)


async def _moved(connection: Connection, order_id: UUID, status: OrderStatus) -> bool:
    # The one state that leads there, so that a move happens once however often it is asked for.
    (source,) = (source for source, targets in TRANSITIONS.items() if status in targets)
    done = await connection.execute(
        "UPDATE orders SET status = $2, moved_at = now() WHERE order_id = $1 AND status = $3",
        order_id,
        status,
        source,
    )
    return done == "UPDATE 1"


async def _move(connection: Connection, order_id: UUID, status: OrderStatus, kind: EventKind) -> None:
    async with connection.transaction():
        if await _moved(connection, order_id, status):
            await connection.execute(EVENT, order_id, kind)


async def _release(connection: Connection, order_id: UUID, status: OrderStatus, kind: EventKind) -> None:
    async with connection.transaction():
        if not await _moved(connection, order_id, status):
            return
        await connection.execute(EVENT, order_id, kind)
        for row in await connection.fetch(
            "SELECT sku, quantity FROM order_lines WHERE order_id = $1 ORDER BY sku", order_id
        ):
            await connection.execute(
                "UPDATE stock SET available = available + $2 WHERE sku = $1", row["sku"], row["quantity"]
            )


def _order(row: asyncpg.Record) -> Order:
    lines = tuple(OrderLine(*line) for line in json.loads(row["lines"]))
    return Order(
        row["order_id"],
        OrderStatus(row["status"]),
        row["payment_method"],
        lines,
        Cents(row["total_cents"]),
        row["fingerprint"],
        row["created_at"],
    )
