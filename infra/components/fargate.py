"""What every task definition of ours says of Fargate: its size, its processor, its network."""

from __future__ import annotations

from typing import Any, Protocol


class Sized(Protocol):
    """Settings of a program that runs as a task."""

    @property
    def cpu(self) -> int:
        """CPU units, 1024 a vCPU."""
        ...

    @property
    def memory(self) -> int:
        """MiB."""
        ...

    @property
    def architecture(self) -> str:
        """Of its image: arm64 or x86_64."""
        ...


def on_fargate(settings: Sized) -> dict[str, Any]:
    """Arguments of a task definition that runs on Fargate, in a VPC.

    Args:
        settings: Size and processor.
    """
    return {
        "cpu": str(settings.cpu),
        "memory": str(settings.memory),
        "network_mode": "awsvpc",
        "requires_compatibilities": ["FARGATE"],
        "runtime_platform": {
            "operating_system_family": "LINUX",
            "cpu_architecture": "ARM64" if settings.architecture == "arm64" else "X86_64",
        },
    }
