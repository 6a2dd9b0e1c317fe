"""Everything that runs what was deployed, on one machine: start, run on the launch clock, finish, leave nothing."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import threading
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from surgeproof.graph.model import Graph
from surgeproof.launch.clock import LaunchClock
from surgeproof.launch.curve import Curve
from surgeproof.launch.records import (
    Assumption,
    Endpoints,
    MetricPoint,
    ScalingEvent,
    SupplyPoint,
    ValidityReading,
)
from surgeproof.localcloud.aws_access import AwsAccess
from surgeproof.localcloud.balancer import Balancing
from surgeproof.localcloud.errors import LocalCloudError
from surgeproof.localcloud.live_autoscaler import LiveAutoscaler
from surgeproof.localcloud.metric_mirror import MetricMirror
from surgeproof.localcloud.metric_store import MetricStore
from surgeproof.localcloud.not_started import not_started
from surgeproof.localcloud.platform_parts import PlatformParts, start_parts
from surgeproof.localcloud.queue_watch import QueueWatch
from surgeproof.localcloud.reaper import Reaper
from surgeproof.localcloud.run_validity import assumed, validity
from surgeproof.localcloud.timeline import Timeline
from surgeproof.scaling.demand import ExpectedDemand


class LocalPlatform:
    """Databases, balancer, tasks, metrics and autoscaler of one deployed program.

    Order: `start`, `begin` when the load is ready, `finish` when it is over, `stop`. A context manager that stops.
    Call `start` from a thread that lives as long as the platform: Linux ends what a thread started when it ends.

    Args:
        graph: What was deployed, with its outputs and exports.
        aws: The embedded AWS that holds it.
        project_root: Where the program's commands run.
        folder: A temporary folder for logs, sockets and data, gone after `stop`; a short path, for the path of a
            socket may have about 100 characters.
        port: Port of the front door on 127.0.0.1; a free one when left out.
        balancing: How the balancer chooses a task.
        reaper: Ends everything when this process is gone; one of its own when left out.
    """

    def __init__(
        self,
        *,
        graph: Graph,
        aws: AwsAccess,
        project_root: Path,
        folder: Path,
        port: int | None = None,
        balancing: Balancing = "leastconn",
        reaper: Reaper | None = None,
    ) -> None:
        self._graph, self._aws, self._root, self.folder = graph, aws, project_root, folder
        self._port, self._balancing = port, balancing
        self._own_reaper = reaper is None
        self.reaper = reaper or Reaper()
        self.reaper.watch_folder(folder)
        self.timeline = Timeline()
        self._lock = threading.RLock()
        self._parts: PlatformParts | None = None
        self._cleanup = contextlib.ExitStack()
        self._run = contextlib.ExitStack()
        self._store: MetricStore | None = None
        self._autoscaler: LiveAutoscaler | None = None
        self._queues: QueueWatch | None = None
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def parts(self) -> PlatformParts:
        """What runs: databases, balancer, fleet.

        Raises:
            LocalCloudError: It was not started.
        """
        if self._parts is None:
            raise LocalCloudError("the local platform was not started", fix="Call start() first")
        return self._parts

    def start(self, curve_start: datetime | None = None) -> Endpoints:
        """Start databases, balancer and the deployed number of tasks, and wait until all of them serve.

        Args:
            curve_start: Date and time of launch second 0. With it, what is scheduled before has been done, so that
                a pre-warm's tasks serve from the first moment. Without it, `begin` starts them, without delay but
                when the curve may already run.

        Raises:
            LocalCloudError: A part is missing or does not start, a port is taken, a service never becomes healthy.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._parts = start_parts(
                graph=self._graph,
                aws=self._aws,
                root=self._root,
                folder=self.folder,
                port=self._port,
                balancing=self._balancing,
                reaper=self.reaper,
                timeline=self.timeline,
                sample=self._sample,
                curve_start=curve_start,
                cleanup=self._cleanup,
            )
        except BaseException:
            self.stop()
            raise
        return self._parts.endpoints

    def begin(
        self,
        clock: LaunchClock,
        expected: Mapping[str, ExpectedDemand],
        scale: float = 1.0,
        curve: Curve | None = None,  # noqa: ARG002 - what it brings stands in `expected`
    ) -> None:
        """Put metrics, autoscaler and fleet on the launch clock.

        Args:
            clock: The launch clock; its start may lie a moment ahead, and what is scheduled before it is started
                without delay.
            expected: Expected demand of the services that serve requests, by name.
            scale: Share of the plan's arrivals that is driven.
            curve: The curve that is driven.
        """
        parts = self.parts
        queues = self._queues = QueueWatch(self._aws, [queue for item in parts.services for queue in item.queues])
        autoscaler = self._autoscaler = LiveAutoscaler(
            aws=self._aws, services=parts.services, clock=clock, fleet=parts.fleet, timeline=self.timeline
        )
        # What was scheduled before the curve is started without delay, and the record begins with it.
        autoscaler.put_in_force()
        self.timeline.clock = clock
        mirror = MetricMirror(self._aws, clock, parts.services)
        store = MetricStore(
            clock=clock,
            scale=scale,
            fleet=parts.fleet,
            meter=parts.meter,
            queues=queues,
            expected=expected,
            timeline=self.timeline,
            listeners=[autoscaler.take, mirror.take],
        )
        for thread in (queues, mirror, autoscaler):
            self._run.callback(thread.stop)
            thread.start()
        self._store = store

    def finish(self) -> None:
        """The load is over: no more scaling, and virtual CPUs off, so that what is open ends at once.

        Tasks, databases and queues go on, so that the work that is left can be done and counted.
        """
        with self._lock:
            self._run.close()
            if self._parts:
                self._parts.meter.switch_virtual_cpus(on=False)
            self._store = None

    def keep_serving(self) -> None:
        """After `finish`: virtual CPUs on again, for whoever tests what was kept running."""
        self.parts.meter.switch_virtual_cpus(on=True)

    def stop(self) -> None:
        """End everything and leave nothing, `folder` included; may be called at any moment, and twice."""
        with self._lock:
            if self._stopped:
                return
            self._stopped = True
            self.finish()
            self._cleanup.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            self.reaper.forget_folder(self.folder)
            if self._own_reaper:
                self.reaper.close()

    @property
    def supply(self) -> list[SupplyPoint]:
        """Tasks by time."""
        return self.timeline.supply

    @property
    def events(self) -> list[ScalingEvent]:
        """What happened to the number of tasks."""
        return self.timeline.events

    @property
    def metrics(self) -> list[MetricPoint]:
        """60 s datapoints at launch scale."""
        return self.timeline.metrics

    def pids(self) -> dict[str, int]:
        """Pid of each part and each task, by name: ``postgres``, ``valkey``, ``balancer``, ``storefront-3``."""
        return self.parts.pids()

    def logs(self) -> list[Path]:
        """Log files of parts and tasks; to be copied before `stop`."""
        return sorted(self.folder.glob("*.log"))

    def snapshot(self) -> dict[str, Any]:
        """Where everything stands, for the live view. Counts at launch scale; cpu in percent."""
        services: dict[str, Any] = {}
        for name, fleet in self.parts.fleet.services.items():
            latest = self._store.latest(name) if self._store else None
            values = latest.values if latest else {}
            services[name] = {
                "desired": fleet.desired,
                "running": len(fleet.running()),
                "serving": len(fleet.serving()),
                "minimum": fleet.minimum,
                "maximum": fleet.maximum,
                **{key: values.get(key) for key in ("cpu", "requests_per_task", "backlog", "queue_age")},
            }
        return {"at": self.timeline.now(), "services": services, "events": self.events}

    def validity(self) -> list[ValidityReading]:
        """Whether this machine was good enough for the run."""
        clock = self.timeline.clock
        return validity(
            self.parts.fleet,
            self.parts.meter,
            speed=clock.speed if clock else 1.0,
            broken=[self.parts.fleet.failure, self._autoscaler.failure if self._autoscaler else None],
            unread_queues=self._queues.failed if self._queues else 0,
        )

    def assumed(self) -> list[Assumption]:
        """What the run rests on without having measured it."""
        parts = self.parts
        unknown = sorted(self._autoscaler.unknown_metrics) if self._autoscaler else []
        return [
            *assumed(parts.services, list(parts.fleet.services.values()), parts.balancer, parts.routing),
            *(Assumption(name=f"metric {name}", value="no data", source="not measured here") for name in unknown),
            *not_started(self._graph, parts.services, self._autoscaler.scaling if self._autoscaler else {}),
        ]

    def _sample(self, now: float) -> None:
        store = self._store  # `finish` takes it away at any moment, in another thread
        if store is not None:
            store.sample(now)


def run_folder() -> Path:
    """A new temporary folder for a run, with a path short enough for sockets."""
    return Path(tempfile.mkdtemp(prefix="surgeproof-"))
