"""Which metric a scaling policy reads, and how a customized metric is computed from its queries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from surgeproof.scaling.expression import evaluate_expression


@dataclass(frozen=True, slots=True)
class MetricQuery:
    """One line of a customized metric: a CloudWatch metric, or math over the others.

    Attributes:
        id: Name in the math: ``m1``.
        expression: The math, or None for a metric.
        name: CloudWatch metric name, empty for math.
        namespace: CloudWatch namespace, empty for math.
        dimensions: Pairs of dimension name and value.
        statistic: Average, Sum, Maximum, ...
        returns: Whether this is the value that the policy reads.
    """

    id: str
    expression: str | None = None
    name: str = ""
    namespace: str = ""
    dimensions: tuple[tuple[str, str], ...] = ()
    statistic: str = "Average"
    returns: bool = False


@dataclass(frozen=True, slots=True)
class MetricSpec:
    """A metric of one service, as ``ServiceAutoscaler.feed`` knows it.

    Attributes:
        key: ``cpu`` and ``memory`` in percent, ``requests_per_task`` (a launch minute), or
            ``custom:<policy name>``.
        period: Seconds of one datapoint: 60, or 20 for high-resolution metrics.
        queries: For a customized metric, what it is made of.
    """

    key: str
    period: int = 60
    queries: tuple[MetricQuery, ...] = ()

    @property
    def sources(self) -> tuple[MetricQuery, ...]:
        """The CloudWatch metrics that a customized metric needs."""
        return tuple(query for query in self.queries if query.expression is None)

    def evaluate(self, readings: Mapping[str, float | None]) -> float | None:
        """Value of a customized metric from the readings of its sources by query id.

        Raises:
            ExpressionError: The math cannot be read.
        """
        values: dict[str, float | None] = {query.id: readings.get(query.id) for query in self.sources}
        pending = [query for query in self.queries if query.expression is not None]
        # Math may use math that is written further down: resolve what can be, until nothing is left.
        while pending:
            ready = [
                q for q in pending if not any(_names(q.expression, other.id) for other in pending if other is not q)
            ]
            for query in ready or pending:
                values[query.id] = evaluate_expression(query.expression or "", values)
            pending = [query for query in pending if query not in (ready or pending)]
        returned = [query.id for query in self.queries if query.returns] or [self.queries[-1].id]
        return values[returned[0]]


def _names(expression: str | None, identifier: str) -> bool:
    return expression is not None and re.search(rf"\b{re.escape(identifier)}\b", expression) is not None
