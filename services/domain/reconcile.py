"""Orders that a crash left half-way: ask the gateway, then complete or cancel."""

from __future__ import annotations

import logging

from services.domain.errors import UnknownPaymentMethodError
from services.domain.order import Order
from services.domain.payment import GatewayUnreachableError, PaymentGateways, PaymentOutcome
from services.domain.ports import Orders

log = logging.getLogger("shop.reconcile")

BATCH = 50
"""Orders looked at in one round."""


class Reconciler:
    """Settles pending orders that nobody is waiting for any more.

    Safe beside a checkout that is merely slow, and beside other reconcilers: the gateway voids what it has not
    captured, so that whoever comes second is told the same outcome.
    """

    def __init__(self, *, orders: Orders, gateways: PaymentGateways, after_s: float) -> None:
        self._orders = orders
        self._gateways = gateways
        self._after_s = after_s

    async def run_once(self) -> int:
        """Settle what is old enough; how many orders were moved."""
        moved = 0
        for order in await self._orders.half_way(self._after_s, BATCH):
            try:
                outcome = await self._gateways.of(order.payment_method).settle(str(order.order_id))
            except (GatewayUnreachableError, UnknownPaymentMethodError) as error:
                log.warning("order %s is left for the next round: %s", order.order_id, error)
                continue
            settled = await self._record(order, outcome)
            log.info("order %s was half-way: gateway says %s, now %s", order.order_id, outcome, settled.status)
            moved += 1
        return moved

    async def _record(self, order: Order, outcome: PaymentOutcome) -> Order:
        if outcome is PaymentOutcome.CAPTURED:
            return await self._orders.mark_paid(order.order_id)
        if outcome is PaymentOutcome.DECLINED:
            return await self._orders.decline(order.order_id)
        return await self._orders.cancel(order.order_id)
