"""Database and Cache, as the production stack makes them, and as others may."""

from __future__ import annotations

import json

import pytest

from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from tests.infra.conftest import one


def test_aurora_fails_over_to_another_zone(production: Graph):
    instances = production.of_type("aws:rds/clusterInstance:ClusterInstance")
    assert len(instances) == 2
    assert len({item.inputs["availabilityZone"] for item in instances}) == 2
    for item in instances:
        assert item.inputs["instanceClass"] == "db.serverless"
        assert not item.inputs["publiclyAccessible"]
        assert item.inputs["autoMinorVersionUpgrade"]


def test_nobody_types_the_database_s_password(production: Graph):
    cluster = one(production, "rds/cluster:Cluster")
    assert cluster.inputs["manageMasterUserPassword"]
    assert "masterPassword" not in cluster.inputs
    assert cluster.inputs["masterUsername"] not in {"admin", "postgres"}
    assert cluster.inputs["iamDatabaseAuthenticationEnabled"]


def test_the_database_is_encrypted_backed_up_and_logged(production: Graph):
    inputs = one(production, "rds/cluster:Cluster").inputs
    assert inputs["storageEncrypted"]
    assert inputs["kmsKeyId"] == inputs["masterUserSecretKmsKeyId"]
    assert inputs["deletionProtection"]
    assert not inputs["skipFinalSnapshot"]
    assert inputs["backupRetentionPeriod"] >= 7
    assert inputs["enabledCloudwatchLogsExports"] == ["postgresql"]
    assert inputs["serverlessv2ScalingConfiguration"] == {"minCapacity": 2, "maxCapacity": 32}


def test_the_database_takes_tls_only(production: Graph):
    cluster = one(production, "rds/cluster:Cluster")
    (parameters,) = production.sources(cluster, "dbClusterParameterGroupName")
    assert {"name": "rds.force_ssl", "value": "1"} in parameters.inputs["parameters"]


def test_only_tasks_reach_the_data_tier(production: Graph):
    for kind, port in (("rds/cluster:Cluster", 5432), ("elasticache/replicationGroup:ReplicationGroup", 6379)):
        store = one(production, kind)
        key = "vpcSecurityGroupIds" if "vpcSecurityGroupIds" in store.inputs else "securityGroupIds"
        (group,) = production.sources(store, key)
        rules = [
            item
            for item in production.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
            if production.sources(item, "securityGroupId") == (group,)
        ]
        assert len(rules) == 2
        for rule in rules:
            assert "cidrIpv4" not in rule.inputs
            assert (rule.inputs["fromPort"], rule.inputs["toPort"]) == (port, port)
            assert rule.inputs["description"]


def test_the_cache_is_encrypted_and_fails_over(production: Graph):
    inputs = one(production, "elasticache/replicationGroup:ReplicationGroup").inputs
    assert inputs["engine"] == "valkey"
    assert inputs["transitEncryptionEnabled"]
    assert inputs["transitEncryptionMode"] == "required"
    assert inputs["atRestEncryptionEnabled"]
    assert inputs["automaticFailoverEnabled"]
    assert inputs["multiAzEnabled"]
    assert inputs["numCacheClusters"] == 3


def test_a_local_stack_can_be_thrown_away(local: Graph):
    inputs = one(local, "rds/cluster:Cluster").inputs
    assert inputs["skipFinalSnapshot"]
    assert not inputs["deletionProtection"]


def test_the_database_is_watched_and_its_password_is_changed(production: Graph, rich: Graph):
    for graph, interval in ((production, 60), (rich, 30)):
        for item in graph.of_type("aws:rds/clusterInstance:ClusterInstance"):
            assert item.inputs["performanceInsightsEnabled"]
            assert item.inputs["monitoringInterval"] == interval
            (role,) = graph.sources(item, "monitoringRoleArn")
            assert "monitoring.rds.amazonaws.com" in role.inputs["assumeRolePolicy"]
    rotation = one(rich, "secretsmanager/secretRotation:SecretRotation")
    assert rotation.inputs["rotationRules"] == {"automaticallyAfterDays": 30}
    assert rich.sources(rotation, "secretId") == (one(rich, "rds/cluster:Cluster"),)
    assert production.of_type("aws:secretsmanager/secretRotation:SecretRotation") == ()  # RDS does, every 7 days


def test_a_database_without_readings_has_no_role_for_them(project: Project):
    graph = run_program(project, "local", overrides={"database.monitoring_interval": 0})
    (instance,) = graph.of_type("aws:rds/clusterInstance:ClusterInstance")
    assert instance.inputs["monitoringInterval"] == 0
    assert "monitoringRoleArn" not in instance.inputs


def test_tasks_reach_the_database_through_its_proxy(rich: Graph, production: Graph):
    proxy = one(rich, "rds/proxy:Proxy")
    assert proxy.inputs["requireTls"]
    assert proxy.inputs["auths"][0]["authScheme"] == "SECRETS"
    assert rich.exports["surgeproof"]["database"]["endpoint"] == proxy.outputs["endpoint"]
    assert rich.sources(one(rich, "rds/proxyTarget:ProxyTarget"), "dbClusterIdentifier")
    assert rich.sources(proxy, "vpcSecurityGroupIds") == rich.sources(
        one(rich, "rds/cluster:Cluster"), "vpcSecurityGroupIds"
    )
    assert production.of_type("aws:rds/proxy:Proxy") == ()


def test_the_cache_asks_who_connects(production: Graph):
    cache = one(production, "elasticache/replicationGroup:ReplicationGroup")
    (group,) = production.sources(cache, "userGroupIds")
    (user,) = production.sources(group, "userIds")
    assert (group.inputs["engine"], user.inputs["engine"]) == ("valkey", "valkey")
    assert user.inputs["userName"] == user.inputs["userId"] != "default"  # IAM asks for the same
    assert user.inputs["authenticationMode"] == {"type": "iam"}
    assert "-@dangerous" in user.inputs["accessString"]
    assert not user.inputs.get("noPasswordRequired")
    assert len(group.inputs["userIds"]) == 1


@pytest.mark.parametrize("service", ["storefront", "orders"])
def test_a_task_logs_in_to_this_cache_as_this_user_alone(production: Graph, service: str):
    name = f"shop-production-{service}-roles-task-policy"
    policy = json.loads(one(production, "iam/rolePolicy:RolePolicy", name).inputs["policy"])
    (login,) = [item for item in policy["Statement"] if item["Sid"] == "LogInToCache"]
    assert login["Action"] == ["elasticache:Connect"]
    assert set(login["Resource"]) == {
        one(production, f"elasticache/{kind}").outputs["arn"]
        for kind in ("replicationGroup:ReplicationGroup", "user:User")
    }
