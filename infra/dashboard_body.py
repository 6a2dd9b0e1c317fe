"""The body of a CloudWatch dashboard: graphs, texts and alarm lists on a grid of 24 columns. Pure.

Source: CloudWatch API reference, 'Dashboard Body Structure and Syntax'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pulumi

from infra.alarm import Metric

COLUMNS = 24
ALARMS = 100
"""Alarms in one widget."""
LINES = 500
"""Metrics in one widget."""
WIDGETS = 500
"""On one dashboard."""
METRICS = 2500
"""On one dashboard, over all its widgets (Amazon CloudWatch User Guide, 'CloudWatch service quotas')."""
Widget = dict[str, Any]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a graph: a metric, or an expression over the ids of others.

    Attributes:
        label: In the legend.
        metric: What it shows; None for an expression.
        expression: Metric math.
        key: Id that expressions use.
        hidden: Whether it is only there for an expression.
    """

    label: str
    metric: Metric | None = None
    expression: str | None = None
    key: str | None = None
    hidden: bool = False

    def row(self) -> list[Any]:
        """As CloudWatch wants it: namespace, name, dimensions in a row, and how it is drawn."""
        drawn: dict[str, Any] = {"label": self.label}
        if self.key is not None:
            drawn["id"] = self.key
        if self.hidden:
            drawn["visible"] = False
        if self.metric is None:
            return [{"expression": self.expression, **drawn}]
        drawn |= {"stat": self.metric.stat, "period": self.metric.period}
        pairs = [part for pair in self.metric.dimensions.items() for part in pair]
        return [self.metric.namespace, self.metric.name, *pairs, drawn]


def graph(
    title: str,
    region: str,
    lines: Sequence[Line],
    *,
    limits: Mapping[str, float] | None = None,
    moments: Mapping[str, str] | None = None,
    width: int = 8,
    unit: str | None = None,
) -> Widget:
    """A graph over time.

    Args:
        title: Above it.
        region: Of the metrics.
        lines: What it shows.
        limits: Label to a value, drawn as a line from left to right.
        moments: Label to an ISO 8601 time, drawn from top to bottom.
        width: Columns.
        unit: Beside the axis.
    """
    notes: dict[str, Any] = {}
    if limits:
        notes["horizontal"] = [{"label": label, "value": value} for label, value in limits.items()]
    if moments:
        notes["vertical"] = [{"label": label, "value": value} for label, value in moments.items()]
    properties: dict[str, Any] = {
        "title": title,
        "region": region,
        "view": "timeSeries",
        "stacked": False,
        "metrics": [line.row() for line in lines],
        "yAxis": {"left": {"min": 0, "showUnits": False, **({"label": unit} if unit else {})}},
    }
    if notes:
        properties["annotations"] = notes
    return {"type": "metric", "width": width, "height": 6, "properties": properties}


def number(title: str, region: str, lines: Sequence[Line], *, width: int = 6) -> Widget:
    """Figures of the last period, with a small line each."""
    properties = {
        "title": title,
        "region": region,
        "view": "singleValue",
        "sparkline": True,
        "metrics": [line.row() for line in lines],
    }
    return {"type": "metric", "width": width, "height": 4, "properties": properties}


def text(markdown: str, *, width: int = COLUMNS, height: int = 2) -> Widget:
    """Words."""
    return {"type": "text", "width": width, "height": height, "properties": {"markdown": markdown}}


def alarms(title: str, arns: Sequence[pulumi.Input[str]], *, width: int = COLUMNS) -> list[Widget]:
    """The states of alarms, in as many widgets as they need."""
    return [
        {
            "type": "alarm",
            "width": width,
            "height": 1 + 2 * (1 + (len(shown) - 1) // 8),
            "properties": {"title": title, "alarms": list(shown)},
        }
        for shown in batched(arns, ALARMS)
    ]


def batched(items: Sequence[Item], most: int) -> list[Sequence[Item]]:
    """These in their order, so many at most in each batch."""
    return [items[start : start + most] for start in range(0, len(items), most)]


def pages(widgets: Sequence[Widget]) -> list[dict[str, Any]]:
    """Bodies of as many dashboards as these widgets need: one, but for very large shops."""
    made: list[list[Widget]] = [[]]
    metrics = 0
    for widget in widgets:
        more = len(widget["properties"].get("metrics", ()))
        if len(made[-1]) == WIDGETS or metrics + more > METRICS:
            made.append([])
            metrics = 0
        made[-1].append(widget)
        metrics += more
    return [body(page) for page in made]


def body(widgets: Sequence[Widget]) -> dict[str, Any]:
    """A dashboard of these widgets, from left to right and then down.

    Widgets keep their width and height; a row is as high as its highest.
    """
    placed: list[Widget] = []
    x = y = height = 0
    for widget in widgets:
        if x + widget["width"] > COLUMNS:
            x, y, height = 0, y + height, 0
        placed.append({**widget, "x": x, "y": y})
        x += widget["width"]
        height = max(height, widget["height"])
    return {"periodOverride": "inherit", "start": "-PT3H", "widgets": placed}
