"""Aurora: clusters, instances, subnet groups and parameter groups."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Change, Describe


@handles("aws:rds/subnetGroup:SubnetGroup")
class SubnetGroup(Handler):
    """The subnets of a database."""

    kept = "extended"
    note = "One that is modified stays, which moto does not let it."
    calls = (
        "rds.create_db_subnet_group",
        "rds.describe_db_subnet_groups",
        "rds.modify_db_subnet_group",
        "rds.delete_db_subnet_group",
    )
    describe = Describe(
        "rds.describe_db_subnet_groups", "DBSubnetGroupName", "DBSubnetGroups", outputs={"vpcId": "VpcId"}
    )
    change = Change("rds.modify_db_subnet_group", "DBSubnetGroupName", always=("subnetIds",))
    name_prop = "name"
    name_length = 255
    defaults: ClassVar = {"description": "Managed by Pulumi"}
    renamed: ClassVar = {"name": "DBSubnetGroupName", "description": "DBSubnetGroupDescription"}
    replace_on = frozenset({"name", "region"})
    computed = ("arn", "vpcId")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        made = self.send(account, inputs)["DBSubnetGroup"]
        arn = account.arn("rds", f"subgrp:{inputs['name']}", inputs)
        return inputs["name"], self.outputs(account, inputs, arn=arn, vpcId=made.get("VpcId"))

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("rds", existing.inputs).delete_db_subnet_group(DBSubnetGroupName=existing.identity)


@handles("aws:rds/clusterParameterGroup:ClusterParameterGroup")
class ClusterParameterGroup(Handler):
    """Parameters of a cluster."""

    calls = (
        "rds.create_db_cluster_parameter_group",
        "rds.modify_db_cluster_parameter_group",
        "rds.describe_db_cluster_parameter_groups",
        "rds.delete_db_cluster_parameter_group",
    )
    name_prop = "name"
    name_length = 255
    defaults: ClassVar = {"description": "Managed by Pulumi"}
    renamed: ClassVar = {
        "name": "DBClusterParameterGroupName",
        "family": "DBParameterGroupFamily",
    }
    elsewhere = frozenset({"parameters"})
    replace_on = frozenset({"name", "family", "description", "region"})
    describe = Describe(
        "rds.describe_db_cluster_parameter_groups", "DBClusterParameterGroupName", "DBClusterParameterGroups"
    )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it and set its parameters."""
        self.send(account, inputs)
        self._set(account, inputs)
        arn = account.arn("rds", f"cluster-pg:{inputs['name']}", inputs)
        return inputs["name"], self.outputs(account, inputs, arn=arn)

    def _set(self, account: Account, inputs: Inputs) -> None:
        parameters = [
            {
                "ParameterName": parameter["name"],
                "ParameterValue": str(parameter["value"]),
                "ApplyMethod": parameter.get("applyMethod", "immediate"),
            }
            for parameter in inputs.get("parameters") or []
        ]
        if parameters:
            account.client("rds", inputs).modify_db_cluster_parameter_group(
                DBClusterParameterGroupName=inputs["name"], Parameters=parameters
            )

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Set its parameters anew."""
        self._set(account, inputs)
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("rds", existing.inputs).delete_db_cluster_parameter_group(
            DBClusterParameterGroupName=existing.identity
        )


@handles("aws:rds/cluster:Cluster")
class Cluster(Handler):
    """An Aurora cluster; with a managed password, its secret lies in the embedded Secrets Manager."""

    kept = "extended"
    note = "The managed secret carries the cluster's own master user and a password of its own."
    calls = ("rds.create_db_cluster", "rds.describe_db_clusters", "rds.modify_db_cluster", "rds.delete_db_cluster")
    name_prop = "clusterIdentifier"
    name_length = 63
    defaults: ClassVar = {"engineMode": "provisioned", "backupRetentionPeriod": 1, "skipFinalSnapshot": False}
    renamed: ClassVar = {
        "clusterIdentifier": "DBClusterIdentifier",
        "masterPassword": "MasterUserPassword",
        "enabledCloudwatchLogsExports": "EnableCloudwatchLogsExports",
        "serverlessv2ScalingConfiguration": "ServerlessV2ScalingConfiguration",
        "iamDatabaseAuthenticationEnabled": "EnableIAMDatabaseAuthentication",
        "performanceInsightsEnabled": "EnablePerformanceInsights",
        "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    }
    elsewhere = frozenset(
        {
            "skipFinalSnapshot", "finalSnapshotIdentifier", "applyImmediately", "allowMajorVersionUpgrade",
            "deleteAutomatedBackups", "iamRoles", "clusterMembers", "dbInstanceParameterGroupName",
        }
    )  # fmt: skip
    local = frozenset(
        {"skipFinalSnapshot", "finalSnapshotIdentifier", "applyImmediately", "deleteAutomatedBackups", "clusterMembers"}
    )
    replace_on = frozenset(
        {
            "clusterIdentifier", "engine", "masterUsername", "databaseName", "kmsKeyId", "storageEncrypted", "dbSubnetGroupName",
            "availabilityZones", "sourceRegion", "snapshotIdentifier", "engineMode", "dbSystemId",
            "clusterScalabilityType", "publiclyAccessible", "region",
        }
    )  # fmt: skip
    describe = Describe(
        "rds.describe_db_clusters",
        "DBClusterIdentifier",
        "DBClusters",
        gone={"Status": ("deleting",)},
        outputs={
            "arn": "DBClusterArn",
            "endpoint": "Endpoint",
            "readerEndpoint": "ReaderEndpoint",
            "clusterResourceId": "DbClusterResourceId",
        },
    )
    change = Change(
        "rds.modify_db_cluster",
        "DBClusterIdentifier",
        renamed={"dbClusterParameterGroupName": "DBClusterParameterGroupName"},
        more={"ApplyImmediately": True},
    )
    # AWS tells these under other names, or as what they have become.
    unread = frozenset(
        {"vpcSecurityGroupIds", "dbSubnetGroupName", "availabilityZones", "engineVersion", "manageMasterUserPassword"}
    )
    computed = ("arn", "endpoint", "readerEndpoint", "clusterResourceId", "masterUserSecrets")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        made = self.send(account, inputs)["DBCluster"]
        secret = made.get("MasterUserSecret")
        secrets = (
            [
                {
                    "secretArn": secret["SecretArn"],
                    "secretStatus": secret.get("SecretStatus", "active"),
                    "kmsKeyId": secret.get("KmsKeyId", ""),
                }
            ]
            if secret
            else []
        )
        return inputs["clusterIdentifier"], self.outputs(
            account,
            inputs,
            arn=made["DBClusterArn"],
            endpoint=made["Endpoint"],
            readerEndpoint=made["ReaderEndpoint"],
            port=made.get("Port") or inputs.get("port"),
            clusterResourceId=made["DbClusterResourceId"],
            engineVersion=inputs.get("engineVersion") or made.get("EngineVersion"),
            engineVersionActual=made.get("EngineVersion"),
            hostedZoneId=made.get("HostedZoneId"),
            masterUserSecrets=secrets,
        )

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it, with the last snapshot that the program asks for."""
        last = existing.inputs.get("finalSnapshotIdentifier")
        snapshot = {"SkipFinalSnapshot": True} if existing.inputs.get("skipFinalSnapshot") or not last else {}
        if not snapshot:
            snapshot = {"FinalDBSnapshotIdentifier": last}
        account.client("rds", existing.inputs).delete_db_cluster(DBClusterIdentifier=existing.identity, **snapshot)

    def unprotect(self, account: Account, existing: Existing) -> None:
        """Turn its deletion protection off."""
        account.client("rds", existing.inputs).modify_db_cluster(
            DBClusterIdentifier=existing.identity, DeletionProtection=False, ApplyImmediately=True
        )


@handles("aws:rds/clusterInstance:ClusterInstance")
class ClusterInstance(Handler):
    """A writer or reader of a cluster."""

    calls = ("rds.create_db_instance", "rds.describe_db_instances", "rds.modify_db_instance", "rds.delete_db_instance")
    name_prop = "identifier"
    name_length = 63
    renamed: ClassVar = {
        "identifier": "DBInstanceIdentifier",
        "clusterIdentifier": "DBClusterIdentifier",
        "instanceClass": "DBInstanceClass",
        "caCertIdentifier": "CACertificateIdentifier",
        "performanceInsightsEnabled": "EnablePerformanceInsights",
        "performanceInsightsKmsKeyId": "PerformanceInsightsKMSKeyId",
    }
    elsewhere = frozenset({"applyImmediately", "forceDestroy", "engineVersionActual"})
    local = frozenset({"applyImmediately", "forceDestroy"})
    replace_on = frozenset(
        {
            "identifier", "clusterIdentifier", "engine", "availabilityZone", "dbSubnetGroupName", "customIamInstanceProfile",
            "performanceInsightsKmsKeyId", "region",
        }
    )  # fmt: skip
    describe = Describe(
        "rds.describe_db_instances",
        "DBInstanceIdentifier",
        "DBInstances",
        gone={"DBInstanceStatus": ("deleting",)},
        outputs={"arn": "DBInstanceArn", "endpoint": "Endpoint.Address", "dbiResourceId": "DbiResourceId"},
    )
    change = Change("rds.modify_db_instance", "DBInstanceIdentifier", more={"ApplyImmediately": True})
    unread = frozenset({"dbSubnetGroupName", "engineVersion", "performanceInsightsEnabled", "caCertIdentifier"})
    computed = ("arn", "endpoint", "dbiResourceId", "writer")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        made = self.send(account, inputs)["DBInstance"]
        return inputs["identifier"], self.outputs(
            account,
            inputs,
            arn=made["DBInstanceArn"],
            endpoint=made.get("Endpoint", {}).get("Address"),
            port=made.get("Endpoint", {}).get("Port"),
            dbiResourceId=made.get("DbiResourceId"),
            availabilityZone=inputs.get("availabilityZone") or made.get("AvailabilityZone"),
        )

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("rds", existing.inputs).delete_db_instance(
            DBInstanceIdentifier=existing.identity, SkipFinalSnapshot=True
        )
