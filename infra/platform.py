"""The platform: how the components are put together. One class, no arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pulumi

from infra.account import Account
from infra.components.cluster import Cluster, ClusterArgs
from infra.components.component import Component
from infra.components.encryption import DataClass
from infra.components.identity import Identity, IdentityArgs
from infra.components.images import Images, ImagesArgs
from infra.components.scheduled_job import ScheduledJob, ScheduledJobArgs
from infra.components.service import Service, ServiceArgs
from infra.edge import Edge
from infra.exports import job_export, service_export
from infra.foundation import Foundation
from infra.launch_actions import launch_actions, stack_plan
from infra.load_testing import load_generators
from infra.role_boundary import RoleCeiling
from infra.service_wiring import wire, wire_job
from infra.settings import Settings
from infra.shop_watch import Shop
from infra.stores import Stores
from infra.watch import Watch
from surgeproof.scaling.scheduled import CompiledAction


class Platform(Component):
    """Everything that a stack deploys.

    Args:
        name: Prefix of all names: the shop and the stack.
        settings: The stack's settings.
        region: AWS region.
        root: Root of the project, for the launch plan.

    Attributes:
        services: The services by name.
        jobs: The scheduled jobs by name.
    """

    def __init__(
        self, name: str, *, settings: Settings, region: str, root: Path, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        ceiling = RoleCeiling(f"/{name}/")
        every_role = pulumi.ResourceOptions(transformations=[ceiling])
        super().__init__("surgeproof:platform:Platform", name, {}, pulumi.ResourceOptions.merge(opts, every_role))
        self._name = name
        self._settings = settings
        self._account = Account.current(region)
        self.identity = Identity(
            f"{name}-identity",
            IdentityArgs(
                account=self._account,
                settings=settings.identity,
                path=f"/{name}/",
                regions=settings.regions(region),
            ),
            opts=self._child(),
        )
        # From here on every role of the stack is bounded.
        ceiling.boundary = self.identity.boundary
        plan = stack_plan(settings, root)
        self.images = self._images() if settings.images.repositories else None
        self.foundation = Foundation(f"{name}", settings, self._account, opts=self._child())
        self.stores = Stores(f"{name}", settings, self._account, self.foundation, opts=self._child())
        log_key = self.foundation.keys.arn(DataClass.LOGS)
        self.cluster = Cluster(f"{name}-cluster", ClusterArgs(log_key=log_key), opts=self._child())
        self.card_cluster = (
            Cluster(f"{name}-card-cluster", ClusterArgs(log_key=log_key, scope="cde"), opts=self._child())
            if settings.handles_cards
            else self.cluster
        )
        self.edge = Edge(f"{name}", settings, self._account, self.foundation, plan, opts=self._child())
        self.balancer = self.edge.balancer
        # The listener is made with the service that takes all other requests; those with paths put rules on it.
        front_first = sorted(settings.services, key=lambda service: settings.services[service].routed)
        made = {service: self._service(service, launch_actions(plan, settings, service)) for service in front_first}
        self.services = {service: made[service] for service in settings.services}
        self.jobs = {job: self._job(job) for job in settings.jobs}
        groups = [(name, program.group) for name, program in [*self.services.items(), *self.jobs.items()]]
        self.stores.database.allow(f"{name}-database", groups)
        self.stores.cache.allow(f"{name}-cache", groups)
        failed_starts = {f"{name}-starts": job.dead_letters for name, job in self.jobs.items()}
        shop = Shop(
            self.balancer.balancer, self.cluster, self.services, self.stores, self.edge.url, failed_starts, self.jobs
        )
        self.watch = Watch(f"{name}", settings, self._account, self.foundation, shop, plan, opts=self._child())
        if self.watch.alerts is not None:
            self.edge.alarm(self.watch.alerts.operations)
        self.load_generators = load_generators(
            f"{name}-load", settings, self._account, self.foundation, self.edge, opts=self._child()
        )
        self._done({})

    def _images(self) -> Images:
        images = self._settings.images
        return Images(
            f"{self._name}-images",
            ImagesArgs(
                account=self._account,
                repositories=images.repositories,
                prefix=self._name,
                keep=images.keep,
                untagged_days=images.untagged_days,
                continuous_scan=images.continuous_scan,
                deletion_days=30 if self._settings.keeps_data else 14,
                protect=self._settings.keeps_data,
            ),
            opts=self._child(),
        )

    def _service(self, service: str, actions: Sequence[CompiledAction]) -> Service:
        settings = self._settings.services[service]
        wiring = wire(service, self._settings, self.foundation, self.stores, self._account.region)
        return Service(
            f"{self._name}-{service}",
            ServiceArgs(
                service=service,
                settings=settings,
                account=self._account,
                network=self.foundation.network,
                cluster=self.card_cluster if settings.handles_cards else self.cluster,
                log_key=self.foundation.keys.arn(DataClass.LOGS),
                environment=wiring.environment,
                secrets=wiring.secrets,
                secrets_key=self.foundation.keys.arn(DataClass.ORDERS),
                statements=wiring.statements,
                balancer=self.balancer if settings.shape == "web" else None,
                queue=self.stores.queues.get(service),
                actions=actions,
            ),
            opts=self._child(),
        )

    def _job(self, job: str) -> ScheduledJob:
        wiring = wire_job(self._settings, self.foundation, self.stores, self._account.region)
        keys = self.foundation.keys
        return ScheduledJob(
            f"{self._name}-{job}",
            ScheduledJobArgs(
                job=job,
                settings=self._settings.jobs[job],
                account=self._account,
                network=self.foundation.network,
                cluster=self.card_cluster if self._settings.jobs[job].handles_cards else self.cluster,
                log_key=keys.arn(DataClass.LOGS),
                key=keys.arn(DataClass.ORDERS),
                environment=wiring.environment,
                secrets=wiring.secrets,
                secrets_key=keys.arn(DataClass.ORDERS),
                statements=wiring.statements,
                keep=self._settings.keeps_data,
            ),
            opts=self._child(),
        )

    def exports(self) -> dict[str, Any]:
        """What tools read of the deployed stack, under the stack output ``surgeproof``."""
        stores, balancer = self.stores, self.balancer.balancer
        return {
            "services": {
                name: service_export(name, self._settings.services[name], made, made.cluster, stores.queues.get(name))
                for name, made in self.services.items()
            },
            "jobs": {name: job_export(name, self._settings.jobs[name], made) for name, made in self.jobs.items()},
            "database": {
                "endpoint": stores.database.endpoint,
                "port": stores.database.cluster.port,
                "name": self._settings.database.name,
                "secret_arn": stores.database.secret_arn,
            },
            "cache": {
                "endpoint": stores.cache.replication_group.primary_endpoint_address,
                "port": stores.cache.replication_group.port,
            },
            "load_balancer": {
                "arn": balancer.arn,
                "dns_name": balancer.dns_name,
                "listener_arn": self.balancer.listener.arn,
                "scheme": self.balancer.scheme,
            },
            "edge": {"front": self._settings.edge.front, "url": self.edge.url},
            "event_bus": stores.bus.bus.name,
        }
