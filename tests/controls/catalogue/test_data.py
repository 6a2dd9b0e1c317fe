"""Databases, caches, tables and streams: the triples."""

from __future__ import annotations

from typing import Any

import pytest

from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, KEY, changed, internet_route, made, subnet, verdicts
from tests.controls.triples import triple

PARAMETERS = made(
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    "parameters",
    {"parameters": [{"name": "rds.force_ssl", "value": "1"}]},
)
SUBNETS = [subnet("data-a", "a"), subnet("data-b", "b")]
CLUSTER = made(
    "aws:rds/cluster:Cluster",
    "db",
    {
        "engine": "aurora-postgresql",
        "storageEncrypted": True,
        "deletionProtection": True,
        "skipFinalSnapshot": False,
        "backupRetentionPeriod": 7,
        "copyTagsToSnapshot": True,
        "enabledCloudwatchLogsExports": ["postgresql"],
        "iamDatabaseAuthenticationEnabled": True,
        "masterUsername": "shop_owner",
        "manageMasterUserPassword": True,
    },
    kmsKeyId=KEY,
    dbClusterParameterGroupName=PARAMETERS,
)


def _member(name: str, zone: str, **inputs: Any) -> Resource:
    return made(
        "aws:rds/clusterInstance:ClusterInstance",
        name,
        {"availabilityZone": zone, "publiclyAccessible": False, **inputs},
        clusterIdentifier=CLUSTER,
    )


MEMBERS = [_member("db-0", "a"), _member("db-1", "b")]
DATABASE_BREAKS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("RDS-01", {"storageEncrypted": False}, ()),
    ("RDS-01", {}, ("kmsKeyId",)),
    ("RDS-01", {"kmsKeyId": "alias/aws/rds"}, ()),
    ("RDS-04", {"deletionProtection": False}, ()),
    ("RDS-04", {"skipFinalSnapshot": True}, ()),
    ("RDS-04", {"backupRetentionPeriod": 6}, ()),
    ("RDS-04", {"tags": {"pci-scope": "cde"}}, ()),
    ("RDS-04", {}, ("copyTagsToSnapshot",)),
    ("RDS-05", {"enabledCloudwatchLogsExports": []}, ()),
    ("RDS-05", {"engine": "aurora-mysql"}, ()),
    ("RDS-06", {}, ("iamDatabaseAuthenticationEnabled",)),
    ("RDS-06", {"masterUsername": "postgres"}, ()),
    ("RDS-06", {"masterUsername": "Admin"}, ()),
    ("RDS-07", {"masterPassword": "x"}, ()),
    ("RDS-07", {}, ("manageMasterUserPassword",)),
    ("RDS-08", {}, ("dbClusterParameterGroupName",)),
]


@pytest.mark.parametrize(("control", "inputs", "without"), DATABASE_BREAKS)
def test_database(control: str, inputs: dict[str, Any], without: tuple[str, ...]) -> None:
    """RDS-01, 04 to 08: one edit breaks each."""
    good = [KEY, PARAMETERS, CLUSTER, *MEMBERS]
    triple(control, none=[BYSTANDER], good=good, bad=[KEY, PARAMETERS, changed(CLUSTER, *without, **inputs)])


def test_database_in_preview() -> None:
    """What is known only later is unknown; a key that is known only later is still a key."""
    assert verdicts("RDS-04", changed(CLUSTER, deletionProtection=UNKNOWN_MARK)) == {"unknown"}
    linked = CLUSTER.model_copy(update={"inputs": {**CLUSTER.inputs, "kmsKeyId": UNKNOWN_MARK}})
    assert verdicts("RDS-01", KEY, linked) == {"pass"}
    assert verdicts("RDS-05", changed(CLUSTER, enabledCloudwatchLogsExports=UNKNOWN_MARK)) == {"unknown"}


def test_instances() -> None:
    """RDS-02 and RDS-09."""
    for control, bad in (("RDS-02", {"publiclyAccessible": True}), ("RDS-09", {"autoMinorVersionUpgrade": False})):
        triple(control, none=[BYSTANDER], good=MEMBERS, bad=[changed(MEMBERS[0], **bad)])
    assert verdicts("RDS-02", changed(MEMBERS[0], "publiclyAccessible")) == {"fail"}


def test_zones() -> None:
    """RDS-03."""
    triple("RDS-03", none=[BYSTANDER], good=[CLUSTER, *MEMBERS], bad=[CLUSTER, MEMBERS[0]])
    triple("RDS-03", none=[], good=[CLUSTER, *MEMBERS], bad=[CLUSTER, MEMBERS[0], _member("db-1", "a")])
    single = made("aws:rds/instance:Instance", "one", {"multiAz": True})
    triple("RDS-03", none=[], good=[single], bad=[changed(single, multiAz=False)])


def test_tls_parameter() -> None:
    """RDS-08 reads the parameter group."""
    off = changed(PARAMETERS, parameters=[{"name": "rds.force_ssl", "value": "0"}])
    triple("RDS-08", none=[BYSTANDER], good=[PARAMETERS, CLUSTER], bad=[off, CLUSTER])


def test_database_subnets() -> None:
    """RDS-10."""
    group = made("aws:rds/subnetGroup:SubnetGroup", "subnets", subnetIds=SUBNETS)
    triple("RDS-10", none=[BYSTANDER], good=[*SUBNETS, group], bad=[*SUBNETS, group, *internet_route(SUBNETS[0])])
    assert verdicts("RDS-10", changed(group, subnetIds=["subnet-elsewhere"])) == {"unknown"}


CACHE_SUBNETS = made("aws:elasticache/subnetGroup:SubnetGroup", "cache-subnets", subnetIds=SUBNETS)
CACHE = made(
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "cache",
    {
        "atRestEncryptionEnabled": True,
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "userGroupIds": ["shop"],
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "numCacheClusters": 2,
        "snapshotRetentionLimit": 1,
    },
    kmsKeyId=KEY,
    subnetGroupName=CACHE_SUBNETS,
)
CACHE_BREAKS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    ("EC-01", {"atRestEncryptionEnabled": False}, ()),
    ("EC-01", {}, ("kmsKeyId",)),
    ("EC-02", {"transitEncryptionEnabled": False}, ()),
    ("EC-02", {"transitEncryptionMode": "preferred"}, ()),
    ("EC-03", {}, ("userGroupIds",)),
    ("EC-03", {"authToken": "typed"}, ("userGroupIds",)),
    ("EC-04", {"automaticFailoverEnabled": False}, ()),
    ("EC-04", {"multiAzEnabled": False}, ()),
    ("EC-04", {"numCacheClusters": 1}, ()),
    ("EC-04", {"replicasPerNodeGroup": 0}, ()),
    ("EC-04", {"snapshotRetentionLimit": 0}, ()),
    ("EC-05", {"autoMinorVersionUpgrade": False}, ()),
    ("EC-05", {}, ("subnetGroupName",)),
]


def test_cache_users() -> None:
    """EC-03: a user of the group who needs no password, and may do something."""
    user = made(
        "aws:elasticache/user:User", "u", {"accessString": "on ~* +@all", "authenticationMode": {"type": "iam"}}
    )
    users = made("aws:elasticache/userGroup:UserGroup", "g", userIds=user)
    cache = made("aws:elasticache/replicationGroup:ReplicationGroup", "c", userGroupIds=users)
    free = changed(user, noPasswordRequired=True)
    off = changed(free, accessString="off ~* -@all")
    triple("EC-03", none=[BYSTANDER], good=[user, users, cache], bad=[free, users, cache])
    assert verdicts("EC-03", off, users, cache) == {"pass"}


@pytest.mark.parametrize(("control", "inputs", "without"), CACHE_BREAKS)
def test_cache(control: str, inputs: dict[str, Any], without: tuple[str, ...]) -> None:
    """EC-01 to EC-05: one edit breaks each."""
    member = made("aws:elasticache/cluster:Cluster", "node", {"replicationGroupId": "cache"})
    place = [KEY, *SUBNETS, CACHE_SUBNETS]
    triple(control, none=[member], good=[*place, CACHE], bad=[*place, changed(CACHE, *without, **inputs)])


def test_cache_in_public_subnets() -> None:
    """EC-05, by routes."""
    place = [KEY, *SUBNETS, CACHE_SUBNETS, CACHE]
    triple("EC-05", none=[], good=place, bad=[*place, *internet_route(SUBNETS[1])])
    assert verdicts("EC-05", changed(CACHE, subnetGroupName="of another program")) == {"unknown"}


def test_ephemeral_cache() -> None:
    """EC-04 asks no snapshots of a cache that says that it is ephemeral."""
    assert verdicts("EC-04", changed(CACHE, tags={"ephemeral": "true"}, snapshotRetentionLimit=0)) == {"pass"}


TABLE = made(
    "aws:dynamodb/table:Table",
    "table",
    {
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": "arn:key"},
        "pointInTimeRecovery": {"enabled": True},
        "deletionProtectionEnabled": True,
    },
)
STREAM = made("aws:kinesis/stream:Stream", "s", {"encryptionType": "KMS", "retentionPeriod": 24}, kmsKeyId=KEY)
DELIVERY = made(
    "aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    "f",
    {
        "serverSideEncryption": {"enabled": True, "keyArn": "arn:key"},
        "extendedS3Configuration": {"cloudwatchLoggingOptions": {"enabled": True}},
    },
)


@pytest.mark.parametrize(
    ("control", "given", "inputs"),
    [
        ("DDB-01", TABLE, {"serverSideEncryption": {"enabled": False}}),
        ("DDB-01", TABLE, {"serverSideEncryption": {"enabled": True}}),
        ("DDB-01", TABLE, {"replicas": [{"regionName": "eu-west-2"}]}),
        ("DDB-02", TABLE, {"pointInTimeRecovery": {"enabled": False}}),
        ("DDB-02", TABLE, {"deletionProtectionEnabled": False}),
        ("KIN-01", STREAM, {"encryptionType": "NONE"}),
        ("KIN-01", STREAM, {"kmsKeyId": "alias/aws/kinesis"}),
        ("KIN-01", STREAM, {"retentionPeriod": 169}),
        ("KIN-02", DELIVERY, {"serverSideEncryption": {"enabled": True}}),
        ("KIN-02", DELIVERY, {"extendedS3Configuration": {"bucketArn": "arn:bucket"}}),
    ],
)
def test_tables_and_streams(control: str, given: Resource, inputs: dict[str, Any]) -> None:
    """DDB and KIN: one edit breaks each."""
    triple(control, none=[BYSTANDER], good=[KEY, given], bad=[KEY, changed(given, **inputs)])
