"""What is scheduled before the curve begins is in force when it begins: a pre-warm has had its time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from surgeproof.localcloud.aws_access import AwsAccess
from surgeproof.localcloud.deployed import DeployedService
from surgeproof.localcloud.deployed_scaling import read_scaling
from surgeproof.scaling.autoscaler import ServiceAutoscaler


def at_curve_start(services: Sequence[DeployedService], aws: AwsAccess, curve_start: datetime) -> list[DeployedService]:
    """The services with the desired count that their scheduled actions have set by then; ECS is told."""
    scaling = read_scaling(aws, services)
    found: list[DeployedService] = []
    for service in services:
        desired = service.desired
        if service.name in scaling:
            deployed = scaling[service.name]
            desired = ServiceAutoscaler(
                service.name,
                deployed.target,
                deployed.policies,
                deployed.actions,
                desired=service.desired,
                curve_start=curve_start,
            ).desired
        if desired != service.desired:
            aws.client("ecs").update_service(cluster=service.cluster, service=service.ecs_service, desiredCount=desired)
        found.append(replace(service, desired=desired))
    return found
