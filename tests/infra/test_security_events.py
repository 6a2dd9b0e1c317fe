"""Security events: the patterns catch what they should, by EventBridge's own rules, and nothing else."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest
from moto.events.models import EventPattern

from infra.cis_filters import CIS_FILTERS
from infra.conformance_pack import MAX_TEMPLATE, PCI_RULES, pci_pack
from infra.security_events import SILENCING, guardduty_pattern, security_hub_pattern, silenced_pattern


def matches(pattern: dict[str, Any], event: dict[str, Any]) -> bool:
    return EventPattern.load(json.dumps(pattern)).matches_event(cast("Any", event))


def api_call(source: str, name: str) -> dict[str, Any]:
    return {"source": source, "detail-type": "AWS API Call via CloudTrail", "detail": {"eventName": name}}


@pytest.mark.parametrize(("source", "name"), [(source, name) for source, names in SILENCING.items() for name in names])
def test_whoever_silences_a_watcher_is_told_of(source: str, name: str):
    assert matches(silenced_pattern(), api_call(source, name))


@pytest.mark.parametrize(
    ("source", "name"),
    [("aws.cloudtrail", "StartLogging"), ("aws.ec2", "StopLogging2"), ("aws.s3", "StopLogging")],
)
def test_other_calls_are_not(source: str, name: str):
    assert not matches(silenced_pattern(), api_call(source, name))


def test_findings_of_guardduty_from_medium_up():
    def told(severity: float) -> bool:
        event = {"source": "aws.guardduty", "detail-type": "GuardDuty Finding", "detail": {"severity": severity}}
        return matches(guardduty_pattern(), event)

    assert [told(severity) for severity in (2, 3.9, 4, 8.5)] == [False, False, True, True]


def finding(**changes: Any) -> dict[str, Any]:
    made = {
        "Severity": {"Label": "HIGH"},
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
        "ProductName": "Security Hub",
        **changes,
    }
    return {
        "source": "aws.securityhub",
        "detail-type": "Security Hub Findings - Imported",
        "detail": {"findings": made},
    }


def test_new_and_severe_findings_of_security_hub():
    pattern = security_hub_pattern()
    assert matches(pattern, finding())
    assert not matches(pattern, finding(Severity={"Label": "MEDIUM"}))
    assert not matches(pattern, finding(Workflow={"Status": "RESOLVED"}))
    assert not matches(pattern, finding(RecordState="ARCHIVED"))
    # Told by GuardDuty's own rule already.
    assert not matches(pattern, finding(ProductName="GuardDuty"))


def test_the_table_of_cis_is_whole():
    assert [item.control for item in CIS_FILTERS] == [f"CloudWatch.{number}" for number in range(1, 15)]
    assert len({item.key for item in CIS_FILTERS}) == 14
    for item in CIS_FILTERS:
        assert len(item.pattern) <= 1024  # PutMetricFilter, filterPattern
        assert item.pattern.startswith("{")
        assert item.pattern.endswith("}")
        assert item.pattern.count("(") == item.pattern.count(")")
        assert "$.event" in item.pattern or "$.userIdentity" in item.pattern or "$.errorCode" in item.pattern


def test_the_conformance_pack_fits_and_names_each_rule_once():
    template = pci_pack()
    assert len(template.encode()) <= MAX_TEMPLATE
    rules = json.loads(template)["Resources"]
    assert len(rules) == len(PCI_RULES)
    assert {rule["Properties"]["Source"]["SourceIdentifier"] for rule in rules.values()} == set(PCI_RULES)
    for name, rule in rules.items():
        assert name.isalnum()
        assert rule["Type"] == "AWS::Config::ConfigRule"
        assert rule["Properties"]["Description"].startswith("PCI DSS 4.0.1, ")
