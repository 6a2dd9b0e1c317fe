"""A warehouse that packs one order at a time, and never sends one twice."""

from __future__ import annotations

import asyncio

from services.adapters.postgres.database import Database
from services.domain.order import Order


class WarehouseSimulator:
    """Fills the `Warehouse` port.

    Args:
        books: Connections of its own, as for the card gateway.
        processing_time_s: How long an order takes.
    """

    def __init__(self, books: Database, *, processing_time_s: float) -> None:
        self._books = books
        self._processing_time_s = processing_time_s

    async def dispatch(self, order: Order) -> str:
        """Send an order, once for its id however often it is asked; the tracking number."""
        await asyncio.sleep(self._processing_time_s)
        return await self._books.run(
            lambda connection: connection.fetchval(
                "INSERT INTO warehouse.shipments AS known (order_id, tracking) VALUES ($1, $2) "
                "ON CONFLICT (order_id) DO UPDATE SET requests = known.requests + 1 RETURNING tracking",
                order.order_id,
                f"SIM-{order.order_id.hex[:12].upper()}",
            )
        )
