"""RDS Proxy: the proxy, its pool and the cluster behind it."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles, is_missing

_MISSING = ("DBProxyNotFoundFault", "DBProxyNotFound")


@handles("aws:rds/proxy:Proxy")
class Proxy(Handler):
    """A proxy. A rehearsal's tasks reach the database on this machine by its name, too."""

    note = "moto changes no proxy once it is made; a change is recorded in the state alone."
    calls = ("rds.create_db_proxy", "rds.describe_db_proxies", "rds.delete_db_proxy")
    name_prop = "name"
    name_length = 63
    renamed: ClassVar = {"name": "DBProxyName", "auths": "Auth", "*.username": "UserName"}
    replace_on = frozenset({"name", "engineFamily", "vpcSubnetIds", "region"})
    computed = ("arn", "endpoint")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its name."""
        made = self.send(account, inputs)["DBProxy"]
        return inputs["name"], self._outputs(account, inputs, made)

    def _outputs(self, account: Account, inputs: Inputs, told: dict[str, Any]) -> Inputs:
        return self.outputs(account, inputs, arn=told["DBProxyArn"], endpoint=told["Endpoint"])

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Whether it demands TLS, and where it is."""
        try:
            found = account.client("rds", inputs).describe_db_proxies(DBProxyName=identity)["DBProxies"][0]
        except ClientError as error:
            if is_missing(error, *_MISSING):
                return None
            raise
        now = {**inputs, "name": identity, "engineFamily": found["EngineFamily"], "roleArn": found["RoleArn"]}
        now["requireTls"] = found["RequireTLS"]
        return now, self._outputs(account, now, found)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Checked as ModifyDBProxy would be; see the note."""
        account.request(
            "rds.modify_db_proxy",
            {**inputs, "name": existing.identity},
            renamed=self.renamed,
            leave_out=["tags", "vpcSubnetIds", "engineFamily", "vpcSecurityGroupIds"],
            type_token=self.token,
        )
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("rds", existing.inputs).delete_db_proxy(DBProxyName=existing.identity)


@handles("aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup")
class ProxyDefaultTargetGroup(Handler):
    """The pool of connections that every proxy has; it is set, and neither made nor deleted."""

    calls = ("rds.modify_db_proxy_target_group", "rds.describe_db_proxy_target_groups")
    renamed: ClassVar = {"dbProxyName": "DBProxyName"}
    replace_on = frozenset({"dbProxyName", "region"})
    computed = ("arn", "name")

    def _put(self, account: Account, inputs: Inputs) -> Inputs:
        told = self.send(account, inputs, TargetGroupName="default")["DBProxyTargetGroup"]
        return self.outputs(account, inputs, arn=told["TargetGroupArn"], name="default")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Set it; its id is the proxy's name."""
        return inputs["dbProxyName"], self._put(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its pool as it is now."""
        client = account.client("rds", inputs)
        try:
            found = client.describe_db_proxy_target_groups(DBProxyName=identity)["TargetGroups"][0]
        except ClientError as error:
            if is_missing(error, *_MISSING, "InternalFailure"):
                return None
            raise
        now = {**inputs, "dbProxyName": identity}
        return now, self.outputs(account, now, arn=found["TargetGroupArn"], name="default")

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Set it anew."""
        return {**existing.outputs, **self._put(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """It goes with its proxy."""


@handles("aws:rds/proxyTarget:ProxyTarget")
class ProxyTarget(Handler):
    """The cluster behind a proxy."""

    calls = ("rds.register_db_proxy_targets", "rds.describe_db_proxy_targets", "rds.deregister_db_proxy_targets")
    replace_on = frozenset({"dbProxyName", "dbClusterIdentifier", "dbInstanceIdentifier", "targetGroupName", "region"})
    computed = ("endpoint", "port", "rdsResourceId", "type")

    def _where(self, inputs: Inputs) -> dict[str, Any]:
        """The proxy, and its target: the provider takes one, and AWS a list."""
        where: dict[str, Any] = {
            "DBProxyName": inputs["dbProxyName"],
            "TargetGroupName": inputs.get("targetGroupName", "default"),
        }
        for name, member in (("dbClusterIdentifier", "Cluster"), ("dbInstanceIdentifier", "Instance")):
            if inputs.get(name):
                where[f"DB{member}Identifiers"] = [inputs[name]]
        return where

    def _outputs(self, account: Account, inputs: Inputs, told: dict[str, Any]) -> Inputs:
        return self.outputs(
            account,
            inputs,
            endpoint=told.get("Endpoint"),
            port=told.get("Port"),
            rdsResourceId=told["RdsResourceId"],
            type=told["Type"],
        )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Register it; its id is the provider's: proxy, group, kind and name of the target."""
        told = account.client("rds", inputs).register_db_proxy_targets(**self._where(inputs))["DBProxyTargets"][0]
        parts = (inputs["dbProxyName"], inputs.get("targetGroupName", "default"), told["Type"], told["RdsResourceId"])
        return "/".join(parts), self._outputs(account, inputs, told)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Whether it is registered."""
        proxy, _, _, name = identity.split("/")
        client = account.client("rds", inputs)
        try:
            found = client.describe_db_proxy_targets(DBProxyName=proxy)["Targets"]
        except ClientError as error:
            if is_missing(error, *_MISSING, "InternalFailure"):
                return None
            raise
        told = next((target for target in found if target["RdsResourceId"] == name), None)
        return None if told is None else (inputs, self._outputs(account, inputs, told))

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:  # noqa: ARG002 - the interface
        """Nothing of it can change: every input replaces it."""
        return existing.outputs

    def delete(self, account: Account, existing: Existing) -> None:
        """Take it off the proxy."""
        account.client("rds", existing.inputs).deregister_db_proxy_targets(**self._where(existing.inputs))
