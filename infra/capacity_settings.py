"""Settings of where tasks run: Fargate, or partly on its spare capacity (Spot), which AWS may take back in two minutes."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from infra.strict import Strict

FARGATE, SPOT = "FARGATE", "FARGATE_SPOT"


class SpotMix(Strict):
    """How tasks are shared out between Fargate and Fargate Spot.

    The first `base` tasks run on Fargate; the others are split by weight. The same as a capacity provider strategy of
    Amazon ECS (API_CapacityProviderStrategyItem).
    """

    base: int = Field(default=1, ge=0, le=100_000, description="Tasks on Fargate before the weights count")
    fargate: int = Field(default=1, ge=0, le=1000, description="Weight of Fargate")
    spot: int = Field(default=1, ge=1, le=1000, description="Weight of Fargate Spot")


def capacity_strategy(spot_from: int | None, mix: SpotMix | None) -> list[dict[str, Any]] | None:
    """Capacity provider strategy; None for Fargate alone.

    Args:
        spot_from: Number of the first task that runs on Spot, from 1; all before it run on Fargate.
        mix: Base and weights, instead.
    """
    if spot_from is not None:
        mix = SpotMix(base=spot_from - 1, fargate=0, spot=1)
    if mix is None:
        return None
    return [
        {"capacity_provider": FARGATE, "base": mix.base, "weight": mix.fargate},
        {"capacity_provider": SPOT, "base": 0, "weight": mix.spot},
    ]
