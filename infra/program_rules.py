"""What a stack's services and jobs must hold to among each other, and, where shoppers buy, each by itself."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

from infra.job_settings import JobSettings
from infra.quantities import complaint, image_pin
from infra.service_settings import ServiceSettings
from infra.subnets import Tier, subnet_of
from infra.task_settings import TaskSettings

RESERVED = 5
"""Addresses of each subnet that AWS keeps (Amazon VPC User Guide, 'Subnet CIDR blocks')."""
TARGET_GROUPS = 100
"""Of one application load balancer; rules, of which it has as many, are never more than these."""
LONGEST_NAME = 20
"""Characters of the name of a service or job; names in AWS carry prefix and stack besides."""
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LISTENERS = 50
"""Of one application load balancer: one for requests, one that redirects, one for each test port."""


def one_front(services: Mapping[str, ServiceSettings]) -> None:
    """One service takes all requests that no other one's paths or hosts take; the others are asked in a known order.

    Raises:
        PydanticCustomError: Not so.
    """
    web = {name: service for name, service in services.items() if service.shape == "web"}
    front = [name for name, service in web.items() if not service.routed]
    if len(front) != 1:
        raise complaint(
            f"{', '.join(front) if front else 'none'} of them takes requests that no other one's paths or hosts take",
            allowed="exactly one service with a port, and without paths and hosts",
            at="services",
        )
    _fit_one_balancer(list(web.values()))
    priorities: dict[int, str] = {}
    for name, service in web.items():
        other = priorities.setdefault(service.rule_priority, name) if service.routed else name
        if other != name:
            raise complaint(
                f"is that of {other}, too, so that nobody knows who is asked first",
                allowed="another number for each service with paths or hosts",
                at=f"services.{name}.rule_priority",
            )


def _fit_one_balancer(web: Sequence[ServiceSettings]) -> None:
    shifting = sum(service.deployment.shifts for service in web)
    tested = sum(service.deployment.test_port is not None for service in web)
    for what, needed, most, fix in (
        ("target groups", len(web) + shifting, TARGET_GROUPS, "Use rolling deployments, which need one and not two"),
        ("listeners", tested + 2, LISTENERS, "Remove a deployment.test_port"),
    ):
        if needed > most:
            raise complaint(
                f"need {needed} {what}, more than one load balancer has",
                allowed=f"{most} (quotas of Application Load Balancers)",
                fix=f"{fix}, or split the shop over two stacks",
                at="services",
            )


def have_addresses(
    services: Mapping[str, ServiceSettings], jobs: Mapping[str, JobSettings], *, vpc: IPv4Network, zones: int
) -> None:
    """Every task has an address of its own: the subnets have enough for all that may run at once.

    Raises:
        PydanticCustomError: Not so.
    """
    tasks = {Tier.APP: 0, Tier.CARD_DATA: 0}
    for service in services.values():
        tasks[Tier.CARD_DATA if service.handles_cards else Tier.APP] += service.scaling.max_tasks
    for job in jobs.values():
        tasks[Tier.CARD_DATA if job.handles_cards else Tier.APP] += job.tasks
    for tier, most in tasks.items():
        room = sum(subnet_of(vpc, zone, tier).num_addresses - RESERVED for zone in range(zones))
        if most > room:
            raise complaint(
                f"has {room} addresses in its {tier} subnets, and all tasks together may be {most} (max_tasks)",
                allowed="a larger block, up to /16",
                fix="Widen cidr before the first deployment, add a zone, or lower max_tasks",
                at="network.cidr",
            )


def sound_programs(services: Mapping[str, ServiceSettings], jobs: Mapping[str, JobSettings], *, ships: bool) -> None:
    """Names that AWS takes and no two programs share; where shoppers buy, images that stay and a floor that does.

    Args:
        services: By name.
        jobs: By name.
        ships: Whether shoppers buy in the stack, or a release is tested on it.

    Raises:
        PydanticCustomError: Not so.
    """
    for name, service in services.items():
        _named(f"services.{name}", name)
        if ships:
            _pinned(f"services.{name}", service)
            _stands(f"services.{name}", service)
    for name, job in jobs.items():
        _named(f"jobs.{name}", name)
        if name in services:
            raise complaint("is a service's name, too", fix="Name the job otherwise", at=f"jobs.{name}")
        if ships:
            _pinned(f"jobs.{name}", job)


def _named(at: str, name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        allowed = f"up to {LONGEST_NAME} small letters and digits, with single hyphens between them"
        raise complaint("is not a name for a service", allowed=allowed, at=at)


def _pinned(at: str, program: TaskSettings) -> None:
    for key, image in program.images.items():
        if image_pin(image) is None:
            raise complaint(
                "moves under your feet, and what ships must run what was tested",
                allowed="an image by digest, or by a tag other than latest",
                fix="Name the image by digest (@sha256:…)",
                at=f"{at}.{key}",
            )


def _stands(at: str, service: ServiceSettings) -> None:
    if service.spot is not None and service.spot.base == 0 and service.spot.fargate == 0:
        raise complaint(
            "puts every task on capacity that AWS may take back in two minutes",
            allowed="a base of 1 or more, or a weight for fargate",
            fix="Raise base to min_tasks",
            at=f"{at}.spot",
        )
    if service.spot_from is not None and service.spot_from <= service.scaling.min_tasks:
        raise complaint(
            "puts tasks that always run on capacity that AWS may take back in two minutes",
            allowed=f"{service.scaling.min_tasks + 1} or more: above min_tasks",
            fix="Raise spot_from above min_tasks",
            at=f"{at}.spot_from",
        )
