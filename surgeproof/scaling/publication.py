"""How long CloudWatch and the alarm take to see a datapoint: calibrated on AWS's published reaction times."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

DATAPOINTS_OUT = 3
"""Breaching datapoints in a row that raise a managed high alarm (aws/containers-roadmap#1208)."""
DATAPOINTS_IN = 15
"""Datapoints in a row under the low threshold that raise a managed low alarm (same)."""
REACTION = MappingProxyType({60: 363.0, 20: 86.0})
"""Seconds from crossing to decision by metric period, as AWS measured (aws/containers-roadmap#2113)."""


@dataclass(frozen=True, slots=True)
class PublicationDelay:
    """Seconds from the end of a metric's period to the moment its alarm has seen the datapoint.

    A crossing falls at a uniformly random moment of a period. That period's own datapoint does not breach,
    for most of it was under the target when the crossing is slow; the next three do. From crossing to the
    end of the third pass half a period + 3 periods on average; what is missing to AWS's figure is the delay.

    Attributes:
        by_period: Delay in seconds for each metric period in seconds.
    """

    by_period: tuple[tuple[int, float], ...]

    def of(self, period: int) -> float:
        """Delay of metrics of this period; a period that was never published gets that of 60 s metrics."""
        known = dict(self.by_period)
        return known.get(period, known[60])


AWS_PUBLICATION = PublicationDelay(
    tuple((period, reaction - (DATAPOINTS_OUT + 0.5) * period) for period, reaction in REACTION.items())
)
"""153 s for 60 s metrics, 16 s for 20 s ones."""
