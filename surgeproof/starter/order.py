"""What is asked for: a name, a shape, and the command when the user has one."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from typing import Literal

from surgeproof.starter.errors import StarterError

Shape = Literal["web", "worker"]
LONGEST_NAME = 20
"""Characters; physical names carry prefix and stack besides."""
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Order:
    """A service to be made.

    Attributes:
        name: Of the service, ``loyalty-points``.
        shape: ``web`` behind the load balancer, or ``worker`` on a queue of its own.
        command: What its container runs; empty for the code that is made with it.
        port: That a web service listens on.
        health_path: That tells whether it can serve.
    """

    name: str
    shape: Shape = "web"
    command: tuple[str, ...] = ()
    port: int = 8080
    health_path: str = "/healthz"

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or len(self.name) > LONGEST_NAME or keyword.iskeyword(self.module):
            raise StarterError(
                "is no name for a service",
                path="NAME",
                got=self.name,
                allowed=f"small letters, digits and single hyphens, up to {LONGEST_NAME} characters: loyalty-points",
            )
        if not self.health_path.startswith("/"):
            raise StarterError("is no path", path="--health-path", got=self.health_path, allowed="/healthz")

    @property
    def module(self) -> str:
        """Its package below `services/`."""
        return self.name.replace("-", "_")

    @property
    def runs(self) -> tuple[str, ...]:
        """The container's command."""
        if self.command:
            return self.command
        if self.shape == "worker":
            return ("python", "-m", f"services.{self.module}")
        return ("uvicorn", f"services.{self.module}.app:app", "--host", "0.0.0.0", "--port", str(self.port))  # noqa: S104 - in its container
