"""What the shop is told by its environment, parsed once, at the edge."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import urlsplit

CACHE_SCHEMES = {"redis": "valkey", "rediss": "valkeys", "valkey": "valkey", "valkeys": "valkeys"}
"""Schemes of CACHE_URL, and the driver's own names for them."""


class SettingError(Exception):
    """One environment variable that is missing or malformed; reads as one line."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The shop's settings; `docs/shop.md` has the table.

    Attributes:
        database_url: PostgreSQL URL; credentials may come from `database_user` and `database_password` instead.
        cache_url: Valkey URL, in the driver's scheme.
        cache_user: Who logs in to it by IAM; None where the URL says all.
        cache_name: Id of the replication group, for that.
        order_queue_url: Only the worker needs it.
        pool_size: Connections to PostgreSQL for orders and catalogue, a task.
    """

    database_url: str
    database_user: str | None
    database_password: str | None
    cache_url: str
    cache_user: str | None
    cache_name: str
    database_secret_arn: str
    event_bus_name: str
    order_queue_url: str
    region: str
    payment_latency_s: float
    payment_decline_rate: float
    payment_timeout_s: float
    pool_size: int
    processing_time_s: float
    reconcile_after_s: float


def read_settings(environ: Mapping[str, str], *, worker: bool = False) -> Settings:
    """Parse the environment.

    Args:
        environ: Usually `os.environ`.
        worker: Whether this is the worker, which needs the queue and neither cache nor bus.

    Raises:
        SettingError: The first variable that is missing or malformed.
    """
    given = environ.get("DATABASE_SECRET", "")
    user, password = login_of(given) if given else (None, None)
    database_url = _url(environ, "DATABASE_URL", {"postgresql", "postgres"})
    cache_url, cache_user = ("", None) if worker else _cache(environ)
    return Settings(
        database_url=database_url,
        database_user=user,
        database_password=password,
        cache_url=cache_url,
        cache_user=cache_user,
        cache_name=_text(environ, "CACHE_NAME") if cache_user else "",
        database_secret_arn=environ.get("DATABASE_SECRET_ARN", "").strip(),
        event_bus_name="" if worker else _text(environ, "EVENT_BUS_NAME"),
        order_queue_url=_url(environ, "ORDER_QUEUE_URL", {"https", "http"}) if worker else "",
        region=_text(environ, "AWS_REGION"),
        payment_latency_s=_number(environ, "PAYMENT_LATENCY_MS", 150, 0, 60_000) / 1000,
        payment_decline_rate=_number(environ, "PAYMENT_DECLINE_RATE", 0.0, 0, 1),
        payment_timeout_s=_number(environ, "PAYMENT_TIMEOUT_MS", 8000, 1, 60_000) / 1000,
        pool_size=int(_number(environ, "DATABASE_POOL_SIZE", 5, 1, 100, kind=int)),
        processing_time_s=_number(environ, "PROCESSING_TIME", 1.0, 0, 3600),
        reconcile_after_s=_number(environ, "RECONCILE_AFTER", 15.0, 0, 86_400),
    )


def settings_or_exit(*, worker: bool = False) -> Settings:
    """The settings of this process; what is wrong ends it with one line and status 2."""
    try:
        return read_settings(os.environ, worker=worker)
    except SettingError as error:
        _exit(error)


def _exit(error: SettingError) -> NoReturn:
    # Not sys.exit: the server's lifespan would catch it, print a traceback and end with its own status.
    print(f"shop: {error}", file=sys.stderr, flush=True)  # noqa: T201 - the one line that is promised
    os._exit(2)


def _text(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise SettingError(f"{name}: not set. Set it in the task's environment.")
    return value


def _url(environ: Mapping[str, str], name: str, schemes: set[str]) -> str:
    value = _text(environ, name)
    try:
        parts = urlsplit(value)
        good = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        good = False
    if not good:
        raise SettingError(f"{name}: not such a URL, allowed: {' or '.join(sorted(schemes))}://host:port/...")
    return value


def _cache(environ: Mapping[str, str]) -> tuple[str, str | None]:
    """The URL, and the user that logs in by IAM: one without a password, who is then taken out of the URL."""
    value = _url(environ, "CACHE_URL", set(CACHE_SCHEMES))
    scheme, rest = value.split("://", 1)
    parts = urlsplit(value)
    user = parts.username if parts.username and parts.password is None else None
    if user:
        rest = rest.partition("@")[2]
    return f"{CACHE_SCHEMES[scheme]}://{rest}", user


def _number(
    environ: Mapping[str, str],
    name: str,
    default: float,
    low: float,
    high: float,
    *,
    kind: Callable[[str], float] = float,
) -> float:
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = kind(text)
    except ValueError:
        value = float("nan")
    if not low <= value <= high:
        word = "a whole number" if kind is int else "a number"
        raise SettingError(f"{name}: got {text!r}, allowed: {word} from {low:g} to {high:g}.")
    return value


def login_of(text: str) -> tuple[str, str]:
    """User and password, of the JSON that RDS keeps in a secret.

    Raises:
        SettingError: It is something else.
    """
    try:
        secret = json.loads(text)
        user, password = secret["username"], secret["password"]
    except (ValueError, KeyError, TypeError):
        user = password = None
    if not isinstance(user, str) or not isinstance(password, str):
        # The value itself is never shown.
        raise SettingError('DATABASE_SECRET: not such a secret, allowed: JSON {"username": ..., "password": ...}.')
    return user, password
