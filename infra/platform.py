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
from infra.components.load_balancer import LoadBalancer, LoadBalancerArgs
from infra.components.service import Service, ServiceArgs
from infra.exports import service_export
from infra.foundation import Foundation
from infra.launch_actions import launch_actions, stack_plan
from infra.service_wiring import wire
from infra.settings import Settings
from infra.stores import Stores
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
    """

    def __init__(
        self, name: str, *, settings: Settings, region: str, root: Path, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("surgeproof:platform:Platform", name, {}, opts)
        self._name = name
        self._settings = settings
        self._account = Account.current(region)
        plan = stack_plan(settings, root)
        self.foundation = Foundation(f"{name}", settings, self._account, opts=self._child())
        self.stores = Stores(f"{name}", settings, self._account, self.foundation, opts=self._child())
        log_key = self.foundation.keys.arn(DataClass.LOGS)
        self.cluster = Cluster(f"{name}-cluster", ClusterArgs(log_key=log_key), opts=self._child())
        self.balancer = LoadBalancer(
            f"{name}-door",
            LoadBalancerArgs(
                network=self.foundation.network,
                access_logs=self.foundation.access_logs,
                certificate_arn=settings.edge.certificate_arn,
                idle_timeout=settings.edge.idle_timeout,
                keep=settings.keeps_data,
            ),
            opts=self._child(),
        )
        self.services = {
            service: self._service(service, launch_actions(plan, settings, service)) for service in settings.services
        }
        groups = [(service, made.group) for service, made in self.services.items()]
        self.stores.database.allow(f"{name}-database", groups)
        self.stores.cache.allow(f"{name}-cache", groups)
        self._done({})

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
                cluster=self.cluster,
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

    def exports(self) -> dict[str, Any]:
        """What tools read of the deployed stack, under the stack output ``surgeproof``."""
        stores, balancer = self.stores, self.balancer.balancer
        return {
            "services": {
                name: service_export(name, self._settings.services[name], made, self.cluster, stores.queues.get(name))
                for name, made in self.services.items()
            },
            "database": {
                "endpoint": stores.database.cluster.endpoint,
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
            "event_bus": stores.bus.bus.name,
        }
