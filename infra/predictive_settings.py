"""Settings of predictive scaling: a floor that AWS forecasts from the days before."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from infra.quantities import WholeSeconds
from infra.strict import Strict


class Predictive(Strict):
    """A forecast of the load, hour by hour, from up to 14 days of history.

    It knows nothing of a launch that is coming: AWS says that a forecast may underestimate it, and to override it by
    a scheduled action (Application Auto Scaling User Guide, 'Override forecast values using scheduled actions'). That
    is what the launch plan's pre-warm is. A rehearsal has no history, and rehearses without it.
    """

    mode: Literal["forecast_only", "forecast_and_scale"] = Field(
        default="forecast_only", description="Only forecast, to be looked at first; or raise the floor by it, too"
    )
    metric: Literal["cpu", "memory", "requests_per_task"] = Field(
        default="cpu", description="Which of the service's targets the forecast keeps"
    )
    buffer: WholeSeconds = Field(default=300, le=3599, description="Seconds by which tasks are started early")
    above_max_percent: int | None = Field(
        default=None, ge=0, le=100, description="Percent over the forecast that it may exceed max_tasks by; else never"
    )
