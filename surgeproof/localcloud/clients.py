"""boto3 clients of the embedded AWS: made once a service, shared by threads."""

from __future__ import annotations

import threading
from typing import Any

import boto3
from botocore.config import Config

from surgeproof.localcloud.guard import FAKE_ACCESS_KEY, FAKE_SECRET_KEY


class ClientCache:
    """Making a client takes 20 to 300 ms and is not safe in two threads; a made one is safe in all.

    Args:
        endpoint_url: Where the embedded AWS listens.
        region: The region of clients that name none.
    """

    def __init__(self, endpoint_url: str, region: str) -> None:
        self.endpoint_url = endpoint_url
        self.region = region
        self._session = boto3.Session(
            aws_access_key_id=FAKE_ACCESS_KEY, aws_secret_access_key=FAKE_SECRET_KEY, region_name=region
        )
        self._config = Config(
            s3={"addressing_style": "path"},
            retries={"total_max_attempts": 1},
            max_pool_connections=32,
            connect_timeout=5,
            read_timeout=30,
            # S3 checksums are for a wire that can lose bytes.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()

    def client(self, service: str, region: str | None = None) -> Any:
        """The client of a service, by its boto3 name (``sqs``, ``application-autoscaling``)."""
        key = (service, region or self.region)
        made = self._clients.get(key)
        if made is None:
            with self._lock:
                made = self._clients.get(key)
                if made is None:
                    made = self._session.client(
                        service, region_name=key[1], endpoint_url=self.endpoint_url, config=self._config
                    )
                    self._clients[key] = made
        return made

    def close(self) -> None:
        """Close the connections of all clients."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()
