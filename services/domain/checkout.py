"""Checkout: from a cart and a payment token to a paid order, once for each idempotency key."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from services.domain.errors import (
    CartUnavailableError,
    EmptyCartError,
    IdempotencyKeyReusedError,
    PaymentDeclinedError,
    PaymentUnconfirmedError,
)
from services.domain.money import CURRENCY
from services.domain.order import SOLD, Order, OrderDraft, OrderStatus
from services.domain.payment import GatewayUnreachableError, PaymentGateways, PaymentOutcome, PaymentRequest
from services.domain.ports import Carts, Orders

log = logging.getLogger("shop.checkout")


@dataclass(frozen=True, slots=True)
class Submission:
    """What a visitor sends to pay."""

    session: UUID
    idempotency_key: str
    payment_token: str
    payment_method: str
    email: str

    @property
    def fingerprint(self) -> str:
        """Tells a retry (the same again) from a key that is used twice. The token is hashed, never stored."""
        submitted = repr((self.payment_method, self.payment_token, self.email))
        return hashlib.sha256(submitted.encode()).hexdigest()


class Checkout:
    """Reserve, charge, record; each step may be repeated without doing it twice.

    1. The stock is reserved and a pending order stored, in one transaction.
    2. The gateway is asked to capture, with the order's id as its key. No transaction is open meanwhile.
    3. The order becomes paid (with its event) or declined (with its stock released), in one transaction.

    A crash after 1 or 2 leaves a pending order. A retry with the same key takes it up again, and so does the
    reconciler: what was captured becomes paid, what was not is voided at the gateway and cancelled.
    """

    def __init__(
        self,
        *,
        orders: Orders,
        carts: Carts,
        gateways: PaymentGateways,
        payment_timeout_s: float,
        on_change: Callable[[], None],
    ) -> None:
        self._orders = orders
        self._carts = carts
        self._gateways = gateways
        self._payment_timeout_s = payment_timeout_s
        self._on_change = on_change

    async def place(self, submission: Submission) -> Order:
        """The paid order, new or made earlier by the same key.

        Raises:
            EmptyCartError: There is nothing to pay for.
            OutOfStockError: Nothing was reserved.
            PaymentDeclinedError: The stock is released; the key is used up.
            PaymentUnconfirmedError: The outcome is not known yet; the same request may be sent again.
            IdempotencyKeyReusedError: The key was used for another submission.
        """
        gateway = self._gateways.of(submission.payment_method)
        order = await self._orders.find(submission.session, submission.idempotency_key)
        if order is None:
            order = await self._reserve(submission)
        if order.fingerprint != submission.fingerprint:
            raise IdempotencyKeyReusedError("this idempotency key was used for another submission")
        taken_up = order.status is OrderStatus.PENDING
        if taken_up:
            request = PaymentRequest(str(order.order_id), order.total_cents, CURRENCY, submission.payment_token)
            try:
                async with asyncio.timeout(self._payment_timeout_s):
                    outcome = await gateway.charge(request)
            except (TimeoutError, GatewayUnreachableError) as error:
                log.warning("payment of order %s is not confirmed: %s", order.order_id, error or "timed out")
                raise PaymentUnconfirmedError(
                    "the payment is not confirmed yet; send the same request again", order_id=str(order.order_id)
                ) from error
            order = await self._record(order, outcome)
        return await self._answer(order, submission.session, taken_up=taken_up)

    async def _reserve(self, submission: Submission) -> Order:
        cart = await self._carts.load(submission.session)
        if cart.empty:
            raise EmptyCartError("the cart is empty")
        return await self._orders.place(
            OrderDraft(
                session=submission.session,
                idempotency_key=submission.idempotency_key,
                fingerprint=submission.fingerprint,
                email=submission.email,
                payment_method=submission.payment_method,
                quantities=dict(cart.quantities),
            )
        )

    async def _record(self, order: Order, outcome: PaymentOutcome) -> Order:
        if outcome is PaymentOutcome.CAPTURED:
            order = await self._orders.mark_paid(order.order_id)
        else:
            order = await self._orders.decline(order.order_id)
        self._on_change()
        return order

    async def _answer(self, order: Order, session: UUID, *, taken_up: bool) -> Order:
        if order.status not in SOLD:
            raise PaymentDeclinedError("the payment was declined", order_id=str(order.order_id))
        try:
            # A retry of an order that was complete finds the cart empty, or filled anew; only a cart that a crash
            # left as it was ordered is cleared then.
            if taken_up or (await self._carts.load(session)).quantities == order.quantities:
                await self._carts.clear(session)
        except CartUnavailableError:
            # The order stands; a cart that stays full is the smaller harm than an answer that says it failed.
            log.warning("order %s: its cart could not be cleared", order.order_id)
        return order
