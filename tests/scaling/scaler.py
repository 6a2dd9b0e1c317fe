"""An autoscaler under test, with short words for feeding it."""

from __future__ import annotations

from collections.abc import Sequence

from surgeproof.launch.records import ScalingEvent
from surgeproof.scaling.autoscaler import ServiceAutoscaler
from surgeproof.scaling.metric import MetricSpec
from surgeproof.scaling.publication import PublicationDelay
from surgeproof.scaling.targets import Policy, ScalableTarget, ScheduledAction, TargetTracking
from tests.scaling.launches import START

CPU = MetricSpec("cpu")
REQUESTS = MetricSpec("requests_per_task")
AT_ONCE = PublicationDelay(((60, 0.0), (20, 0.0)))


def tracking(
    target: float = 50.0, *, out: float = 60.0, into: float = 300.0, metric: MetricSpec = CPU, keep: bool = False
) -> TargetTracking:
    return TargetTracking(metric.key, metric, target, out, into, disable_scale_in=keep)


def make(
    policies: Sequence[Policy] = (),
    *,
    desired: int = 4,
    minimum: int = 2,
    maximum: int = 20,
    actions: Sequence[ScheduledAction] = (),
    suspended: str = "",
) -> ServiceAutoscaler:
    target = ScalableTarget(
        "service/shop/web",
        minimum,
        maximum,
        suspended_out="out" in suspended,
        suspended_in="in" in suspended.split(),
        suspended_scheduled="scheduled" in suspended,
    )
    return ServiceAutoscaler("web", target, policies, actions, desired=desired, curve_start=START, delays=AT_ONCE)


class Driver:
    """Feeds a datapoint a minute; tasks run as soon as they are desired unless told otherwise."""

    def __init__(self, scaler: ServiceAutoscaler) -> None:
        self.scaler = scaler
        self.at = 0.0
        self.events: list[ScalingEvent] = []

    def minute(self, running: int | None = None, **values: float | None) -> list[ScalingEvent]:
        self.at += 60.0
        for key, value in values.items():
            self.scaler.feed(key, self.at, value)
        events = self.scaler.step(self.at, self.scaler.desired if running is None else running)
        self.events += events
        return events

    def minutes(self, count: int, running: int | None = None, **values: float | None) -> list[ScalingEvent]:
        return [event for _ in range(count) for event in self.minute(running, **values)]


def kinds(events: Sequence[ScalingEvent]) -> list[str]:
    return [event.kind for event in events]
