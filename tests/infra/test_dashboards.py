"""Dashboards: bodies as CloudWatch takes them, on its grid, with what the launch needs."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.dashboard_body import COLUMNS, METRICS, body, text
from infra.dashboards import ServiceView, ShopView, business_view, launch_view

SHOP = ShopView(
    title="shop-test",
    region="eu-west-1",
    balancer="app/door/1",
    cluster="shop",
    services={
        "storefront": ServiceView("shop-storefront", 24),
        "orders": ServiceView("shop-orders", 10, "orders-queue", 600),
    },
    database="shop-database",
    cache_nodes=["shop-cache-001", "shop-cache-002"],
    dead_letters={"orders": "orders-dead"},
    alarm_arns=[f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a{n}" for n in range(20)],
    limits={"latency": 0.8, "max_capacity": 32, "connections": 5000},
    moments={"launch": "2027-03-20T09:00:00Z"},
    canary="shop-canary",
)
_ANNOTATION = {"type": "object", "required": ["label", "value"], "additionalProperties": False}
_POSITION = {"x": {"minimum": 0, "maximum": 23}, "y": {"minimum": 0}, "width": {"minimum": 1, "maximum": 24}, "height": {"minimum": 1, "maximum": 1000}}  # fmt: skip
_METRIC = {
    "type": "object",
    "required": ["metrics", "region", "view", "title"],
    "additionalProperties": False,
    "properties": {
        "metrics": {
            "type": "array",
            "minItems": 1,
            "maxItems": 500,
            "items": {"type": "array", "minItems": 1, "maxItems": 64},
        },
        "region": {"type": "string"},
        "title": {"type": "string"},
        "view": {"enum": ["timeSeries", "singleValue", "gauge", "bar", "pie", "table"]},
        "stacked": {"type": "boolean"},
        "sparkline": {"type": "boolean"},
        "yAxis": {"type": "object"},
        "annotations": {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                "horizontal": {
                    "items": {**_ANNOTATION, "properties": {"label": {}, "value": {"type": "number"}}}
                },
                "vertical": {
                    "items": {
                        **_ANNOTATION,
                        "properties": {"label": {}, "value": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT"}},
                    }
                },
            },
        },
    },
}  # fmt: skip
SCHEMA = {
    "type": "object",
    "required": ["widgets"],
    "additionalProperties": False,
    "properties": {
        "start": {"type": "string", "pattern": "^-P"},
        "periodOverride": {"enum": ["auto", "inherit"]},
        "widgets": {
            "type": "array",
            "minItems": 1,
            "maxItems": 500,
            "items": {
                "type": "object",
                "required": ["type", "x", "y", "width", "height", "properties"],
                "additionalProperties": False,
                "properties": {"type": {"enum": ["metric", "text", "alarm"]}, "properties": {}, **_POSITION},
                "allOf": [
                    {
                        "if": {"properties": {"type": {"const": "metric"}}},
                        "then": {"properties": {"properties": _METRIC}},
                    },
                    {
                        "if": {"properties": {"type": {"const": "text"}}},
                        "then": {"properties": {"properties": {"required": ["markdown"], "additionalProperties": False, "properties": {"markdown": {}}}}},
                    },
                    {
                        "if": {"properties": {"type": {"const": "alarm"}}},
                        "then": {"properties": {"properties": {"required": ["alarms"], "properties": {"alarms": {"minItems": 1, "maxItems": 100}}}}},
                    },
                ],
            },
        },
    },
}  # fmt: skip
"""CloudWatch API reference, 'Dashboard Body Structure and Syntax', as far as it is used here."""


def rows(dashboard: dict[str, Any]) -> list[list[Any]]:
    return [row for widget in dashboard["widgets"] for row in widget["properties"].get("metrics", [])]


@pytest.mark.parametrize("view", [launch_view, business_view])
@pytest.mark.parametrize(
    "shop", [SHOP, replace(SHOP, alarm_arns=(), limits={}, moments={}, canary=None, dead_letters={})]
)
def test_a_body_is_what_cloudwatch_takes(view: Any, shop: ShopView):
    (made,) = json.loads(json.dumps(view(shop)))
    jsonschema.Draft202012Validator(SCHEMA).validate(made)
    _on_the_grid(made["widgets"])
    for row in rows(made):
        drawn = row[-1]
        assert isinstance(drawn, dict)
        # Namespace, name and pairs of dimensions; or an expression alone.
        assert len(row) == 1 if "expression" in drawn else len(row) % 2 == 1


def test_ids_of_expressions_are_there():
    for widget in business_view(SHOP)[0]["widgets"]:
        drawn = [row[-1] for row in widget["properties"].get("metrics", [])]
        ids = {item["id"] for item in drawn if "id" in item}
        used = {word for item in drawn for word in ("paid", "fulfilled") if word in item.get("expression", "")}
        assert used <= ids


def test_the_launch_view_shows_what_can_run_out():
    shown = {(row[0], row[1]) for row in rows(launch_view(SHOP)[0]) if len(row) > 1}
    assert shown >= {
        ("AWS/ApplicationELB", "RequestCount"),
        ("AWS/ApplicationELB", "TargetResponseTime"),
        ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"),
        ("ECS/ContainerInsights", "RunningTaskCount"),
        ("AWS/SQS", "ApproximateAgeOfOldestMessage"),
        ("AWS/RDS", "ServerlessDatabaseCapacity"),
        ("AWS/ElastiCache", "DatabaseMemoryUsagePercentage"),
    }
    lines = [
        note["label"]
        for widget in launch_view(SHOP)[0]["widgets"]
        for note in widget["properties"].get("annotations", {}).get("horizontal", [])
    ]
    assert {"gate", "max_tasks", "limit", "max_capacity", "all"} <= set(lines)


@given(st.lists(st.tuples(st.integers(1, COLUMNS), st.integers(1, 20)), min_size=1, max_size=40))
def test_widgets_never_overlap(sizes: list[tuple[int, int]]):
    made = body([text("x", width=width, height=height) for width, height in sizes])["widgets"]
    assert [(widget["width"], widget["height"]) for widget in made] == sizes
    _on_the_grid(made)


@pytest.mark.parametrize("view", [launch_view, business_view])
@pytest.mark.parametrize("workers", [80, 300])
def test_a_shop_of_any_size_is_shown_in_full(view: Any, workers: int):
    shop = replace(
        SHOP,
        services={f"w{n}": ServiceView(f"shop-w{n}", 10, f"w{n}-queue", 600) for n in range(workers)},
        dead_letters={f"w{n}-{kind}": f"w{n}-{kind}" for n in range(workers) for kind in ("messages", "events")},
        alarm_arns=[f"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:a{n}" for n in range(6 * workers)],
    )
    made = json.loads(json.dumps(view(shop)))
    for page in made:
        jsonschema.Draft202012Validator(SCHEMA).validate(page)
        assert len(rows(page)) <= METRICS
    assert len(made) == (1 if workers == 80 else 2 if view is launch_view else 3)
    told = json.dumps(made)
    assert all(f'"w{n}-queue"' in told for n in range(workers))


def _on_the_grid(widgets: list[dict[str, Any]]) -> None:
    for widget in widgets:
        assert 0 <= widget["x"] <= widget["x"] + widget["width"] <= COLUMNS
    for one, other in combinations(widgets, 2):
        beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
        below = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
        assert beside or below
