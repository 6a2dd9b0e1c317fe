"""CPU that the shop takes for a request, and while idle; prints a table.

Run: ``python tests/benchmarks/bench_shop.py``. Process CPU time of the storefront, so that other work on the machine
does not count; without the HTTP server around it, which takes about 0.07 ms a request. Wanted: a product page under
1 ms, 2 ms on average over the requests of a launch.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from uuid import uuid4

import psutil
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from loadtests.catalogue import catalogue
from loadtests.prepare import fill
from services.storefront.app import create_app
from tests.services.asgi_client import Visitor
from tests.services.parts import Parts, running_parts
from tests.services.test_task import running_task

HERO = "HERO-1"
IDLE_S = 20


async def measure(table: Table) -> None:
    """Each kind of request, one after the other; the relay's work counts to checkout."""
    app = create_app()
    async with app.router.lifespan_context(app):
        visitor = Visitor(app)
        await visitor.post("/cart/items", {"sku": HERO})

        async def buy() -> None:
            reply = await Visitor(app).buy(HERO, str(uuid4()))
            if reply.status != 201:
                raise RuntimeError(reply.body)

        kinds: list[tuple[str, int, Callable[[], Awaitable[object]]]] = [
            ("health", 500, lambda: visitor.get("/healthz")),
            ("product", 500, lambda: visitor.get(f"/products/{HERO}")),
            ("home", 300, lambda: visitor.get("/")),
            ("list", 300, lambda: visitor.get("/products?page=2")),
            ("cart change", 200, lambda: visitor.request("PATCH", f"/cart/items/{HERO}", {"quantity": 2})),
            ("cart view", 300, lambda: visitor.get("/cart")),
            ("cart add and checkout", 200, buy),
        ]
        for name, count, ask in kinds:
            await ask()
            before = time.process_time()
            for _ in range(count):
                await ask()
            table.add_row(name, str(count), f"{(time.process_time() - before) / count * 1000:.2f} ms")


def measure_idle(parts: Parts, table: Table) -> None:
    """A task over HTTP that nobody asks anything."""
    with running_task(parts) as (task, _):
        process = psutil.Process(task.pid)
        time.sleep(6)
        before = sum(process.cpu_times()[:2])
        time.sleep(IDLE_S)
        spent = sum(process.cpu_times()[:2]) - before
        table.add_row("idle task", f"{IDLE_S} s", f"{spent / IDLE_S * 1000:.2f} ms a second")


def main() -> None:
    """Measure and print."""
    table = Table("request", "of", "CPU", title="CPU of the storefront")
    with tempfile.TemporaryDirectory() as folder, running_parts(Path(folder)) as parts:
        parts.new_queues()
        os.environ.update({**parts.environment, "PAYMENT_LATENCY_MS": "0"})
        fill(parts.endpoints, catalogue(500, HERO), hero_stock=5000, stock=100)
        asyncio.run(measure(table))
        measure_idle(parts, table)
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
