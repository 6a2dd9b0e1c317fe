"""The event bus: EventBridge."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from services.adapters.aws.client import FAILURES, AwsClient
from services.domain.events import SOURCE, DomainEvent

log = logging.getLogger("shop.event_bus")


class EventBridgeBus:
    """Fills the `EventBus` port."""

    def __init__(self, name: str, region: str) -> None:
        self._name = name
        self._client = AwsClient("events", region, read_timeout_s=5)

    async def publish(self, events: Sequence[DomainEvent]) -> set[int]:
        """Send up to 10 events; the ids of those that the bus accepted.

        PutEvents accepts and refuses each entry by itself, in the order that they were sent in:
        https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
        """
        try:
            answer = await self._client.call(
                "put_events",
                Entries=[
                    {"EventBusName": self._name, "Source": SOURCE, "DetailType": event.kind, "Detail": event.detail}
                    for event in events
                ],
            )
        except FAILURES as error:
            log.warning("%d events stay in the outbox: %s", len(events), error)
            return set()
        accepted = set()
        for event, entry in zip(events, answer["Entries"], strict=True):
            if "ErrorCode" in entry:
                log.warning("event %d stays in the outbox: %s", event.event_id, entry["ErrorCode"])
            else:
                accepted.add(event.event_id)
        return accepted

    def close(self) -> None:
        """End the client's threads."""
        self._client.close()
