"""Types of single settings: durations, sizes, CIDR blocks, images, counts."""

from __future__ import annotations

import math
import re
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from surgeproof.launch.quantities import PositiveSeconds, Seconds, Share, parse_duration

__all__ = [
    "Cidr",
    "ImageReference",
    "PositiveSeconds",
    "Route",
    "Seconds",
    "Share",
    "TaskCount",
    "WholeSeconds",
    "complaint",
    "image_pin",
]


def complaint(
    problem: str, *, allowed: str | None = None, fix: str | None = None, at: str | None = None
) -> PydanticCustomError:
    """Error of a validator that carries what is allowed, how to mend it, and the field below the model at fault."""
    context = {key: value for key, value in (("allowed", allowed), ("fix", fix), ("at", at)) if value}
    # Braces would be read as a template by pydantic.
    text = problem.replace("{", "(").replace("}", ")")
    return PydanticCustomError("setting", text, context)  # ty: ignore[invalid-argument-type] # wants a literal


def _cidr(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return IPv4Network(value)
    except ValueError as error:
        raise complaint(f"is not a block of addresses ({error})", allowed="10.20.0.0/16") from None


def _vpc_size(value: IPv4Network) -> IPv4Network:
    # AWS: a VPC is /16 to /28; three zones of four tiers need a /20 (smallest subnet /25).
    if not 16 <= value.prefixlen <= 20:
        raise complaint("has a size that does not hold the subnets of three zones", allowed="/16 to /20")
    if not value.is_private:
        raise complaint("is not a private block", allowed="a block in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")
    return value


def _whole(value: object) -> int:
    seconds = parse_duration(value)
    if not math.isclose(seconds, round(seconds)):
        raise complaint("AWS takes whole seconds here", allowed='30, "30s", "5m"')
    return round(seconds)


_ROUTE = re.compile(r"(\*|(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|\*) /\S*)")


def _route(value: str) -> str:
    if not _ROUTE.fullmatch(value):
        raise complaint("is not a route", allowed="'GET /products/*', 'POST /checkout', or '*' for all others")
    return value


def image_pin(image: str) -> str | None:
    """How an image reference is pinned: ``digest``, ``tag``, or None for `latest` and for no tag at all."""
    if "@sha256:" in image:
        return "digest"
    tag = image.rpartition("/")[2].partition(":")[2]
    return "tag" if tag and tag != "latest" else None


_IMAGE = re.compile(r"[a-z0-9][\w./:-]*(@sha256:[0-9a-f]{64})?")


def _image(value: str) -> str:
    if not _IMAGE.fullmatch(value):
        raise complaint(
            "is not an image reference", allowed="registry/repository@sha256:<64 hex digits>, or repository:tag"
        )
    return value


Cidr = Annotated[
    IPv4Network,
    BeforeValidator(_cidr),
    AfterValidator(_vpc_size),
    WithJsonSchema({"type": "string", "pattern": r"^\d+\.\d+\.\d+\.\d+/(1[6-9]|20)$"}),
]
"""Block of a VPC, /16 to /20."""
WholeSeconds = Annotated[
    int,
    Field(ge=0),
    BeforeValidator(_whole),
    WithJsonSchema(
        {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": r"^(\d+(min|s|m|h|d))+$"}]}
    ),
]
"""Seconds where AWS takes whole ones; accepts 90, "90s", "5m"."""
TaskCount = Annotated[int, Field(ge=1, le=5000)]
"""Tasks of one service, at least one: target tracking cannot wake a service that has none. 5,000 is the default quota of tasks in a Fargate service (Amazon ECS service quotas)."""
Route = Annotated[str, AfterValidator(_route)]
"""A request by method and path; ``*`` matches within the path, and alone is the default."""
ImageReference = Annotated[str, AfterValidator(_image)]
"""A container image, by digest or by tag."""
