"""The OpenTelemetry collector of a task: its configuration, its permissions, and what its program is told."""

from __future__ import annotations

import json
from typing import Any

import pulumi

from infra import policies
from infra.policies import Statement
from infra.sidecar_settings import Telemetry

NAME = "telemetry"
"""Of the collector's container."""
PORT = 4318
"""OTLP over HTTP (OpenTelemetry Protocol specification); on the task's loopback, so that no security group lets it in."""
CONFIG = "AOT_CONFIG_CONTENT"
"""Variable that holds the configuration; the AWS Distro for OpenTelemetry looks for it under this name."""


def collector_config(telemetry: Telemetry, *, service: str, namespace: str, log_group: str, region: str) -> str:
    """Configuration of the collector, as JSON, which is YAML, too.

    Args:
        telemetry: Its settings.
        service: Name in traces and metrics.
        namespace: CloudWatch namespace of the metrics.
        log_group: Where metrics are written in CloudWatch's embedded format.
        region: Of X-Ray and CloudWatch.
    """
    # Memory first, batches last: the order that the collector's own guide asks for (OpenTelemetry Collector, 'Processors').
    common = ["memory_limiter", "resource"]
    pipelines: dict[str, Any] = {}
    exporters: dict[str, Any] = {}
    processors: dict[str, Any] = {
        "memory_limiter": {"check_interval": "1s", "limit_percentage": 75, "spike_limit_percentage": 20},
        "resource": {"attributes": [{"key": "service.name", "value": service, "action": "upsert"}]},
        "batch": {"timeout": "5s"},
    }
    if "traces" in telemetry.signals:
        processors["probabilistic_sampler"] = {"sampling_percentage": telemetry.sampled * 100}
        exporters["awsxray"] = {"region": region}
        pipelines["traces"] = {
            "receivers": ["otlp"],
            "processors": [*common, "probabilistic_sampler", "batch"],
            "exporters": ["awsxray"],
        }
    if "metrics" in telemetry.signals:
        exporters["awsemf"] = {
            "region": region,
            "namespace": namespace,
            "log_group_name": log_group,
            "log_stream_name": f"{NAME}-metrics",
            "dimension_rollup_option": "NoDimensionRollup",
        }
        pipelines["metrics"] = {"receivers": ["otlp"], "processors": [*common, "batch"], "exporters": ["awsemf"]}
    config = {
        "receivers": {"otlp": {"protocols": {"http": {"endpoint": f"127.0.0.1:{PORT}"}}}},
        "processors": processors,
        "exporters": exporters,
        "service": {"pipelines": pipelines},
    }
    return json.dumps(config, sort_keys=True, separators=(",", ":"))


def program_variables(service: str) -> dict[str, str]:
    """What an OpenTelemetry SDK reads to find the collector (OpenTelemetry specification, 'Environment variables')."""
    return {
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{PORT}",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_SERVICE_NAME": service,
    }


def statements(telemetry: Telemetry, log_group_arn: pulumi.Input[str]) -> list[Statement]:
    """What the task's role needs for it."""
    found: list[Statement] = []
    if "traces" in telemetry.signals:
        # X-Ray knows no resource for these (Service Authorization Reference, AWS X-Ray).
        found.append(policies.allow("SendTraces", ["xray:PutTelemetryRecords", "xray:PutTraceSegments"], "*"))
    if "metrics" in telemetry.signals:
        streams = pulumi.Output.concat(log_group_arn, ":*")
        found.append(policies.allow("SendMetrics", ["logs:CreateLogStream", "logs:PutLogEvents"], [streams]))
    return found
