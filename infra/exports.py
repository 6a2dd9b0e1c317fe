"""What a stack says of each service to the tools that rehearse, test and check it."""

from __future__ import annotations

from typing import Any

from infra.components.cluster import Cluster
from infra.components.scheduled_job import ScheduledJob
from infra.components.service import Service
from infra.components.work_queue import WorkQueue
from infra.job_settings import JobSettings
from infra.service_settings import ServiceSettings


def service_export(
    name: str, settings: ServiceSettings, service: Service, cluster: Cluster, queue: WorkQueue | None
) -> dict[str, Any]:
    """One service: where it is, where its settings stand, and the times that a rehearsal keeps.

    Times are seconds; ``cpu_ms`` is by route, in milliseconds of one vCPU.
    """
    export: dict[str, Any] = {
        "kind": settings.shape,
        "settings": f"services.{name}",
        "ecs_service": service.service.name,
        "cluster": cluster.cluster.name,
        "cpu": settings.cpu,
        "cpu_ms": dict(settings.cpu_ms),
        "health": settings.health.model_dump(mode="json"),
        "deregistration_delay": settings.deregistration_delay,
        "stop_timeout": settings.stop_timeout,
        "request_timeout": settings.request_timeout,
    }
    if service.target_group is not None:
        export["target_group_arn"] = service.target_group.arn
        export["port"] = settings.port
        export["paths"] = list(settings.paths)
        export["hosts"] = list(settings.hosts)
        export["rule_priority"] = settings.rule_priority
    if queue is not None and settings.scaling.queue is not None:
        export["queue_url"] = queue.queue.url
        export["dead_letter_queue_url"] = queue.dead_letters.url
        export["visibility_timeout"] = queue.visibility_timeout
        export["processing_time"] = settings.scaling.queue.processing_time
        export["acceptable_latency"] = settings.scaling.queue.acceptable_latency
    return export


def job_export(name: str, settings: JobSettings, job: ScheduledJob) -> dict[str, Any]:
    """One scheduled job: when it runs, and what runs. A rehearsal does not start it, and says so."""
    return {
        "kind": "job",
        "settings": f"jobs.{name}",
        "schedule": settings.schedule,
        "zone": settings.zone,
        "task_definition": job.task.definition.arn,
        "dead_letter_queue_url": job.dead_letters.url,
    }
