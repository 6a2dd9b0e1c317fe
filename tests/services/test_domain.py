"""The pure rules of the shop: carts, money, states of an order."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.domain.cart import MOST_PIECES, MOST_PRODUCTS, Cart
from services.domain.errors import CartLimitError, UnknownPaymentMethodError
from services.domain.fulfilment import UnreadableMessageError, paid_order
from services.domain.money import Cents, total
from services.domain.order import (
    RELEASED,
    SOLD,
    TRANSITIONS,
    ForbiddenTransitionError,
    Order,
    OrderLine,
    OrderStatus,
)
from services.domain.payment import PaymentGateways

SKUS = st.sampled_from([f"P-{number}" for number in range(MOST_PRODUCTS + 5)])


class CartMachine(RuleBasedStateMachine):
    """Any sequence of changes gives what a plain dictionary gives, or is refused and changes nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.cart = Cart()
        self.model: dict[str, int] = {}

    @rule(sku=SKUS, quantity=st.integers(1, MOST_PIECES + 2))
    def add(self, sku: str, quantity: int) -> None:
        self._set(sku, self.model.get(sku, 0) + quantity, lambda: self.cart.add(sku, quantity))

    @rule(sku=SKUS, quantity=st.integers(-2, MOST_PIECES + 2))
    def change(self, sku: str, quantity: int) -> None:
        self._set(sku, quantity, lambda: self.cart.change(sku, quantity))

    @rule(sku=SKUS)
    def remove(self, sku: str) -> None:
        self.cart = self.cart.remove(sku)
        self.model.pop(sku, None)

    def _set(self, sku, quantity, act) -> None:
        allowed = 0 <= quantity <= MOST_PIECES and (quantity == 0 or len({*self.model, sku}) <= MOST_PRODUCTS)
        if not allowed:
            with pytest.raises(CartLimitError):
                act()
            return
        self.cart = act()
        self.model[sku] = quantity
        if quantity == 0:
            del self.model[sku]

    @invariant()
    def same_as_the_model(self) -> None:
        assert dict(self.cart.quantities) == self.model
        assert self.cart.empty == (not self.model)


TestCart = CartMachine.TestCase


def _order(status: OrderStatus = OrderStatus.PENDING) -> Order:
    lines = (OrderLine("A", 2, 150), OrderLine("B", 1, 99))
    return Order(uuid4(), status, "card", lines, Cents(399), "print", datetime.now(UTC))


@given(st.lists(st.sampled_from(OrderStatus), max_size=6))
def test_an_order_moves_only_along_its_transitions_and_settles_once(wanted: list[OrderStatus]):
    order = _order()
    seen = [order.status]
    for status in wanted:
        if status in TRANSITIONS[order.status]:
            order = order.move(status)
            seen.append(order.status)
        else:
            with pytest.raises(ForbiddenTransitionError):
                order.move(status)
    assert not (set(seen) & SOLD and set(seen) & RELEASED), "stock is either sold or released, never both"
    assert len(seen) == len(set(seen)), "no state is entered twice"
    assert seen.count(OrderStatus.FULFILLED) == 0 or seen[-2] is OrderStatus.PAID


def test_every_state_but_pending_says_what_became_of_the_stock():
    assert {OrderStatus.PENDING} | SOLD | RELEASED == set(OrderStatus)


def test_an_order_whose_total_is_not_the_sum_of_its_lines_is_refused():
    with pytest.raises(ValueError, match="sum of its lines"):
        Order(uuid4(), OrderStatus.PENDING, "card", (OrderLine("A", 1, 100),), Cents(99), "", datetime.now(UTC))


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(0, 10))))
def test_totals_are_exact(lines: list[tuple[int, int]]):
    assert total(lines) == sum(price * quantity for price, quantity in lines)


@pytest.mark.parametrize("amounts", [[(-1, 1)], [(1, -1)]])
def test_negative_money_is_refused(amounts):
    with pytest.raises(ValueError, match="never negative"):
        total(amounts)


def test_a_method_that_nobody_serves_is_refused_by_name():
    with pytest.raises(UnknownPaymentMethodError) as caught:
        PaymentGateways({}).of("barter")
    assert "barter" in caught.value.message


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{}", '"x"', '{"detail-type": "order.paid"}', '{"detail-type":"order.paid","detail":{"order_id":"x"}}'],
)
def test_a_message_that_is_no_event_is_told_apart(body: str):
    with pytest.raises(UnreadableMessageError):
        paid_order(body)


def test_other_events_do_not_concern_the_worker():
    assert paid_order('{"detail-type": "order.fulfilled", "detail": {}}') is None
