"""Backups and budgets: what is kept for how long, and who is told what it costs."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from infra.account import Account
from infra.budget_windows import launch_window
from infra.components.alerts import Alerts, AlertsArgs
from infra.components.backup import Backup, BackupArgs
from infra.components.budget import Budget, BudgetArgs
from surgeproof.graph.model import Graph
from tests.infra.conftest import build, one

KEY = "arn:aws:kms:eu-west-1:123456789012:key/x"
BUDGET = "aws:budgets/budget:Budget"


def backed_up(**more: Any) -> Graph:
    return build(lambda account: Backup("backup", BackupArgs(account=account, key=KEY, **more)))


def test_a_locked_vault_and_a_nightly_plan():
    graph = backed_up()
    vault = one(graph, "backup/vault:Vault")
    assert vault.inputs["kmsKeyArn"] == KEY
    assert vault.options.protect
    lock = one(graph, "backup/vaultLockConfiguration:VaultLockConfiguration").inputs
    assert (lock["minRetentionDays"], lock["changeableForDays"]) == (35, 7)
    (rule,) = one(graph, "backup/plan:Plan").inputs["rules"]
    assert rule["targetVaultName"] == vault.outputs["name"]
    # A vault refuses what is kept for less than its lock demands.
    assert rule["lifecycle"]["deleteAfter"] >= lock["minRetentionDays"]
    assert "copyActions" not in rule
    selection = one(graph, "backup/selection:Selection").inputs
    assert selection["selectionTags"] == [{"type": "STRINGEQUALS", "key": "backup", "value": "daily"}]


def test_aurora_is_opted_in_before_anything_is_selected_by_tag():
    graph = backed_up()
    region = one(graph, "backup/regionSettings:RegionSettings")
    assert region.inputs["resourceTypeOptInPreference"] == {"Aurora": True}
    assert region.urn in one(graph, "backup/selection:Selection").dependencies


def test_without_a_lock_it_can_be_taken_down():
    graph = backed_up(lock_after_days=None, keep=False)
    assert graph.of_type("aws:backup/vaultLockConfiguration:VaultLockConfiguration") == ()
    vault = one(graph, "backup/vault:Vault")
    assert not vault.options.protect
    assert vault.inputs["forceDestroy"] is True


def test_copies_go_to_a_vault_with_a_key_of_the_second_region():
    graph = backed_up(copy_to="eu-central-1", retention_days=90)
    there = one(graph, "backup/vault:Vault", "backup-copy-vault")
    key = one(graph, "kms/key:Key")
    assert there.inputs["region"] == key.inputs["region"] == "eu-central-1"
    assert there.inputs["kmsKeyArn"] == key.outputs["arn"]
    policy = {item["Sid"]: item for item in json.loads(key.inputs["policy"])["Statement"]}
    assert {"kms:CreateGrant", "kms:RetireGrant"} <= set(policy["UseThroughBackup"]["Action"])
    through = policy["UseThroughBackup"]["Condition"]["StringEquals"]["kms:ViaService"]
    assert through == ["backup.eu-central-1.amazonaws.com", "rds.eu-central-1.amazonaws.com"]
    (rule,) = one(graph, "backup/plan:Plan").inputs["rules"]
    assert rule["copyActions"] == [{"destinationVaultArn": there.outputs["arn"], "lifecycle": {"deleteAfter": 90}}]
    assert len(graph.of_type("aws:backup/vaultLockConfiguration:VaultLockConfiguration")) == 2


def test_the_database_is_tagged_for_it(production: Graph):
    assert one(production, "rds/cluster:Cluster").inputs["tags"]["backup"] == "daily"


def budgeted(**more: Any) -> Graph:
    def make(account: Account) -> None:
        alerts = Alerts("alerts", AlertsArgs(account=account, key=KEY))
        tags = {"project": "shop", "environment": "test"}
        told = BudgetArgs(tags=tags, topic=alerts.operations, admissions=alerts.admissions, monthly=1000, **more)
        Budget("budget", told)

    return build(make)


def test_a_month_is_told_before_it_is_over():
    graph = budgeted()
    budget = one(graph, "budgets/budget:Budget").inputs
    assert (budget["timeUnit"], budget["limitAmount"], budget["limitUnit"]) == ("MONTHLY", "1000.00", "USD")
    told = {(item["notificationType"], item["threshold"]) for item in budget["notifications"]}
    assert told == {("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)}
    topic = one(graph, "sns/topic:Topic", "alerts-operations").outputs["arn"]
    assert all(item["subscriberSnsTopicArns"] == [topic] for item in budget["notifications"])
    # This stack's cost alone: both tags, not one of them.
    assert budget["filterExpression"]["ands"] == [
        {"tags": {"key": "project", "values": ["shop"]}},
        {"tags": {"key": "environment", "values": ["test"]}},
    ]
    assert graph.of_type("aws:costexplorer/anomalyMonitor:AnomalyMonitor") == ()


def test_the_launch_s_day_has_its_own():
    graph = budgeted(launch_day=200, launch=date(2027, 3, 20))
    day = one(graph, "budgets/budget:Budget", "budget-launch-day").inputs
    assert day["timeUnit"] == "DAILY"
    assert (day["timePeriodStart"], day["timePeriodEnd"]) == ("2027-03-20_00:00", "2027-03-21_00:00")
    # AWS Budgets forecasts months and quarters, no days.
    assert {item["notificationType"] for item in day["notifications"]} == {"ACTUAL"}
    assert len(budgeted(launch_day=200).of_type(BUDGET)) == 1


def test_anomalies_and_columns_of_the_bill_are_options():
    graph = budgeted(anomalies=True, anomaly_from=50, activate_tags=("project", "owner"))
    monitor = one(graph, "costexplorer/anomalyMonitor:AnomalyMonitor")
    assert json.loads(monitor.inputs["monitorSpecification"]) == {"Tags": {"Key": "project", "Values": ["shop"]}}
    subscribed = one(graph, "costexplorer/anomalySubscription:AnomalySubscription")
    # Cost Explorer refuses a topic that it may not publish to.
    assert one(graph, "sns/topicPolicy:TopicPolicy", "alerts-operations-policy").urn in subscribed.dependencies
    subscription = subscribed.inputs
    assert subscription["monitorArnLists"] == [monitor.outputs["arn"]]
    assert subscription["thresholdExpression"]["dimension"]["values"] == ["50"]
    tags = graph.of_type("aws:costexplorer/costAllocationTag:CostAllocationTag")
    assert {item.inputs["tagKey"] for item in tags} == {"project", "owner"}


@given(st.dates(date(2000, 1, 1), date(9998, 12, 31)))
def test_a_day_is_from_midnight_to_midnight(day: date):
    start, end = (date.fromisoformat(moment.removesuffix("_00:00")) for moment in launch_window(day))
    assert start == day
    assert (end - start).days == 1


def test_production_has_both_for_the_plan_s_day(production: Graph):
    made = {item.name: item.inputs for item in production.of_type(BUDGET)}
    assert made.keys() == {"shop-production-budget-monthly", "shop-production-budget-launch-day"}
    assert made["shop-production-budget-launch-day"]["timePeriodStart"] == "2027-03-20_00:00"
