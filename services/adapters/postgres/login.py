"""Logging in to PostgreSQL with a password that changes: where the one at hand is refused, it is read anew.

RDS changes the password that it manages every few days and tells Secrets Manager alone. A task is given the password
at its start; older tasks keep their open connections, and would get no new one.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import asyncpg

from services.adapters.aws.client import FAILURES, AwsClient
from services.settings import SettingError, Settings, login_of

log = logging.getLogger("shop.postgres")

READ_EVERY_S = 1.0
"""A password that is refused for good does not become a storm of calls."""
READ_TIMEOUT_S = 3.0


class DatabaseLogin:
    """User and password for each new connection, for all pools of a process.

    Args:
        user, password: As given at the start; None for those of the URL.
        secret_arn: Where the password is read anew; None for nowhere: a refusal is final.
        region: Where that lies.
    """

    def __init__(
        self, user: str | None, password: str | None, *, secret_arn: str | None = None, region: str = ""
    ) -> None:
        self._user, self._password = user, password
        self._arn = secret_arn
        self._client = AwsClient("secretsmanager", region, read_timeout_s=READ_TIMEOUT_S) if secret_arn else None
        self._reading = asyncio.Lock()
        self._read_at = float("-inf")

    @classmethod
    def of(cls, settings: Settings) -> DatabaseLogin:
        """As the task's environment says."""
        return cls(
            settings.database_user,
            settings.database_password,
            secret_arn=settings.database_secret_arn or None,
            region=settings.region,
        )

    async def connect(self, *arguments: Any, **options: Any) -> Any:
        """What a pool connects with.

        Raises:
            ConnectionRefusedError: The password is refused, and no newer one is known yet: the same as a database
                that is not there yet.
            asyncpg.InvalidPasswordError: It is refused, and there is nowhere to read another.
        """
        tried = self._password
        try:
            return await self._once(arguments, options)
        except asyncpg.InvalidPasswordError as error:
            if self._client is None:
                raise
            await self._renew(self._client, tried)
            if self._password == tried:
                raise ConnectionRefusedError("the database refuses the password that is known") from error
        try:
            return await self._once(arguments, options)
        except asyncpg.InvalidPasswordError as error:
            raise ConnectionRefusedError("the database refuses the password that was read anew") from error

    def close(self) -> None:
        """End the client's thread."""
        if self._client is not None:
            self._client.close()

    async def _once(self, arguments: tuple[Any, ...], options: dict[str, Any]) -> Any:
        return await asyncpg.connect(*arguments, **{**options, "user": self._user, "password": self._password})

    async def _renew(self, client: AwsClient, tried: str | None) -> None:
        """Read the secret, unless another connection has just done so."""
        loop = asyncio.get_running_loop()
        async with self._reading:
            if self._password != tried or loop.time() - self._read_at < READ_EVERY_S:
                return
            self._read_at = loop.time()
            try:
                answer = await client.call("get_secret_value", SecretId=self._arn)
                self._user, self._password = login_of(answer["SecretString"])
            except (*FAILURES, KeyError, SettingError) as error:
                log.warning("the database's password cannot be read anew: %s", type(error).__name__)
                return
        if self._password != tried:
            log.info("the database's password was changed and read anew")
