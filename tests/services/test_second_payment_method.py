"""The worked example of docs/shop.md: buy now, pay later, added without touching checkout."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from services.domain.payment import GatewayUnreachableError, PaymentGateways, PaymentOutcome, PaymentRequest
from services.domain.reconcile import Reconciler
from tests.services.asgi_client import Visitor
from tests.services.audit import wait_until_settled
from tests.services.conftest import HERO, Storefront
from tests.services.parts import Parts
from tests.services.workers import working


class PayLater:
    """Fills the `PaymentGateway` port: grants credit up to a limit, and remembers what it said."""

    def __init__(self, limit_cents: int) -> None:
        self.limit_cents = limit_cents
        self.decided: dict[str, PaymentOutcome] = {}
        self.silent = False

    async def charge(self, request: PaymentRequest) -> PaymentOutcome:
        if self.silent:
            raise GatewayUnreachableError("pay later is not answering")
        granted = request.amount_cents <= self.limit_cents
        return self.decided.setdefault(request.key, PaymentOutcome.CAPTURED if granted else PaymentOutcome.DECLINED)

    async def settle(self, key: str) -> PaymentOutcome:
        return self.decided.setdefault(key, PaymentOutcome.VOIDED)


def test_a_second_method_pays_declines_and_is_reconciled_like_the_first(parts: Parts, storefront: Storefront):
    pay_later = PayLater(limit_cents=10_000)

    async def scenario() -> None:
        async with storefront(pay_later=pay_later) as app:
            visitor = Visitor(app)
            await visitor.post("/cart/items", {"sku": HERO})
            paid = await visitor.pay(str(uuid4()), method="pay_later")
            assert paid.status == 201

            await visitor.post("/cart/items", {"sku": HERO, "quantity": 9})
            assert (await visitor.pay(str(uuid4()), method="pay_later")).status == 402

            pay_later.silent = True
            unknown = await visitor.pay(str(uuid4()), method="pay_later")
            assert (unknown.status, unknown.json()["error"]) == (503, "payment_unconfirmed")
            async with working(parts, gateways={"pay_later": pay_later}):
                await asyncio.to_thread(wait_until_settled, parts)
            order = (await visitor.get(f"/orders/{unknown.json()['order_id']}")).json()
            assert order["status"] == "cancelled"

            card = await Visitor(app).buy(HERO, str(uuid4()))
            assert card.status == 201

    asyncio.run(scenario())
    assert parts.sql("SELECT available FROM stock WHERE sku = $1", HERO) == [{"available": 498}]
    assert set(pay_later.decided.values()) == set(PaymentOutcome)


def test_a_method_that_the_worker_does_not_know_is_left_alone(parts: Parts, storefront: Storefront):
    pay_later = PayLater(limit_cents=10_000)
    pay_later.silent = True

    async def scenario() -> None:
        async with storefront(pay_later=pay_later) as app:
            visitor = Visitor(app)
            await visitor.post("/cart/items", {"sku": HERO})
            await visitor.pay(str(uuid4()), method="pay_later")
            reconciler = Reconciler(orders=app.state.shop.orders, gateways=PaymentGateways({}), after_s=0)
            assert await reconciler.run_once() == 0

    asyncio.run(scenario())
    assert parts.sql("SELECT status FROM orders") == [{"status": "pending"}]
