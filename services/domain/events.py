"""What the shop tells the world through its event bus. Integrations listen here and never touch checkout."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SOURCE = "shop.orders"
"""`source` of every event on the bus; rules match on it and on the kind."""


class EventKind(StrEnum):
    """`detail-type` of an event."""

    ORDER_PAID = "order.paid"
    ORDER_DECLINED = "order.declined"
    ORDER_CANCELLED = "order.cancelled"
    ORDER_FULFILLED = "order.fulfilled"


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """One thing that happened; delivered at least once, so listeners go by `event_id` or `order_id`.

    Attributes:
        event_id: Unique, and the same in every delivery.
        kind: Its detail-type.
        detail: JSON text.
    """

    event_id: int
    kind: str
    detail: str
