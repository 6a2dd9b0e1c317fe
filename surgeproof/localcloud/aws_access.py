"""What the local runtime needs of the embedded AWS: clients, queue readings, a place for scaling activities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class QueueState(Protocol):
    """One queue at one moment: real counts, age in launch seconds."""

    @property
    def visible(self) -> int:
        """Messages that can be received."""
        ...

    @property
    def in_flight(self) -> int:
        """Messages that were received and not deleted."""
        ...

    @property
    def delayed(self) -> int:
        """Messages that can't be received yet."""
        ...

    @property
    def oldest_age(self) -> float:
        """Age of the oldest message that is not deleted, launch seconds."""
        ...

    @property
    def sent(self) -> int:
        """Messages that were sent since the queue was created."""
        ...


class AwsAccess(Protocol):
    """The embedded AWS as the local runtime sees it."""

    @property
    def endpoint_url(self) -> str:
        """Where it listens."""
        ...

    @property
    def region(self) -> str:
        """The region of the deployment."""
        ...

    def client(self, service: str, /) -> Any:
        """A boto3 client."""
        ...

    def environment(self, base: Mapping[str, str] | None = None, /) -> dict[str, str]:
        """A clean environment of a child that talks to it and to nothing outside this machine."""
        ...

    def queues(self) -> Mapping[str, QueueState]:
        """What is in each queue now, by name."""
        ...

    def record_scaling_activity(self, activity: Mapping[str, Any], /) -> str:
        """Keep an activity for DescribeScalingActivities; returns its id."""
        ...
