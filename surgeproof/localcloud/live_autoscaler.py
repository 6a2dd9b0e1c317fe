"""The live autoscaler: deployed policies and schedules, AWS's rules, desired count set through the ECS API."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping, Sequence

from surgeproof.launch.clock import LaunchClock
from surgeproof.launch.records import ScalingEvent
from surgeproof.localcloud.aws_access import AwsAccess
from surgeproof.localcloud.deployed import DeployedService
from surgeproof.localcloud.deployed_scaling import ServiceScaling, read_scaling
from surgeproof.localcloud.fleet import Fleet
from surgeproof.localcloud.metric_reading import MODELLED, reading
from surgeproof.localcloud.metric_store import Datapoints
from surgeproof.localcloud.scaling_activity import activity
from surgeproof.localcloud.timeline import Timeline
from surgeproof.localcloud.true_metric import TrueMetric
from surgeproof.scaling.autoscaler import ServiceAutoscaler
from surgeproof.scaling.metric import MetricQuery, MetricSpec
from surgeproof.scaling.publication import AWS_PUBLICATION, PublicationDelay
from surgeproof.scaling.targets import TargetTracking

READ_AGAIN = 300.0  # launch seconds until policies and schedules are read again


class _Scaled:
    """One service, its autoscaler and its true metrics."""

    def __init__(
        self,
        service: DeployedService,
        scaling: ServiceScaling,
        *,
        desired: int,
        clock: LaunchClock,
        delays: PublicationDelay,
    ) -> None:
        self.service, self.scaling = service, scaling
        self.autoscaler = ServiceAutoscaler(
            service.name,
            scaling.target,
            scaling.policies,
            scaling.actions,
            desired=desired,
            curve_start=clock.curve_start,
            delays=delays,
        )
        self.true = [TrueMetric(service.name, item) for item in scaling.policies if isinstance(item, TargetTracking)]


class LiveAutoscaler:
    """A thread; fed by the metric store, followed by the fleet.

    Args:
        aws: Where policies are read and desired counts are set.
        services: As deployed.
        clock: The launch clock.
        fleet: Follows the desired count that ECS answers.
        timeline: Where events are told.
        delays: From the end of a period to the alarm.
    """

    def __init__(
        self,
        *,
        aws: AwsAccess,
        services: Sequence[DeployedService],
        clock: LaunchClock,
        fleet: Fleet,
        timeline: Timeline,
        delays: PublicationDelay = AWS_PUBLICATION,
    ) -> None:
        self._aws, self._services, self._clock = aws, {item.name: item for item in services}, clock
        self._fleet, self._timeline, self._delays = fleet, timeline, delays
        self._inbox: queue.SimpleQueue[Datapoints] = queue.SimpleQueue()
        self._scaled: dict[str, _Scaled] = {}
        self._told: dict[str, tuple[int, int, int]] = {}
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name="autoscaler", daemon=True)
        self._read_at = 0.0
        self.unknown_metrics: set[str] = set()
        self.failure: BaseException | None = None
        self._read()

    @property
    def scaling(self) -> dict[str, ServiceScaling]:
        """What was read."""
        return {name: scaled.scaling for name, scaled in self._scaled.items()}

    def put_in_force(self) -> None:
        """Set floor, ceiling, and the desired count as what was scheduled before the curve leaves it."""
        self._follow_all()

    def start(self) -> None:
        """Begin to scale."""
        self._thread.start()

    def take(self, datapoints: Datapoints) -> None:
        """Put datapoints in line; never waits."""
        self._inbox.put(datapoints)

    def stop(self) -> None:
        """End the thread; may be called twice."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        pause = min(0.1, max(0.01, 1.0 / self._clock.speed))
        while not self._end.wait(pause):
            try:
                self._turn(max(0.0, self._clock.now()))
            except BaseException as error:  # noqa: BLE001 - told in the validity figures
                self.failure = self.failure or error
                return

    def _turn(self, at: float) -> None:
        while not self._inbox.empty():
            self._feed(self._inbox.get())
        if at >= self._read_at:
            self._read()
        told: list[tuple[_Scaled, ScalingEvent]] = []
        for name, scaled in self._scaled.items():
            events = scaled.autoscaler.step(at, len(self._fleet.services[name].running()))
            told += [(scaled, event) for event in events]
        self._follow_all()  # first what is done, then what is told of it
        for scaled, event in told:
            self._tell(scaled, event)

    def _feed(self, datapoints: Datapoints) -> None:
        scaled = self._scaled.get(datapoints.service)
        if scaled is None:
            return
        for spec in scaled.autoscaler.metrics:
            if spec.period == datapoints.period:
                value = self._value(spec, datapoints.values, scaled.service)
                scaled.autoscaler.feed(spec.key, datapoints.at, value)
                for true in scaled.true:
                    event = true.see(datapoints.at, value) if true.policy.metric.key == spec.key else None
                    if event:
                        self._timeline.add_event(event)

    def _value(self, spec: MetricSpec, values: Mapping[str, float | None], service: DeployedService) -> float | None:
        if spec.queries:
            return spec.evaluate({query.id: self._source(query, values, service) for query in spec.sources})
        return values.get(spec.key)

    def _source(self, query: MetricQuery, values: Mapping[str, float | None], service: DeployedService) -> float | None:
        if query.name not in MODELLED:
            self.unknown_metrics.add(f"{query.namespace} {query.name}")
        return reading(query, values, service.target_group)

    def _tell(self, scaled: _Scaled, event: ScalingEvent) -> None:
        if event.kind == "recovered":
            return  # that is the alarm's; ours is the true metric's
        self._timeline.add_event(event)
        told = activity(event, resource_id=scaled.service.resource_id, clock=self._clock)
        if told is not None:
            self._aws.record_scaling_activity(told)

    def _follow_all(self) -> None:
        for name, scaled in self._scaled.items():
            wish = scaled.autoscaler
            now = (wish.desired, wish.minimum, wish.maximum)
            if self._told.get(name) == now:
                continue
            desired = wish.desired
            if self._told.get(name, (scaled.service.desired,))[0] != wish.desired:
                desired = self._set_desired(scaled.service, wish.desired)
            self._fleet.set_desired(name, desired, minimum=wish.minimum, maximum=wish.maximum)
            self._told[name] = now

    def _set_desired(self, service: DeployedService, desired: int) -> int:
        answer = self._aws.client("ecs").update_service(
            cluster=service.cluster, service=service.ecs_service, desiredCount=desired
        )
        return int(answer["service"]["desiredCount"])

    def _read(self) -> None:
        self._read_at = max(0.0, self._clock.now()) + READ_AGAIN
        for name, scaling in read_scaling(self._aws, list(self._services.values())).items():
            known = self._scaled.get(name)
            if known is None or known.scaling != scaling:
                desired = known.autoscaler.desired if known else self._services[name].desired
                self._scaled[name] = _Scaled(
                    self._services[name], scaling, desired=desired, clock=self._clock, delays=self._delays
                )
