"""The options of services, jobs and stores under the controls that look at them: no option opens what the default closes."""

from __future__ import annotations

import pytest

from surgeproof.controls.engine import run_controls
from surgeproof.controls.registry import find_control
from surgeproof.graph.model import Graph

HELD = (
    "ECS-01", "ECS-02", "ECS-03", "ECS-04", "ECS-05", "ECS-06", "ECS-07", "ECS-08", "ECS-10", "ECS-11", "ECS-12",
    "EC-01", "EC-02", "EC-03", "SQS-01", "SQS-02", "SQS-03", "SQS-05", "EVB-01", "EVB-02", "KMS-01", "KMS-02", "KMS-04",
    "RDS-01", "RDS-02", "RDS-05", "RDS-06", "RDS-07", "RDS-08", "S3-01", "S3-02", "S3-03", "S3-06", "S3-07",
    "VPC-02", "VPC-03", "VPC-06", "VPC-07", "CW-03", "PLN-02", "PLN-04", "TAG-02", "TAG-03",
)  # fmt: skip


@pytest.mark.parametrize("identity", HELD)
def test_no_option_opens_what_the_default_closes(rich: Graph, identity: str):
    findings = run_controls(rich, [find_control(identity)])
    assert [f"{finding.name}: {finding.message}" for finding in findings if finding.verdict == "fail"] == []
    assert any(finding.verdict == "pass" for finding in findings)
