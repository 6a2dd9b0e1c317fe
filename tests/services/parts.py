"""Real parts for the shop's tests: PostgreSQL and Valkey that are started again when killed, AWS by moto."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3

from services.domain.events import SOURCE, EventKind
from surgeproof.launch.records import Endpoints
from surgeproof.localcloud.loopback import LoopbackNet, answers, free_port
from surgeproof.localcloud.postgres import Postgres
from surgeproof.localcloud.reaper import Reaper
from surgeproof.localcloud.valkey import Valkey

REGION = "eu-west-3"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "embedded", "AWS_SECRET_ACCESS_KEY": "embedded"}


@dataclass
class Parts:
    postgres: Postgres
    valkey: Valkey
    aws_url: str
    sqs: Any
    events: Any
    held: set[str]
    queue_url: str = ""
    dead_letter_queue_url: str = ""

    def new_queues(self) -> None:
        """Empty queues behind the bus: what an earlier test left invisible stays in its own."""
        name = f"orders-{uuid4().hex[:8]}"
        self.dead_letter_queue_url = self.sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        self.queue_url = self.sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "1"})["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=["QueueArn"])["Attributes"]
        targets = [{"Id": "orders", "Arn": arn["QueueArn"]}]
        self.events.put_targets(Rule="paid", EventBusName="shop", Targets=targets)

    @property
    def endpoints(self) -> Endpoints:
        queues = {"queue_url": self.queue_url, "dead_letter_queue_url": self.dead_letter_queue_url}
        return Endpoints(
            shop_url="",
            database_url=f"postgresql://app:app@{self.postgres.address}:5432/shop",
            cache_url=f"redis://{self.valkey.address}:6379",
            aws_endpoint_url=self.aws_url,
            region=REGION,
            exports={"surgeproof": {"services": {"orders": queues}}},
        )

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": f"postgresql://{self.postgres.address}:5432/shop",
            "DATABASE_SECRET": json.dumps({"username": "app", "password": "app"}),
            "CACHE_URL": self.endpoints.cache_url,
            "EVENT_BUS_NAME": "shop",
            "ORDER_QUEUE_URL": self.queue_url,
            "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.aws_url,
            "PAYMENT_LATENCY_MS": "20",
            "PROCESSING_TIME": "0.05",
            "RECONCILE_AFTER": "1",
            **CREDENTIALS,
        }

    def kill(self, part: Postgres | Valkey) -> None:
        os.kill(part.pid, signal.SIGKILL)

    @contextlib.contextmanager
    def down(self, part: Postgres | Valkey) -> Generator[None]:
        """Killed, and started again at the end only."""
        self.held.add(part.name)
        self.kill(part)
        try:
            yield
        finally:
            self.held.discard(part.name)
            time.sleep(0.2)
            part.wait_ready()

    def sql(self, statement: str, *arguments: object) -> list[dict[str, Any]]:
        import asyncio  # noqa: PLC0415 - beside the one function that needs it

        import asyncpg  # noqa: PLC0415

        async def work() -> list[dict[str, Any]]:
            connection = await asyncpg.connect(self.endpoints.database_url)
            try:
                return [dict(row) for row in await connection.fetch(statement, *arguments)]
            finally:
                await connection.close()

        return asyncio.run(work())


@contextlib.contextmanager
def running_parts(folder: Path) -> Generator[Parts]:
    net, reaper = LoopbackNet(), Reaper()
    postgres = Postgres(folder=folder, address=net.database, reaper=reaper)
    valkey = Valkey(folder=folder, address=net.cache, reaper=reaper)
    port = free_port()
    moto = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        env={**os.environ, **CREDENTIALS},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    reaper.watch(moto.pid)
    over = threading.Event()
    held: set[str] = set()

    def supervise() -> None:
        while not over.wait(0.05):
            for part in (postgres, valkey):
                if part.name not in held:
                    part.check(lambda _name: None)

    supervisor = threading.Thread(target=supervise)
    try:
        postgres.start()
        valkey.start()
        supervisor.start()
        while not answers("127.0.0.1", port):
            time.sleep(0.05)
        url = f"http://127.0.0.1:{port}"
        yield Parts(postgres, valkey, url, *_bus(url), held)
    finally:
        over.set()
        if supervisor.is_alive():
            supervisor.join()
        postgres.stop()
        valkey.stop()
        reaper.forget(moto.pid)
        moto.kill()
        moto.wait()
        reaper.close()
        net.close()


def _bus(url: str) -> tuple[Any, Any]:
    session = boto3.session.Session("embedded", "embedded", region_name=REGION)
    sqs, events = (session.client(name, endpoint_url=url) for name in ("sqs", "events"))
    events.create_event_bus(Name="shop")
    pattern = json.dumps({"source": [SOURCE], "detail-type": [EventKind.ORDER_PAID]})
    events.put_rule(Name="paid", EventBusName="shop", EventPattern=pattern)
    return sqs, events
