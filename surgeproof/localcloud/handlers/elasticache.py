"""ElastiCache: replication groups, subnet and parameter groups, users."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Change, Describe
from surgeproof.localcloud.handlers.recorded import Recorded


@handles("aws:elasticache/subnetGroup:SubnetGroup")
class SubnetGroup(Handler):
    """The subnets of a cache."""

    calls = (
        "elasticache.create_cache_subnet_group",
        "elasticache.describe_cache_subnet_groups",
        "elasticache.modify_cache_subnet_group",
        "elasticache.delete_cache_subnet_group",
    )
    name_prop = "name"
    name_length = 255
    defaults: ClassVar = {"description": "Managed by Pulumi"}
    renamed: ClassVar = {"name": "CacheSubnetGroupName", "description": "CacheSubnetGroupDescription"}
    replace_on = frozenset({"name", "region"})
    computed = ("arn", "vpcId")
    kept = "extended"
    note = "It changes and goes, which moto does not let it."
    change = Change("elasticache.modify_cache_subnet_group", "CacheSubnetGroupName")
    describe = Describe(
        "elasticache.describe_cache_subnet_groups",
        "CacheSubnetGroupName",
        "CacheSubnetGroups",
        outputs={"vpcId": "VpcId"},
    )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        made = self.send(account, inputs)["CacheSubnetGroup"]
        arn = account.arn("elasticache", f"subnetgroup:{inputs['name']}", inputs)
        return inputs["name"], self.outputs(account, inputs, arn=arn, vpcId=made.get("VpcId"))

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("elasticache", existing.inputs).delete_cache_subnet_group(CacheSubnetGroupName=existing.identity)


@handles("aws:elasticache/parameterGroup:ParameterGroup")
class ParameterGroup(Recorded):
    """Parameters of a cache; moto has none."""

    calls = ("elasticache.create_cache_parameter_group",)
    name_prop = "name"
    name_length = 255
    defaults: ClassVar = {"description": "Managed by Pulumi"}
    renamed: ClassVar = {"name": "CacheParameterGroupName", "family": "CacheParameterGroupFamily"}
    elsewhere = frozenset({"parameters"})
    replace_on = frozenset({"name", "family", "region"})

    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Its name."""
        return inputs["name"], {"arn": account.arn("elasticache", f"parametergroup:{inputs['name']}", inputs)}


@handles("aws:elasticache/user:User")
class User(Handler):
    """A user of a cache."""

    kept = "extended"
    note = "It changes and goes at once."
    calls = (
        "elasticache.create_user",
        "elasticache.describe_users",
        "elasticache.modify_user",
        "elasticache.delete_user",
    )
    change = Change("elasticache.modify_user", "UserId")
    elsewhere = frozenset({"passwordsWoVersion"})
    replace_on = frozenset({"userId", "userName", "region"})
    describe = Describe("elasticache.describe_users", "UserId", "Users", gone={"Status": ("deleting",)})
    unread = frozenset({"passwords", "authenticationMode"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        return inputs["userId"], self.outputs(account, inputs, arn=self.send(account, inputs)["ARN"])

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("elasticache", existing.inputs).delete_user(UserId=existing.identity)


@handles("aws:elasticache/userGroup:UserGroup")
class UserGroup(Recorded):
    """A group of users of a cache; moto has none."""

    calls = ("elasticache.create_user_group",)
    replace_on = frozenset({"userGroupId", "engine", "region"})

    def identify(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Its id is the program's own."""
        identity = inputs["userGroupId"]
        return identity, {"arn": account.arn("elasticache", f"usergroup:{identity}", inputs)}


@handles("aws:elasticache/replicationGroup:ReplicationGroup")
class ReplicationGroup(Handler):
    """A replication group. Its host names are those that AWS gives to groups that are encrypted on the way."""

    kept = "extended"
    note = "moto's host names differ from AWS's; the outputs carry AWS's."
    calls = (
        "elasticache.create_replication_group",
        "elasticache.describe_replication_groups",
        "elasticache.modify_replication_group",
        "elasticache.delete_replication_group",
    )
    name_prop = "replicationGroupId"
    name_length = 40
    defaults: ClassVar = {"autoMinorVersionUpgrade": True}
    renamed: ClassVar = {
        "description": "ReplicationGroupDescription",
        "nodeType": "CacheNodeType",
        "parameterGroupName": "CacheParameterGroupName",
        "subnetGroupName": "CacheSubnetGroupName",
        "maintenanceWindow": "PreferredMaintenanceWindow",
        "preferredCacheClusterAzs": "PreferredCacheClusterAZs",
        "multiAzEnabled": "MultiAZEnabled",
        "securityGroupNames": "CacheSecurityGroupNames",
        "nodeGroupConfigurations": "NodeGroupConfiguration",
    }
    elsewhere = frozenset({"applyImmediately", "finalSnapshotIdentifier", "authTokenUpdateStrategy"})
    local = frozenset({"applyImmediately", "finalSnapshotIdentifier", "authTokenUpdateStrategy"})
    replace_on = frozenset(
        {
            "replicationGroupId", "engine", "subnetGroupName", "atRestEncryptionEnabled", "kmsKeyId", "port", "dataTieringEnabled",
            "globalReplicationGroupId", "preferredCacheClusterAzs", "securityGroupNames", "snapshotArns", "snapshotName",
            "region",
        }
    )  # fmt: skip
    describe = Describe(
        "elasticache.describe_replication_groups",
        "ReplicationGroupId",
        "ReplicationGroups",
        gone={"Status": ("deleting",)},
    )
    change = Change("elasticache.modify_replication_group", "ReplicationGroupId", more={"ApplyImmediately": True})
    # AWS tells the description and switches under names of its own.
    unread = frozenset({"description", "authToken", "engineVersion", "securityGroupIds", "nodeType", "multiAzEnabled"})
    computed = ("arn", "primaryEndpointAddress", "readerEndpointAddress", "memberClusters")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        made = self.send(account, inputs)["ReplicationGroup"]
        identity = inputs["replicationGroupId"]
        arn = made.get("ARN") or account.arn("elasticache", f"replicationgroup:{identity}", inputs)
        # ElastiCache User Guide, 'Finding connection endpoints': master.<group>.<six characters>.<region short>.cache...
        domain = f"{identity}.surge1.{_short(account.region_of(inputs))}.cache.amazonaws.com"
        several = inputs.get("numNodeGroups", 1) > 1
        ends = (
            {"configurationEndpointAddress": f"clustercfg.{domain}"}
            if several
            else {"primaryEndpointAddress": f"master.{domain}", "readerEndpointAddress": f"replica.{domain}"}
        )
        return identity, self.outputs(
            account,
            inputs,
            arn=arn,
            port=inputs.get("port", 6379),
            clusterEnabled=several,
            memberClusters=made.get("MemberClusters") or [],
            engineVersionActual=inputs.get("engineVersion"),
            **ends,
        )

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("elasticache", existing.inputs).delete_replication_group(ReplicationGroupId=existing.identity)


def _short(region: str) -> str:
    """``eu-west-3`` as ``euw3``, as ElastiCache writes it in host names."""
    continent, direction, number = region.split("-")[-3:]
    return f"{continent}{direction[0]}{number}"
