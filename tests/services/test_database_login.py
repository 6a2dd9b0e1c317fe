"""A password that is changed while the shop runs: new connections read it anew; what is open stays open."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Generator
from uuid import uuid4

import asyncpg
import boto3
import pytest

from services.adapters.postgres.database import Database
from services.adapters.postgres.login import DatabaseLogin
from services.domain.errors import DatabaseUnavailableError
from tests.services.parts import CREDENTIALS, REGION, Parts


@pytest.fixture
def user(parts: Parts) -> Generator[str]:
    """A user of the database with the password ``first``."""
    name = f"u{uuid4().hex[:8]}"
    parts.sql(f"CREATE USER {name} PASSWORD 'first'")
    yield name
    parts.sql(f"DROP USER {name}")


@pytest.fixture
def secret(parts: Parts, user: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """ARN of the secret with that login, in AWS."""
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": parts.aws_url}.items():
        monkeypatch.setenv(name, value)
    client = boto3.session.Session(region_name=REGION).client("secretsmanager")
    return client.create_secret(Name=user, SecretString=_login(user, "first"))["ARN"]


def _login(user: str, password: str) -> str:
    return json.dumps({"username": user, "password": password})


def _url(parts: Parts) -> str:
    return f"postgresql://{parts.postgres.address}:5432/shop"


async def _who(connection: asyncpg.pool.PoolConnectionProxy) -> str:
    return await connection.fetchval("SELECT current_user::text")


def _rotate(parts: Parts, user: str, secret: str, password: str) -> None:
    parts.sql(f"ALTER USER {user} PASSWORD '{password}'")
    client = boto3.session.Session(region_name=REGION).client("secretsmanager")
    client.put_secret_value(SecretId=secret, SecretString=_login(user, password))


def test_a_task_outlives_a_rotation(parts: Parts, user: str, secret: str):
    async def scenario() -> None:
        login = DatabaseLogin(user, "first", secret_arn=secret, region=REGION)
        database, other = (Database(_url(parts), login=login, size=2, name=name) for name in ("a", "b"))
        await database.open()
        await asyncio.to_thread(_rotate, parts, user, secret, "second")
        # What is open stays open, two more connections of either pool are new.
        await other.open()
        names = await asyncio.gather(*(pool.run(_who) for pool in (database, database, other, other)))
        assert names == [user] * 4
        await database.close()
        await other.close()
        login.close()

    asyncio.run(scenario())


def test_a_password_that_nobody_knows_yet_is_a_database_that_is_not_there(parts: Parts, user: str, secret: str):
    async def scenario() -> None:
        login = DatabaseLogin(user, "first", secret_arn=secret, region=REGION)
        database = Database(_url(parts), login=login, size=1, name="early")
        await asyncio.to_thread(parts.sql, f"ALTER USER {user} PASSWORD 'second'")
        with pytest.raises(DatabaseUnavailableError):
            await database.open(patience_s=0.3)
        await asyncio.to_thread(_rotate, parts, user, secret, "second")
        assert await database.run(_who) == user  # it waits, as for a database that comes back
        await database.close()
        login.close()

    asyncio.run(scenario())


def test_without_a_secret_a_refusal_is_final(parts: Parts, user: str):
    async def scenario() -> None:
        database = Database(_url(parts), login=DatabaseLogin(user, "wrong"), size=1, name="final")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await database.open(patience_s=5)
        await database.close()

    asyncio.run(scenario())
