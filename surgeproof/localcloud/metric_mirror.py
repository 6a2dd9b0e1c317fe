"""Copies datapoints into the embedded CloudWatch in batches, in a thread that may lag and holds nothing up."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from surgeproof.launch.clock import LaunchClock
from surgeproof.localcloud.aws_access import AwsAccess
from surgeproof.localcloud.deployed import DeployedService
from surgeproof.localcloud.metric_store import Datapoints

BATCH_WAIT = 0.5  # real seconds that datapoints wait for others
MOST = 500  # datapoints in one call; PutMetricData takes 1,000

# Our key -> namespace, metric, unit, and whose dimensions it has.
METRICS: Mapping[str, tuple[str, str, str, str]] = {
    "cpu": ("AWS/ECS", "CPUUtilization", "Percent", "service"),
    "requests_per_task": ("AWS/ApplicationELB", "RequestCountPerTarget", "Count", "group"),
    "running": ("ECS/ContainerInsights", "RunningTaskCount", "Count", "service"),
    "desired": ("ECS/ContainerInsights", "DesiredTaskCount", "Count", "service"),
    "backlog": ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Count", "queue"),
    "in_flight": ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", "Count", "queue"),
    "queue_age": ("AWS/SQS", "ApproximateAgeOfOldestMessage", "Seconds", "queue"),
}


class MetricMirror:
    """Takes 60 s datapoints and writes them where an operator would look for them."""

    def __init__(self, aws: AwsAccess, clock: LaunchClock, services: Sequence[DeployedService]) -> None:
        self._aws, self._clock = aws, clock
        self._services = {service.name: service for service in services}
        self._queue: queue.SimpleQueue[Datapoints | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="metric-mirror", daemon=True)
        self.failed = 0

    def start(self) -> None:
        """Begin to copy."""
        self._thread.start()

    def take(self, datapoints: Datapoints) -> None:
        """Put datapoints in line; never waits."""
        if datapoints.period == 60:
            self._queue.put(datapoints)

    def stop(self) -> None:
        """Copy what is in line and end; may be called twice."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=5.0)

    def _run(self) -> None:
        client = self._aws.client("cloudwatch")
        while True:
            batch, more = self._batch()
            by_namespace: dict[str, list[dict[str, Any]]] = {}
            for datapoints in batch:
                for namespace, datum in self._data(datapoints):
                    by_namespace.setdefault(namespace, []).append(datum)
            for namespace, data in by_namespace.items():
                try:
                    client.put_metric_data(Namespace=namespace, MetricData=data)
                except Exception:  # noqa: BLE001 - a copy for the eye: the autoscaler reads the store
                    self.failed += 1
            if not more:
                return

    def _batch(self) -> tuple[list[Datapoints], bool]:
        batch: list[Datapoints] = []
        wait: float | None = None
        while len(batch) * len(METRICS) < MOST:
            try:
                taken = self._queue.get(timeout=wait)
            except queue.Empty:
                break
            if taken is None:
                return batch, False
            batch.append(taken)
            wait = BATCH_WAIT
        return batch, True

    def _data(self, datapoints: Datapoints) -> list[tuple[str, dict[str, Any]]]:
        service = self._services[datapoints.service]
        dimensions = {
            "service": {"ClusterName": service.cluster.rsplit("/", 1)[-1], "ServiceName": service.ecs_service},
            "group": {"TargetGroup": (service.target_group or "").rsplit(":", 1)[-1]},
            "queue": {"QueueName": next(iter(service.queues), "")},
        }
        data: list[tuple[str, dict[str, Any]]] = []
        for key, value in datapoints.values.items():
            if value is None or key not in METRICS:
                continue
            namespace, metric, unit, whose = METRICS[key]
            datum = {
                "MetricName": metric,
                "Dimensions": [{"Name": name, "Value": text} for name, text in dimensions[whose].items()],
                "Timestamp": self._clock.date(datapoints.at - datapoints.period),
                "Value": value,
                "Unit": unit,
            }
            data.append((namespace, datum))
        return data
