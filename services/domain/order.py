"""An order and the states that it can go through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.domain.money import Cents, total


class OrderStatus(StrEnum):
    """Where an order stands."""

    PENDING = "pending"
    """Stock is reserved, the payment's outcome is not known yet."""
    PAID = "paid"
    """The money is captured; the warehouse has to send it."""
    DECLINED = "declined"
    """The gateway said no; the stock is released. Final."""
    CANCELLED = "cancelled"
    """Left half-way by a crash and never captured; the stock is released. Final."""
    FULFILLED = "fulfilled"
    """The warehouse has it. Final."""


TRANSITIONS: dict[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.PENDING: frozenset({OrderStatus.PAID, OrderStatus.DECLINED, OrderStatus.CANCELLED}),
    OrderStatus.PAID: frozenset({OrderStatus.FULFILLED}),
    OrderStatus.DECLINED: frozenset(),
    OrderStatus.CANCELLED: frozenset(),
    OrderStatus.FULFILLED: frozenset(),
}
"""From each state, the states that it may move to."""

RELEASED = frozenset({OrderStatus.DECLINED, OrderStatus.CANCELLED})
"""States in which an order holds no stock."""
SOLD = frozenset({OrderStatus.PAID, OrderStatus.FULFILLED})
"""States in which an order's pieces are sold and its money is captured."""


class ForbiddenTransitionError(Exception):
    """An order was asked to go where its state does not lead: a bug, not a client's mistake."""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """So many pieces of one product, at the price of the moment of ordering."""

    sku: str
    quantity: int
    price_cents: int


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """What is asked for, before stock is reserved.

    Attributes:
        session: The visitor; idempotency keys are theirs alone.
        idempotency_key: Chosen by the client; the same key never makes two orders.
        fingerprint: Of what was submitted; the same key with another fingerprint is refused.
        quantities: Pieces by SKU.
    """

    session: UUID
    idempotency_key: str
    fingerprint: str
    email: str
    payment_method: str
    quantities: dict[str, int]


@dataclass(frozen=True, slots=True)
class Order:
    """What was ordered, and where it stands.

    Attributes:
        order_id: Also the idempotency key towards gateway and warehouse.
        fingerprint: Of the submission that made it.
    """

    order_id: UUID
    status: OrderStatus
    payment_method: str
    lines: tuple[OrderLine, ...]
    total_cents: Cents
    fingerprint: str
    created_at: datetime

    def __post_init__(self) -> None:
        if self.total_cents != total((line.price_cents, line.quantity) for line in self.lines):
            raise ValueError(f"order {self.order_id}: the total is not the sum of its lines")

    @property
    def quantities(self) -> dict[str, int]:
        """Pieces by SKU."""
        return {line.sku: line.quantity for line in self.lines}

    def move(self, status: OrderStatus) -> Order:
        """The order in another state.

        Raises:
            ForbiddenTransitionError: Its present state does not lead there.
        """
        if status not in TRANSITIONS[self.status]:
            raise ForbiddenTransitionError(f"order {self.order_id}: {self.status} does not lead to {status}")
        return replace(self, status=status)
