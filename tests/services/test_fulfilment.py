"""From outbox to warehouse: at least once on the way, exactly once in effect."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest

from services.adapters.aws.event_bus import EventBridgeBus
from services.adapters.postgres.database import Database, opened
from services.adapters.postgres.login import DatabaseLogin
from services.adapters.postgres.orders import PostgresOrders
from services.adapters.postgres.outbox import PostgresOutbox, Relayed
from services.adapters.simulators.card_gateway import SILENT_TOKEN, CardGatewaySimulator
from services.adapters.simulators.warehouse import WarehouseSimulator
from services.domain.events import DomainEvent, EventKind
from services.domain.fulfilment import Fulfilment
from services.domain.money import Cents
from services.domain.payment import CARD, PaymentGateways, PaymentOutcome, PaymentRequest
from services.domain.reconcile import Reconciler
from tests.services.asgi_client import Visitor
from tests.services.audit import audit, fallen, wait_until_settled
from tests.services.conftest import HERO, Storefront
from tests.services.parts import REGION, Parts
from tests.services.storm import storm
from tests.services.workers import running_worker, working


def _database(parts: Parts) -> Database:
    return Database(parts.endpoints.database_url, login=DatabaseLogin(None, None), size=3, name="test")


def test_orders_are_fulfilled_by_two_workers_and_the_books_balance(parts: Parts, storefront: Storefront):
    async def scenario() -> None:
        async with storefront() as app:
            assert await storm(app, [HERO] * 20, at_once=10) == {201: 20}
            async with working(parts, 2):
                await asyncio.to_thread(wait_until_settled, parts)

    asyncio.run(scenario())
    assert fallen(parts, 20) == []
    assert audit(parts, 21)["no order lost"].holds is False, "an order that was acknowledged and is not there"


def test_a_worker_killed_between_commit_and_delete_leaves_one_fulfilment(parts: Parts, storefront: Storefront):
    """The message comes again, because it was never deleted; the second worker finds the order fulfilled."""

    async def scenario() -> None:
        async with storefront() as app:
            order = (await Visitor(app).buy(HERO, str(uuid4()))).json()["order_id"]
            message = await asyncio.to_thread(_receive, parts)
            async with opened(database := _database(parts)):
                orders = PostgresOrders(database)
                await Fulfilment(orders=orders, warehouse=WarehouseSimulator(database, processing_time_s=0)).handle(
                    message["Body"]
                )
                stored = await orders.get(UUID(order))
                assert stored is not None
                assert stored.status == "fulfilled"
            # The first worker is gone here; its message is visible again after the timeout of the queue.
            async with working(parts):
                await asyncio.to_thread(wait_until_settled, parts)

    asyncio.run(scenario())
    assert fallen(parts, 1) == []
    assert parts.sql("SELECT requests FROM warehouse.shipments") == [{"requests": 1}]


def test_a_worker_killed_at_work_leaves_the_order_to_another(parts: Parts, storefront: Storefront):
    async def scenario() -> None:
        async with storefront() as app:
            await Visitor(app).buy(HERO, str(uuid4()))
            with running_worker(parts, PROCESSING_TIME="30") as worker:
                await asyncio.to_thread(_wait_until_taken, parts)
                worker.kill()
            async with working(parts):
                await asyncio.to_thread(wait_until_settled, parts)

    asyncio.run(scenario())
    assert fallen(parts, 1) == []


def test_the_same_event_relayed_often_and_handled_at_once_is_one_fulfilment(parts: Parts, storefront: Storefront):
    class Stutter(EventBridgeBus):
        async def publish(self, events: Sequence[DomainEvent]) -> set[int]:
            """Sent, but the relay dies before it hears of it."""
            await super().publish(events)
            return set()

    async def scenario() -> None:
        async with opened(database := _database(parts)):
            orders = PostgresOrders(database)
            async with storefront() as app:
                order_id = UUID((await Visitor(app).buy(HERO, str(uuid4()))).json()["order_id"])
                await asyncio.to_thread(_receive, parts)
            await database.run(
                lambda connection: connection.execute(
                    "INSERT INTO outbox (kind, detail) VALUES ($1, jsonb_build_object('order_id', $2::text))",
                    EventKind.ORDER_PAID,
                    str(order_id),
                )
            )
            stutter = Stutter("shop", REGION)
            for _ in range(3):
                assert await PostgresOutbox(database).relay(stutter) == Relayed(1, 0)
            stutter.close()
            messages = [await asyncio.to_thread(_receive, parts) for _ in range(3)]
            fulfilment = Fulfilment(orders=orders, warehouse=WarehouseSimulator(database, processing_time_s=0.05))
            await asyncio.gather(*(fulfilment.handle(message["Body"]) for message in messages))

    asyncio.run(scenario())
    assert parts.sql("SELECT count(*) FROM fulfilments") == [{"count": 1}]
    assert parts.sql("SELECT count(*) FROM warehouse.shipments") == [{"count": 1}]
    kinds = parts.sql("SELECT kind FROM outbox ORDER BY event_id")
    assert [row["kind"] for row in kinds].count(EventKind.ORDER_FULFILLED) <= 1


def test_a_gateway_that_captured_and_fell_silent_is_reconciled_into_one_paid_order(
    parts: Parts, storefront: Storefront, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PAYMENT_TIMEOUT_MS", "150")

    async def scenario() -> None:
        async with storefront() as app:
            visitor, key = Visitor(app), str(uuid4())
            reply = await visitor.buy(HERO, key, token=SILENT_TOKEN)
            assert (reply.status, reply.json()["error"]) == (503, "payment_unconfirmed")
            async with working(parts):
                await asyncio.to_thread(wait_until_settled, parts)
            assert (await visitor.pay(key, token=SILENT_TOKEN)).status == 201

    asyncio.run(scenario())
    assert fallen(parts, 1) == []


def test_an_order_that_was_never_charged_is_cancelled_and_never_charged_later(parts: Parts, storefront: Storefront):
    async def scenario() -> None:
        async with opened(database := _database(parts)), storefront() as app:
            gateway = CardGatewaySimulator(database, latency_s=0, decline_rate=0)
            orders = PostgresOrders(database)
            reply = await Visitor(app).buy(HERO, str(uuid4()))
            order_id = UUID(reply.json()["order_id"])
            # As if the storefront had died right after it had reserved the stock.
            await database.run(
                lambda connection: connection.execute(
                    "WITH gone AS (DELETE FROM card_gateway.charges) UPDATE orders SET status = 'pending'"
                )
            )
            reconciler = Reconciler(orders=orders, gateways=PaymentGateways({CARD: gateway}), after_s=0)
            assert await reconciler.run_once() == 1
            assert await reconciler.run_once() == 0
            order = await orders.get(order_id)
            assert order is not None
            assert order.status == "cancelled"
            late = await gateway.charge(PaymentRequest(str(order_id), Cents(1), "USD", "tok_visa"))
            assert late is PaymentOutcome.VOIDED
            assert (await orders.mark_paid(order_id)).status == "cancelled"

    asyncio.run(scenario())
    assert audit(parts, 0)["hero not oversold"].readings == {"initial": 500, "available": 500, "held": 0}


def test_a_worker_ends_what_it_has_begun_when_it_is_told_to_stop(parts: Parts, storefront: Storefront):
    async def scenario() -> None:
        async with storefront() as app:
            await Visitor(app).buy(HERO, str(uuid4()))
            with running_worker(parts, PROCESSING_TIME="1") as worker:
                await asyncio.to_thread(_wait_until_taken, parts)
                worker.send_signal(signal.SIGTERM)
                assert await asyncio.to_thread(_ended, worker) == 0
            await asyncio.to_thread(wait_until_settled, parts)

    asyncio.run(scenario())
    assert fallen(parts, 1) == []


def test_what_is_no_event_is_not_deleted(parts: Parts, caplog: pytest.LogCaptureFixture):
    async def scenario() -> None:
        async with working(parts):
            await asyncio.to_thread(_wait_until_taken, parts)
            await asyncio.sleep(0.1)

    parts.sqs.send_message(QueueUrl=parts.queue_url, MessageBody="nonsense")
    asyncio.run(scenario())
    assert "not an event of the shop: 'nonsense'" in caplog.text
    assert audit(parts, 0)["no message left"].readings["waiting"] == 1


def _receive(parts: Parts) -> dict[str, str]:
    for _ in range(10):
        for message in parts.sqs.receive_message(QueueUrl=parts.queue_url, WaitTimeSeconds=1).get("Messages", []):
            return message
    raise AssertionError("no message came")


def _wait_until_taken(parts: Parts) -> None:
    deadline = time.monotonic() + 10
    name = "ApproximateNumberOfMessagesNotVisible"
    while True:
        attributes = parts.sqs.get_queue_attributes(QueueUrl=parts.queue_url, AttributeNames=[name])["Attributes"]
        if int(attributes[name]):
            return
        assert time.monotonic() < deadline, "no worker took the message"
        time.sleep(0.05)


def _ended(worker: subprocess.Popen[bytes]) -> int:
    return worker.wait(timeout=10)
