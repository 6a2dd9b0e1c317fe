"""Database clusters, instances, subnet groups and parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.graph.live.account import Reading
from surgeproof.graph.live.reader import Found, reads
from surgeproof.graph.live.shape import NOT_KEPT, part_or, picked, tags, without_nothing


def _password(row: dict[str, Any]) -> dict[str, Any]:
    """Whether AWS manages the master password. If it does not, nobody can be asked where it stands."""
    secret = row.get("MasterUserSecret")
    if secret:
        return {"manageMasterUserPassword": True, **picked(secret, masterUserSecretKmsKeyId="KmsKeyId")}
    return {"masterPassword": NOT_KEPT}


@reads("aws:rds/cluster:Cluster", calls=("rds.describe_db_clusters",))
def clusters(account: Reading) -> Iterator[Found]:
    """Clusters, Aurora's and those with several zones."""
    for row in account.rows("rds.describe_db_clusters", "DBClusters"):
        name = row["DBClusterIdentifier"]
        inputs = {
            **picked(
                row,
                clusterIdentifier="DBClusterIdentifier",
                backupRetentionPeriod="BackupRetentionPeriod",
                copyTagsToSnapshot="CopyTagsToSnapshot",
                databaseName="DatabaseName",
                dbClusterParameterGroupName="DBClusterParameterGroup",
                dbSubnetGroupName="DBSubnetGroup",
                deletionProtection="DeletionProtection",
                enabledCloudwatchLogsExports="EnabledCloudwatchLogsExports",
                engine="Engine",
                engineMode="EngineMode",
                engineVersion="EngineVersion",
                iamDatabaseAuthenticationEnabled="IAMDatabaseAuthenticationEnabled",
                kmsKeyId="KmsKeyId",
                masterUsername="MasterUsername",
                port="Port",
                preferredBackupWindow="PreferredBackupWindow",
                preferredMaintenanceWindow="PreferredMaintenanceWindow",
                replicationSourceIdentifier="ReplicationSourceIdentifier",
                storageEncrypted="StorageEncrypted",
                serverlessv2ScalingConfiguration="ServerlessV2ScalingConfiguration",
            ),
            **_password(row),
            "vpcSecurityGroupIds": [item["VpcSecurityGroupId"] for item in row.get("VpcSecurityGroups", ())],
            # Whether a last snapshot is taken is said when the cluster is deleted.
            "skipFinalSnapshot": NOT_KEPT,
            "tags": tags(row.get("TagList")),
        }
        outputs = {"arn": row["DBClusterArn"], "name": name, "endpoint": row.get("Endpoint")}
        yield Found("aws:rds/cluster:Cluster", name, without_nothing(inputs), without_nothing(outputs))


@reads("aws:rds/clusterInstance:ClusterInstance", "aws:rds/instance:Instance", calls=("rds.describe_db_instances",))
def instances(account: Reading) -> Iterator[Found]:
    """Instances of clusters, and those that stand alone."""
    for row in account.rows("rds.describe_db_instances", "DBInstances"):
        name = row["DBInstanceIdentifier"]
        inputs = picked(
            row,
            identifier="DBInstanceIdentifier",
            autoMinorVersionUpgrade="AutoMinorVersionUpgrade",
            availabilityZone="AvailabilityZone",
            copyTagsToSnapshot="CopyTagsToSnapshot",
            engine="Engine",
            engineVersion="EngineVersion",
            instanceClass="DBInstanceClass",
            monitoringInterval="MonitoringInterval",
            performanceInsightsEnabled="PerformanceInsightsEnabled",
            performanceInsightsKmsKeyId="PerformanceInsightsKMSKeyId",
            promotionTier="PromotionTier",
            publiclyAccessible="PubliclyAccessible",
        )
        inputs["tags"] = tags(row.get("TagList"))
        cluster = row.get("DBClusterIdentifier")
        outputs = {"arn": row["DBInstanceArn"], "name": name}
        if cluster:
            yield Found(
                "aws:rds/clusterInstance:ClusterInstance", name, {"clusterIdentifier": cluster, **inputs}, outputs
            )
            continue
        inputs |= picked(
            row,
            backupRetentionPeriod="BackupRetentionPeriod",
            deletionProtection="DeletionProtection",
            enabledCloudwatchLogsExports="EnabledCloudwatchLogsExports",
            iamDatabaseAuthenticationEnabled="IAMDatabaseAuthenticationEnabled",
            kmsKeyId="KmsKeyId",
            masterUsername="MasterUsername",
            multiAz="MultiAZ",
            replicateSourceDb="ReadReplicaSourceDBInstanceIdentifier",
            storageEncrypted="StorageEncrypted",
        )
        inputs |= _password(row)
        inputs["skipFinalSnapshot"] = NOT_KEPT
        inputs["vpcSecurityGroupIds"] = [item["VpcSecurityGroupId"] for item in row.get("VpcSecurityGroups", ())]
        inputs["dbSubnetGroupName"] = row.get("DBSubnetGroup", {}).get("DBSubnetGroupName")
        groups = row.get("DBParameterGroups") or [{}]
        inputs["parameterGroupName"] = groups[0].get("DBParameterGroupName")
        yield Found("aws:rds/instance:Instance", name, without_nothing(inputs), outputs)


@reads("aws:rds/subnetGroup:SubnetGroup", calls=("rds.describe_db_subnet_groups", "rds.list_tags_for_resource"))
def subnet_groups(account: Reading) -> Iterator[Found]:
    """Groups of subnets that databases lie in."""
    for row in account.rows("rds.describe_db_subnet_groups", "DBSubnetGroups"):
        name = row["DBSubnetGroupName"]
        inputs = {
            "name": name,
            "description": row.get("DBSubnetGroupDescription"),
            "subnetIds": [item["SubnetIdentifier"] for item in row.get("Subnets", ())],
            "tags": _tags(account, row.get("DBSubnetGroupArn")),
        }
        yield Found(
            "aws:rds/subnetGroup:SubnetGroup",
            name,
            without_nothing(inputs),
            {"arn": row.get("DBSubnetGroupArn"), "name": name},
        )


@reads(
    "aws:rds/clusterParameterGroup:ClusterParameterGroup",
    calls=(
        "rds.describe_db_cluster_parameter_groups",
        "rds.describe_db_cluster_parameters",
        "rds.list_tags_for_resource",
    ),
)
def cluster_parameters(account: Reading) -> Iterator[Found]:
    """Parameters of clusters that somebody has set."""
    for row in account.rows("rds.describe_db_cluster_parameter_groups", "DBClusterParameterGroups"):
        name = row["DBClusterParameterGroupName"]
        if name.startswith("default."):
            continue
        found = account.rows(
            "rds.describe_db_cluster_parameters", "Parameters", DBClusterParameterGroupName=name, Source="user"
        )
        yield Found(
            "aws:rds/clusterParameterGroup:ClusterParameterGroup",
            name,
            {**_parameters(name, row, found), "tags": _tags(account, row.get("DBClusterParameterGroupArn"))},
            {"arn": row.get("DBClusterParameterGroupArn"), "name": name},
        )


@reads(
    "aws:rds/parameterGroup:ParameterGroup",
    calls=("rds.describe_db_parameter_groups", "rds.describe_db_parameters", "rds.list_tags_for_resource"),
)
def parameters(account: Reading) -> Iterator[Found]:
    """Parameters of instances that somebody has set."""
    for row in account.rows("rds.describe_db_parameter_groups", "DBParameterGroups"):
        name = row["DBParameterGroupName"]
        if name.startswith("default."):
            continue
        found = account.rows("rds.describe_db_parameters", "Parameters", DBParameterGroupName=name, Source="user")
        yield Found(
            "aws:rds/parameterGroup:ParameterGroup",
            name,
            {**_parameters(name, row, found), "tags": _tags(account, row.get("DBParameterGroupArn"))},
            {"arn": row.get("DBParameterGroupArn"), "name": name},
        )


def _tags(account: Reading, arn: str | None) -> Any:
    if arn is None:
        return {}
    answer = account.part("rds.list_tags_for_resource", ResourceName=arn)
    return part_or(answer, lambda given: tags(given.get("TagList")), {})


def _parameters(name: str, row: dict[str, Any], found: Iterator[dict[str, Any]]) -> dict[str, Any]:
    set_ones = [
        {"name": item["ParameterName"], "value": item["ParameterValue"]}
        for item in found
        # A source that is not "user" is the engine's own default.
        if item.get("ParameterValue") is not None and item.get("Source", "user") == "user"
    ]
    return {"name": name, "family": row.get("DBParameterGroupFamily"), "parameters": set_ones}
