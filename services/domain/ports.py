"""The ports: what the shop needs of the world, as small protocols that adapters fill."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.domain.cart import Cart
from services.domain.catalogue import ListQuery, Product, ProductPage
from services.domain.events import DomainEvent
from services.domain.order import Order, OrderDraft


@dataclass(frozen=True, slots=True)
class Availability:
    """A product and whether a piece of it was left when it was read."""

    product: Product
    in_stock: bool


@dataclass(frozen=True, slots=True)
class Category:
    """A category and how many products it has."""

    name: str
    products: int


class Catalogue(Protocol):
    """Products to look at; may be a little old, checkout decides."""

    async def product(self, sku: str) -> Availability | None:
        """One product, or nothing."""
        ...

    async def products(self, skus: Collection[str]) -> dict[str, Product]:
        """Those that exist, by SKU."""
        ...

    async def page(self, query: ListQuery) -> ProductPage:
        """One page of a list, by popularity."""
        ...

    async def categories(self) -> tuple[Category, ...]:
        """All categories, the largest first."""
        ...


class Carts(Protocol):
    """Carts by visitor. Raises `CartUnavailableError` when they cannot be reached."""

    async def load(self, session: UUID) -> Cart:
        """The visitor's cart; empty when there is none."""
        ...

    async def put(self, session: UUID, sku: str, quantity: int) -> None:
        """Set the pieces of one product; 0 removes it."""
        ...

    async def clear(self, session: UUID) -> None:
        """Forget the cart."""
        ...


class Orders(Protocol):
    """Orders and stock, in one database. Raises `DatabaseUnavailableError` when it cannot be reached."""

    async def find(self, session: UUID, idempotency_key: str) -> Order | None:
        """The order that a visitor's key made."""
        ...

    async def get(self, order_id: UUID) -> Order | None:
        """One order."""
        ...

    async def place(self, draft: OrderDraft) -> Order:
        """Reserve the stock and store a pending order, or give the one that the key has made already.

        Raises:
            OutOfStockError: Nothing was reserved, nothing is stored.
        """
        ...

    async def mark_paid(self, order_id: UUID) -> Order:
        """Pending to paid, with its event; the order as it stands now."""
        ...

    async def decline(self, order_id: UUID) -> Order:
        """Pending to declined, stock released, with its event; the order as it stands now."""
        ...

    async def cancel(self, order_id: UUID) -> Order:
        """Pending to cancelled, stock released, with its event; the order as it stands now."""
        ...

    async def fulfil(self, order_id: UUID, tracking: str) -> bool:
        """Paid to fulfilled, with its event; False when it had been fulfilled before."""
        ...

    async def half_way(self, older_than_s: float, limit: int) -> list[Order]:
        """Orders that have been pending for longer than so many seconds, oldest first."""
        ...


class EventBus(Protocol):
    """Where domain events go."""

    async def publish(self, events: Sequence[DomainEvent]) -> set[int]:
        """Send up to 10 events; the ids of those that the bus accepted."""
        ...


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the order queue.

    Attributes:
        receipt: What this delivery is deleted or extended by.
    """

    body: str
    receipt: str


class OrderQueue(Protocol):
    """The queue that the bus delivers to; at least once, in any order."""

    async def receive(self) -> Message | None:
        """Wait for a message (long poll); nothing when none came."""
        ...

    async def delete(self, message: Message) -> None:
        """It is done."""
        ...

    async def extend(self, message: Message) -> None:
        """Hide it from other workers for one more visibility timeout."""
        ...

    async def visibility_timeout(self) -> float:
        """Seconds for which a received message is hidden."""
        ...


class Warehouse(Protocol):
    """Who packs and sends."""

    async def dispatch(self, order: Order) -> str:
        """Send an order, once for its id however often it is asked; the tracking number."""
        ...
