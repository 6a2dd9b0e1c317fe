"""Readings of the running shop: its database, its cache, its queues. Used before and after a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import asyncpg
import boto3
from botocore.config import Config

from surgeproof.launch.records import Endpoints

DEPTHS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True, slots=True)
class OrderQueues:
    """The order queue and its dead-letter queue, as the program exports them."""

    queue_url: str
    dead_letter_queue_url: str


def order_queues(endpoints: Endpoints) -> OrderQueues | None:
    """The queues of the service `orders`; nothing when the program exports none."""
    try:
        exports = cast("Mapping[str, Any]", endpoints.exports["surgeproof"])
        orders = exports["services"]["orders"]
        return OrderQueues(orders["queue_url"], orders["dead_letter_queue_url"])
    except (KeyError, TypeError):
        return None


def sqs(endpoints: Endpoints) -> Any:
    """A client of the embedded SQS; its credentials open nothing elsewhere."""
    return _sqs(endpoints.aws_endpoint_url, endpoints.region)


@cache
def _sqs(url: str, region: str) -> Any:
    # Kept: making a client takes longer than a hundred calls, and `settled` asks again and again.
    return boto3.session.Session().client(
        "sqs",
        endpoint_url=url,
        region_name=region,
        aws_access_key_id="embedded",
        aws_secret_access_key="embedded",  # noqa: S106 - as above
        config=Config(connect_timeout=2, read_timeout=10),
    )


def depth(client: Any, queue_url: str) -> int:
    """Messages that are not deleted yet: waiting, delayed, or at a worker."""
    attributes = client.get_queue_attributes(QueueUrl=queue_url, AttributeNames=list(DEPTHS))["Attributes"]
    return sum(int(attributes[name]) for name in DEPTHS)


async def connect(endpoints: Endpoints) -> asyncpg.Connection:
    """One connection to the shop's database."""
    return await asyncpg.connect(endpoints.database_url, timeout=10)
