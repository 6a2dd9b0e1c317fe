"""A stack that uses every option of services, jobs and scaling at once."""

from __future__ import annotations

from typing import Any

STOREFRONT = "services.storefront"
ORDERS = "services.orders"
TOKEN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:token-AbCdEf"
HOOK = "arn:aws:lambda:eu-west-1:123456789012:function:smoke:live"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/00000000-0000-0000-0000-000000000001"

RICH: dict[str, Any] = {
    f"{STOREFRONT}.cpu": 1024,
    f"{STOREFRONT}.memory": 2048,
    f"{STOREFRONT}.deployment": {
        "strategy": "canary",
        "bake_time": "10m",
        "canary": {"percent": 5, "bake_time": "15m"},
        "test_port": 8443,
        "hooks": [{"function": HOOK, "stages": ["post_test_traffic_shift"], "details": {"smoke": True}}],
        "rollback": {"names": ["mine"], "errors": "2%", "response_time": "2s", "cpu": 90},
    },
    f"{STOREFRONT}.spot_from": 3,
    f"{STOREFRONT}.fault_injection": True,
    f"{STOREFRONT}.telemetry": {"image": "collector:1", "sampled": 0.1},
    f"{STOREFRONT}.sidecars": {"proxy": {"image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/proxy:1"}},
    f"{STOREFRONT}.secrets": {"TOKEN": f"{TOKEN}:key::", "FLAG": "arn:aws:ssm:eu-west-1:123456789012:parameter/flag"},
    f"{STOREFRONT}.secret_keys": [KEY],
    f"{STOREFRONT}.scaling.response_time": "1s",
    f"{STOREFRONT}.scaling.cooldowns": {"cpu": {"scale_out": 30}, "response_time": {"scale_in": "10m"}},
    f"{STOREFRONT}.scaling.predictive": {"mode": "forecast_and_scale", "above_max_percent": 20},
    f"{STOREFRONT}.scaling.windows": [
        {"name": "office", "start": "07:00", "end": "22:00", "zone": "Europe/Paris", "min_tasks": 3}
    ],
    "services.api": {
        "image": "api:1",
        "command": ["uvicorn", "api:app", "--port", "9000"],
        "port": 9000,
        "paths": ["/api/*"],
        "hosts": ["api.shop.example"],
        "handles_cards": True,
        "spot": {"base": 2, "fargate": 1, "spot": 3},
        "scaling": {"range": "1-4", "cpu": 50, "requests_per_task": 300},
    },
    f"{ORDERS}.scaling.min_tasks": 0,
    f"{ORDERS}.deployment": {"rollback": {"queue_age": "5m"}},
    "jobs.nightly": {
        "image": "job:1",
        "command": ["run"],
        "schedule": "cron(0 3 * * ? *)",
        "zone": "Europe/Paris",
        "spread": "15m",
        "spot": True,
    },
    "database.proxy": True,
    "database.rotation_days": 30,
    "database.monitoring_interval": 30,
    "event_bus": {"key": "aws", "schema_discovery": True, "archive_days": 90},
    "queue.fifo": True,
}
"""Overrides of the local stack."""
