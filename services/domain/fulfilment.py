"""From an event on the queue to an order that the warehouse has, with the effect of exactly once."""

from __future__ import annotations

import json
import logging
from uuid import UUID

from services.domain.events import EventKind
from services.domain.order import OrderStatus
from services.domain.ports import Orders, Warehouse

log = logging.getLogger("shop.fulfilment")


class UnreadableMessageError(Exception):
    """A message that is no event of ours; left on the queue, so that it ends in the dead-letter queue."""


def paid_order(body: str) -> UUID | None:
    """The order that a message says was paid; nothing for an event that does not concern the worker.

    Args:
        body: JSON of an EventBridge event, as its rule delivers it to SQS.

    Raises:
        UnreadableMessageError: It is not such an event.
    """
    try:
        event = json.loads(body)
        if event["detail-type"] != EventKind.ORDER_PAID:
            return None
        return UUID(event["detail"]["order_id"])
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableMessageError(f"not an event of the shop: {body[:200]!r}") from error


class Fulfilment:
    """Hands paid orders to the warehouse. The same event may come twice, even at the same time."""

    def __init__(self, *, orders: Orders, warehouse: Warehouse) -> None:
        self._orders = orders
        self._warehouse = warehouse

    async def handle(self, body: str) -> None:
        """Fulfil the order of one message; when this returns, the message can be deleted.

        Raises:
            UnreadableMessageError: The message is no event of ours, or names an order that does not exist.
        """
        order_id = paid_order(body)
        if order_id is None:
            return
        order = await self._orders.get(order_id)
        if order is None:
            raise UnreadableMessageError(f"order {order_id} does not exist")
        if order.status is not OrderStatus.PAID:
            log.info("order %s is %s already", order_id, order.status)
            return
        tracking = await self._warehouse.dispatch(order)
        if not await self._orders.fulfil(order_id, tracking):
            log.info("order %s was fulfilled by another worker", order_id)
