"""A boto3 client that is made at its first call, and called in a thread of its own."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import botocore.exceptions
from botocore.config import Config

FAILURES = (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError)
"""Everything that a call can raise when AWS is not there, or says no."""


class AwsClient:
    """One service's client. Endpoint and credentials come from the environment, as boto3 finds them."""

    def __init__(self, service: str, region: str, *, read_timeout_s: float, threads: int = 1) -> None:
        self._service = service
        self._region = region
        self._config = Config(
            connect_timeout=2,
            read_timeout=read_timeout_s,
            retries={"mode": "standard", "total_max_attempts": 3},
            max_pool_connections=threads,
        )
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix=f"aws-{service}")
        self._client: Any = None

    async def call(self, operation: str, **arguments: object) -> dict[str, Any]:
        """Call an operation by its name in boto3 (`put_events`).

        Raises:
            botocore.exceptions.BotoCoreError: The call did not come through.
            botocore.exceptions.ClientError: AWS refused.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._call, operation, arguments)

    def close(self) -> None:
        """End the threads; a call that is under way is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _call(self, operation: str, arguments: dict[str, object]) -> dict[str, Any]:
        if self._client is None:
            self._client = boto3.session.Session().client(self._service, region_name=self._region, config=self._config)
        return getattr(self._client, operation)(**arguments)
