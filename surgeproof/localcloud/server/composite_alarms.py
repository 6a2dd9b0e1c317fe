"""PutCompositeAlarm, which moto keeps like any alarm and has no operation for."""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.responses import CloudWatchResponse


def install() -> None:
    """Add the operation; DescribeAlarms tells composite alarms already."""
    methods: dict[str, Any] = {"put_composite_alarm": CloudWatchResponse.put_metric_alarm}
    for name, method in methods.items():
        setattr(CloudWatchResponse, name, method)
