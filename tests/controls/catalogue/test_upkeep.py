"""How stores are looked after: the triples, and windows of time."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.controls.windows import DAY, WEEK, overlap, spans
from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, KEY, changed, made, verdicts
from tests.controls.triples import triple

CLUSTER = made(
    "aws:rds/cluster:Cluster",
    "db",
    {
        "preferredBackupWindow": "02:00-03:00",
        "preferredMaintenanceWindow": "tue:03:30-tue:04:30",
        "serverlessv2ScalingConfiguration": {"minCapacity": 2, "maxCapacity": 8},
    },
)


def instance(name: str, **inputs: Any) -> Resource:
    measured = {"performanceInsightsEnabled": True, "monitoringInterval": 60, "instanceClass": "db.serverless"}
    return made(
        "aws:rds/clusterInstance:ClusterInstance",
        name,
        {**measured, **inputs},
        clusterIdentifier=CLUSTER,
        performanceInsightsKmsKeyId=KEY,
    )


WRITER, READER, LATE = instance("w", promotionTier=0), instance("r", promotionTier=1), instance("r", promotionTier=2)


@pytest.mark.parametrize(
    "change",
    [
        {"preferredBackupWindow": "04:00-05:00"},
        {"preferredBackupWindow": "nightly"},
        {"preferredMaintenanceWindow": "tue:01:00-tue:02:30"},
        {"preferredMaintenanceWindow": None},
    ],
)
def test_database_windows(change: dict[str, Any]) -> None:
    """RDS-11."""
    without = [key for key, value in change.items() if value is None]
    bad = changed(CLUSTER, *without, **{key: value for key, value in change.items() if value is not None})
    triple("RDS-11", none=[BYSTANDER], good=[CLUSTER], bad=[bad])
    assert verdicts("RDS-11", changed(CLUSTER, preferredBackupWindow=UNKNOWN_MARK)) == {"unknown"}


@pytest.mark.parametrize(
    "bad",
    [
        changed(READER, performanceInsightsEnabled=False),
        changed(READER, "performanceInsightsKmsKeyId"),
        changed(READER, monitoringInterval=0),
    ],
)
def test_database_can_be_looked_into(bad: Resource) -> None:
    """RDS-12."""
    triple("RDS-12", none=[BYSTANDER], good=[KEY, READER], bad=[KEY, bad])


def parameters(**values: str) -> Resource:
    listed = [{"name": name, "value": value} for name, value in values.items()]
    given = {"family": "aurora-postgresql17", "parameters": listed}
    return made("aws:rds/clusterParameterGroup:ClusterParameterGroup", "p", given)


WRITES = parameters(log_min_duration_statement="1000", log_connections="1")


@pytest.mark.parametrize(
    ("control", "bad"),
    [
        ("RDS-13", parameters(log_connections="1")),
        ("RDS-13", parameters(log_min_duration_statement="0")),
        ("RDS-14", parameters(log_min_duration_statement="1000")),
        ("RDS-14", parameters(log_connections="off")),
    ],
)
def test_what_is_written_down(control: str, bad: Resource) -> None:
    triple(control, none=[changed(bad, family="mysql8.0")], good=[WRITES], bad=[bad])
    assert verdicts(control, changed(WRITES, parameters=UNKNOWN_MARK)) == {"unknown"}


def test_reader_can_take_over() -> None:
    """RDS-15."""
    triple("RDS-15", none=[CLUSTER, WRITER], good=[CLUSTER, WRITER, READER], bad=[CLUSTER, WRITER, LATE])
    fixed = changed(CLUSTER, "serverlessv2ScalingConfiguration")
    assert verdicts("RDS-15", fixed, WRITER, LATE) == {"not-applicable"}
    assert verdicts("RDS-15", CLUSTER, WRITER, instance("r", promotionTier=UNKNOWN_MARK)) == {"unknown"}
    provisioned = instance("r", promotionTier=2, instanceClass="db.r8g.large")
    assert verdicts("RDS-15", CLUSTER, WRITER, provisioned) == {"not-applicable"}


@pytest.mark.parametrize(
    "capacity", [{"minCapacity": 0, "maxCapacity": 8}, {"minCapacity": 4, "maxCapacity": 6}, {"minCapacity": 2}]
)
def test_database_can_grow(capacity: dict[str, float]) -> None:
    """RDS-16."""
    fixed = changed(CLUSTER, "serverlessv2ScalingConfiguration")
    bad = changed(CLUSTER, serverlessv2ScalingConfiguration=capacity)
    triple("RDS-16", none=[fixed], good=[CLUSTER, WRITER], bad=[bad, WRITER])
    assert verdicts("RDS-16", changed(CLUSTER, serverlessv2ScalingConfiguration=UNKNOWN_MARK)) == {"unknown"}


POLICY = [{"name": "maxmemory-policy", "value": "volatile-lru"}]
GROUP = made("aws:elasticache/parameterGroup:ParameterGroup", "p", {"parameters": POLICY})
CACHE = made(
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "c",
    {"snapshotRetentionLimit": 7, "snapshotWindow": "01:00-02:00", "maintenanceWindow": "tue:04:30-tue:05:30"},
    parameterGroupName=GROUP,
)


@pytest.mark.parametrize(
    "bad",
    [
        changed(CACHE, "snapshotWindow"),
        changed(CACHE, "maintenanceWindow"),
        changed(CACHE, snapshotWindow="05:00-06:00"),
        changed(CACHE, "maintenanceWindow", snapshotRetentionLimit=0),
    ],
)
def test_cache_windows(bad: Resource) -> None:
    """EC-06."""
    member = made("aws:elasticache/cluster:Cluster", "m", {"replicationGroupId": "c"})
    triple("EC-06", none=[member], good=[CACHE], bad=[bad])


def test_carts_stay() -> None:
    """EC-07."""
    greedy = changed(GROUP, parameters=[{"name": "maxmemory-policy", "value": "allkeys-lru"}])
    fleeting = changed(CACHE, snapshotRetentionLimit=0)
    triple("EC-07", none=[fleeting, greedy], good=[CACHE, GROUP], bad=[CACHE, greedy])
    assert verdicts("EC-07", CACHE, changed(GROUP, parameters=UNKNOWN_MARK)) == {"unknown"}
    assert verdicts("EC-07", changed(CACHE, "parameterGroupName")) == {"pass"}


MINUTE = st.integers(0, WEEK - 1)
LENGTH = st.integers(1, DAY)


@given(start=MINUTE, length=LENGTH, other=MINUTE, other_length=LENGTH)
def test_spans_overlap_when_they_share_a_minute(start: int, length: int, other: int, other_length: int) -> None:
    shared = {minute % WEEK for minute in range(start, start + length)} & {
        minute % WEEK for minute in range(other, other + other_length)
    }
    one, two = (start, (start + length) % WEEK), (other, (other + other_length) % WEEK)
    assert overlap(one, two) == overlap(two, one) == bool(shared)


def test_spans_of_a_text() -> None:
    assert spans("mon:00:10-mon:01:10") == [(10, 70)]
    assert spans("23:30-00:30")[0] == (DAY - 30, DAY + 30)
    assert len(spans("02:00-03:00")) == 7
    for text in ("", "nightly", "xxx:00:00-xxx:01:00", "mon:00:00-01:00"):
        assert spans(text) == []
