"""Applies schema.sql at start-up: once for each version of the file, by whichever task comes first."""

from __future__ import annotations

import hashlib
from pathlib import Path

from services.adapters.postgres.database import Connection, Database

SCHEMA = Path(__file__).parent.parent / "schema.sql"
LOCK = 7_262_001
"""Advisory lock under which the schema is changed; any number that nothing else uses."""


async def apply_schema(database: Database) -> None:
    """Bring the tables up to date.

    A digest of the file is kept, so that forty tasks that start in a launch do not each take table locks.
    """
    sql = SCHEMA.read_text()
    digest = hashlib.sha256(sql.encode()).hexdigest()

    async def work(connection: Connection) -> None:
        async with connection.transaction():
            await connection.execute("SELECT pg_advisory_xact_lock($1)", LOCK)
            await connection.execute("CREATE TABLE IF NOT EXISTS schema_version (digest text PRIMARY KEY)")
            if await connection.fetchval("SELECT digest FROM schema_version") == digest:
                return
            await connection.execute(sql)
            await connection.execute("DELETE FROM schema_version")
            await connection.execute("INSERT INTO schema_version VALUES ($1)", digest)

    await database.run(work)
