"""ECS services keep what moto drops: deployment settings, grace period, capacity providers, switches."""

from __future__ import annotations

from typing import Any

from moto.core.utils import camelcase_to_underscores
from moto.ecs.responses import EC2ContainerServiceResponse

KEPT = (
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "deploymentConfiguration",
    "enableECSManagedTags",
    "enableExecuteCommand",
    "healthCheckGracePeriodSeconds",
    "placementConstraints",
    "placementStrategy",
    "propagateTags",
    "platformVersion",
)
"""Members of CreateService and UpdateService that DescribeServices tells again."""


def install() -> None:
    """Let moto's services keep these members, and tell them wherever it tells a service."""
    moto = {name: getattr(EC2ContainerServiceResponse, name) for name in ("create_service", "update_service")}

    def keeping(operation: str) -> Any:
        def answer(self: EC2ContainerServiceResponse) -> Any:
            result = moto[operation](self)
            service = result.result["service"]
            for name in KEPT:
                value = self._get_param(name)
                if value is not None:
                    setattr(service, camelcase_to_underscores(name), value)
            return result

        return answer

    for operation in moto:
        setattr(EC2ContainerServiceResponse, operation, keeping(operation))
