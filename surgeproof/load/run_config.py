"""What one load run is asked to do, parsed once: from a file, or from Locust's command line."""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from surgeproof.launch.seed import DEFAULT_SEED
from surgeproof.load.abort import AbortGate
from surgeproof.load.errors import RunConfigError
from surgeproof.load.origin import Proxy


def new_run_id() -> str:
    """An id that no other run has; every request carries it."""
    return secrets.token_hex(6)


class RunConfig(BaseModel):
    """Settings of one run of the load engine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    plan: Path = Field(description="Launch plan, YAML")
    overrides: dict[str, Any] = Field(default_factory=dict, description="Path to value: what --set changes in the plan")
    host: str = Field(description="http://host:port or https://host, without a path")
    folder: Path = Field(description="Where progress.jsonl, result.json, samples.npz and *.hlog go")
    run_id: str = Field(default_factory=new_run_id, pattern=r"^[A-Za-z0-9._-]{1,64}$")
    speed: float = Field(default=1.0, gt=0, description="Launch seconds in one real second")
    scale: float = Field(default=1.0, gt=0, description="Share of the plan's arrivals")
    seed: int = Field(default=DEFAULT_SEED, ge=0)
    wait_for_start: bool = Field(
        default=False, description='Write ready.json, then wait for start.json {"started_at": monotonic seconds}'
    )
    max_in_flight: int = Field(default=20_000, ge=1, description="Journeys open at once; reaching it is INVALID")
    max_rate: float | None = Field(default=None, gt=0, description="Ceiling on arrivals per real second")
    abort_if: tuple[str, ...] = Field(default=(), description="Conditions over the last 10 s: error_rate>5%, p95>2s")
    request_timeout: float | None = Field(default=None, gt=0, description="Real seconds; the plan's when left out")
    verify_tls: bool = Field(default=True, description="Check the server's certificate")
    ca_file: Path | None = Field(default=None, description="Certificate authority besides the system's")
    connect_timeout: float | None = Field(
        default=None, gt=0, description="Real seconds until a connection is ready; the request timeout when left out"
    )
    max_connections: int | None = Field(
        default=None, ge=1, description="Connections open at once; who waits for one is slower by it"
    )
    proxy: str | None = Field(default=None, description="HTTP proxy: http://host:port, http://user:password@host:port")
    parent_pid: int | None = Field(default=None, description="End when this process is gone")

    @field_validator("host")
    @classmethod
    def _is_origin(cls, value: str) -> str:
        parts = urlsplit(value)
        try:
            port_ok = parts.port is None or parts.port > 0
        except ValueError:
            port_ok = False
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or not port_ok:
            raise ValueError("not a host: give http://host:port or https://host, without a path")
        return value.rstrip("/")

    @field_validator("proxy")
    @classmethod
    def _is_proxy(cls, value: str | None) -> str | None:
        if value is not None:
            Proxy.parse(value)
        return value

    @field_validator("abort_if")
    @classmethod
    def _are_conditions(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            AbortGate.parse(text)
        return value


def run_config(values: dict[str, Any], *, source: str) -> RunConfig:
    """Check settings.

    Args:
        values: By field name.
        source: Where they come from, for the message.

    Raises:
        RunConfigError: The first of what is wrong.
    """
    try:
        return RunConfig.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(part) for part in first["loc"])
        problem = first["msg"].removeprefix("Value error, ")
        if first["type"] == "missing":
            raise RunConfigError("is missing", path=f"{source}: {path}", fix=f"Give {path}") from None
        raise RunConfigError(problem, path=f"{source}: {path}", got=first["input"]) from None


def read_run_config(path: Path) -> RunConfig:
    """Read the settings of a run from a JSON file.

    Raises:
        RunConfigError: It can't be read, or is wrong.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, json.JSONDecodeError) as error:
        raise RunConfigError(f"can't be read: {error}", path=str(path), fix="Give a JSON file") from error
    if not isinstance(values, dict):
        raise RunConfigError("not an object", path=str(path), fix="Give a JSON object of settings")
    return run_config(values, source=str(path))
