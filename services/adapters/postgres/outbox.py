"""The outbox: events that were stored with what they tell of, and go to the bus from here."""

from __future__ import annotations

import json
from dataclasses import dataclass

from services.adapters.postgres.database import Connection, Database
from services.domain.events import DomainEvent
from services.domain.ports import EventBus

BATCH = 10
"""Events in one call: the most that EventBridge's PutEvents takes."""


AMONG = "WHERE event_id IN (SELECT jsonb_array_elements_text($1::jsonb)::bigint)"


@dataclass(frozen=True, slots=True)
class Relayed:
    """What one round did.

    Attributes:
        taken: Events that were taken from the outbox.
        accepted: Those of them that the bus has; the others stay.
    """

    taken: int
    accepted: int


class PostgresOutbox:
    """Relays events at least once. Many tasks may relay at the same time; each takes rows that no other holds."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def relay(self, bus: EventBus) -> Relayed:
        """Publish up to 10 events and delete those that the bus accepted."""

        async def work(connection: Connection) -> Relayed:
            if not await connection.fetchval("SELECT EXISTS (SELECT FROM outbox)"):
                return Relayed(0, 0)
            async with connection.transaction():
                # Those that were refused before come last, so that they never block the others.
                rows = await connection.fetch(
                    "SELECT event_id, kind, detail || jsonb_build_object('event_id', event_id) FROM outbox "
                    "ORDER BY attempts, event_id LIMIT $1 FOR UPDATE SKIP LOCKED",
                    BATCH,
                )
                if not rows:
                    return Relayed(0, 0)
                accepted = await bus.publish([DomainEvent(*row) for row in rows])
                refused = [row["event_id"] for row in rows if row["event_id"] not in accepted]
                await connection.execute(
                    f"DELETE FROM outbox {AMONG}",  # noqa: S608 - text of ours
                    json.dumps(list(accepted)),
                )
                if refused:
                    await connection.execute(
                        f"UPDATE outbox SET attempts = attempts + 1 {AMONG}",  # noqa: S608 - text of ours
                        json.dumps(refused),
                    )
                return Relayed(len(rows), len(accepted))

        return await self._database.run(work)
