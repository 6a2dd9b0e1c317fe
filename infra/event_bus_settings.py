"""Settings of the event bus."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from infra.quantities import complaint
from infra.strict import Strict


class EventBusSettings(Strict):
    """Where the shop says what happened."""

    archive_days: int = Field(default=30, ge=1, le=3650, description="Days for which events can be replayed")
    key: Literal["orders", "aws"] = Field(
        default="orders",
        description="Who holds the key: you (that of the orders), or AWS, as schema discovery asks for",
    )
    schema_discovery: bool = Field(default=False, description="Learn the schema of each event, for code and for people")

    @model_validator(mode="after")
    def _can_be_discovered(self) -> EventBusSettings:
        if self.schema_discovery and self.key != "aws":
            raise complaint(
                "needs a bus under AWS's own key: EventBridge learns no schemas of events that it cannot read",
                allowed="with event_bus.key: aws",
                fix="Set event_bus.key to aws, or leave schemas undiscovered",
                at="schema_discovery",
            )
        return self
