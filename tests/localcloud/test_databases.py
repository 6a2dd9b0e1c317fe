import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import valkey as valkey_client

from surgeproof.localcloud.errors import PartFailedError, PortInUseError
from surgeproof.localcloud.postgres import Postgres
from tests.localcloud.visitors import eventually


def test_postgres_lets_in_only_who_knows_the_deployed_password(postgres):
    async def ask() -> Any:
        connection = await asyncpg.connect(postgres.url)
        try:
            return await connection.fetchval("select current_user || '@' || current_database()")
        finally:
            await connection.close()

    assert asyncio.run(ask()) == "shopper@shop"
    with pytest.raises(asyncpg.InvalidPasswordError):
        asyncio.run(asyncpg.connect(postgres.url.replace("s3cret", "guess")))


def test_postgres_killed_while_it_writes_is_back_at_once_and_lost_nothing_acknowledged(postgres):
    acknowledged = []
    deaths = []

    async def write_until_killed() -> None:
        connection = await asyncpg.connect(postgres.url)
        await connection.execute("create table if not exists written (n int)")
        await connection.execute("truncate written")
        loop = asyncio.get_running_loop()
        loop.call_later(0.3, os.kill, postgres.pid, signal.SIGKILL)
        try:
            for number in range(1_000_000):
                await connection.execute("insert into written values ($1)", number)
                acknowledged.append(number)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            connection.terminate()

    async def read() -> Any:
        connection = await asyncpg.connect(postgres.url)
        try:
            return {row["n"] for row in await connection.fetch("select n from written")}
        finally:
            await connection.close()

    asyncio.run(write_until_killed())
    killed_at = time.monotonic()

    def back() -> Any:
        postgres.check(deaths.append)
        return deaths and postgres._up

    assert eventually(back, every=0.005)
    assert time.monotonic() - killed_at < 3.0  # 0.06 s on a quiet machine
    assert deaths == ["postgres"]
    assert len(acknowledged) > 50
    assert set(acknowledged) <= asyncio.run(read())


def test_valkey_killed_while_it_writes_is_back_at_once_and_lost_nothing_acknowledged(valkey):
    client: Any = valkey_client.Valkey.from_url(valkey.url)
    client.delete("carts")
    acknowledged: int = 0
    deaths = []
    started = time.monotonic()
    killed_at = 0.0
    try:
        while True:
            acknowledged = client.incr("carts")
            if not killed_at and time.monotonic() - started > 0.2:
                os.kill(valkey.pid, signal.SIGKILL)
                killed_at = time.monotonic()
    except valkey_client.ConnectionError:
        pass

    def back() -> Any:
        valkey.check(deaths.append)
        return deaths and valkey._up

    assert eventually(back, every=0.005)
    assert time.monotonic() - killed_at < 3.0  # 0.06 s on a quiet machine
    assert deaths == ["valkey"]
    assert acknowledged > 50
    assert int(client.get("carts")) in {acknowledged, acknowledged + 1}  # the last one may have gone unanswered
    client.close()


def test_a_taken_port_is_told_by_its_address(postgres, reaper, folder):
    second = Postgres(folder=folder, address=postgres.address, reaper=reaper)
    with pytest.raises(PortInUseError, match=r":5432: PostgreSQL can't listen there .* End the program"):
        second.start()


def test_a_database_that_cannot_be_made_says_why(reaper, net, folder):
    broken = Postgres(folder=folder, address=f"{net.database}9", reaper=reaper, user="pg_not_allowed")
    with pytest.raises(PartFailedError, match=r"initdb failed: .*pg_"):
        broken.start()
    broken.stop()


def test_where_namespaces_are_not_allowed_root_becomes_nobody_for_it(reaper, net, folder):
    root = os.geteuid() == 0
    part = Postgres(folder=folder, address=f"{net.database}7", reaper=reaper, run_as="nobody" if root else "same")
    part.start()
    assert Path(f"/proc/{part.pid}").stat().st_uid == (65534 if root else os.geteuid())
    data = part._data
    part.stop()
    assert data.exists() is not root  # nobody's data lies in a folder of its own


def test_a_stopped_postgres_leaves_no_shared_memory_even_when_it_was_killed(reaper, net, folder):
    part = Postgres(folder=folder, address=f"{net.database}8", reaper=reaper)
    part.start()
    segment = part._shared_memory()
    assert segment is not None
    assert _segment_exists(segment)
    os.kill(part.pid, signal.SIGKILL)
    part.stop()
    part.stop()
    assert eventually(lambda: not _segment_exists(segment))


def _segment_exists(segment) -> Any:
    with Path("/proc/sysvipc/shm").open() as file:
        return any(line.split()[1] == str(segment) for line in file.readlines()[1:])
