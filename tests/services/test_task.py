"""The storefront as a task of its own, over HTTP, and killed with an order in its hands."""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Generator
from uuid import uuid4

import pytest

from surgeproof.localcloud.loopback import answers, free_port
from tests.services.audit import fallen, wait_until_settled
from tests.services.conftest import HERO, Storefront
from tests.services.parts import Parts
from tests.services.workers import working


@contextlib.contextmanager
def running_task(parts: Parts, **environment: str) -> Generator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "services.storefront.app:app", "--port", str(port)],
        env={**os.environ, **parts.environment, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not answers("127.0.0.1", port):
            assert process.poll() is None
            time.sleep(0.02)
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _send(connection: http.client.HTTPConnection, path: str, body: object, **headers: str) -> None:
    connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json", **headers})


@pytest.mark.parametrize(
    ("charges", "status"), [(0, "cancelled"), (1, "fulfilled")], ids=["before the capture", "after the capture"]
)
def test_a_task_killed_while_the_gateway_is_asked_leaves_an_order_that_is_settled(
    parts: Parts, storefront: Storefront, charges: int, status: str
):
    with running_task(parts, PAYMENT_LATENCY_MS="1500") as (task, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        _send(connection, "/cart/items", {"sku": HERO, "quantity": 2})
        answer = connection.getresponse()
        answer.read()
        cookie = (answer.headers["Set-Cookie"] or "").partition(";")[0]
        card = {"payment_token": "tok_visa", "email": "visitor@example.com"}
        _send(connection, "/checkout", card, **{"Cookie": cookie, "Idempotency-Key": str(uuid4())})
        deadline = time.monotonic() + 10
        while parts.sql(
            "SELECT (SELECT count(*) FROM orders) AS o, (SELECT count(*) FROM card_gateway.charges) AS c"
        ) != [{"o": 1, "c": charges}]:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        task.kill()
        task.wait()
        connection.close()
    assert parts.sql("SELECT status FROM orders") == [{"status": "pending"}]

    async def scenario() -> None:
        # Another task relays the events that the worker stores.
        async with storefront(), working(parts):
            await asyncio.to_thread(wait_until_settled, parts)

    asyncio.run(scenario())
    assert parts.sql("SELECT status FROM orders") == [{"status": status}]
    assert fallen(parts, 0) == []
