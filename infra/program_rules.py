"""What a stack's services and jobs must hold to among each other, and, where shoppers buy, each by itself."""

from __future__ import annotations

from collections.abc import Mapping

from infra.job_settings import JobSettings
from infra.quantities import complaint, image_pin
from infra.service_settings import ServiceSettings
from infra.task_settings import TaskSettings


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
    priorities: dict[int, str] = {}
    for name, service in web.items():
        other = priorities.setdefault(service.rule_priority, name) if service.routed else name
        if other != name:
            raise complaint(
                f"is that of {other}, too, so that nobody knows who is asked first",
                allowed="another number for each service with paths or hosts",
                at=f"services.{name}.rule_priority",
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
    if not name.replace("-", "").isalnum() or name != name.lower() or len(name) > 20:
        raise complaint("is not a name for a service", allowed="up to 20 small letters, digits and hyphens", at=at)


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
