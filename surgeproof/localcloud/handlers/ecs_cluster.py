"""ECS clusters and their capacity providers."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Inputs, Settable, handles
from surgeproof.localcloud.handlers.describe import Describe


@handles("aws:ecs/cluster:Cluster")
class Cluster(Settable):
    """A cluster."""

    calls = ("ecs.create_cluster", "ecs.update_cluster", "ecs.describe_clusters", "ecs.delete_cluster")
    name_prop = "name"
    name_length = 255
    renamed: ClassVar = {"name": "clusterName"}
    replace_on = frozenset({"name", "region"})

    def _outputs(self, account: Account, inputs: Inputs) -> Inputs:
        return self.outputs(account, inputs, arn=account.arn("ecs", f"cluster/{inputs['name']}", inputs))

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its ARN."""
        arn = self.send(account, inputs)["cluster"]["clusterArn"]
        return arn, self._outputs(account, inputs)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its settings as they are now."""
        found = account.client("ecs", inputs).describe_clusters(clusters=[identity], include=["SETTINGS"])["clusters"]
        active = [cluster for cluster in found if cluster["status"] != "INACTIVE"]
        if not active:
            return None
        now = {**inputs, "name": active[0]["clusterName"]}
        if active[0].get("settings") and "settings" in inputs:
            now["settings"] = active[0]["settings"]
        return now, self._outputs(account, now)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Change its settings."""
        changed = {
            name: inputs[name] for name in ("settings", "configuration", "serviceConnectDefaults") if name in inputs
        }
        values = {"settings": [], **changed, "region": account.region_of(inputs)}
        account.send("ecs.update_cluster", values, leave_out=["tags"], type_token=self.token, cluster=inputs["name"])
        return self._outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("ecs", existing.inputs).delete_cluster(cluster=existing.identity)


@handles("aws:ecs/clusterCapacityProviders:ClusterCapacityProviders")
class ClusterCapacityProviders(Settable):
    """The capacity providers of a cluster."""

    calls = ("ecs.put_cluster_capacity_providers", "ecs.describe_clusters")
    describe = Describe("ecs.describe_clusters", "clusters", "clusters", gone={"status": ("INACTIVE",)})
    renamed: ClassVar = {
        "clusterName": "cluster",
        "defaultCapacityProviderStrategies": "defaultCapacityProviderStrategy",
    }
    replace_on = frozenset({"clusterName", "region"})
    computed = ()

    def _put(self, account: Account, inputs: Inputs) -> None:
        # AWS wants both lists, even when empty.
        self.send(account, {"capacityProviders": [], "defaultCapacityProviderStrategies": [], **inputs})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put them on the cluster."""
        self._put(account, inputs)
        return inputs["clusterName"], self.outputs(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put the new ones in their place."""
        self._put(account, inputs)
        return self.outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Take them off."""
        self._put(account, {"clusterName": existing.identity, "region": account.region_of(existing.inputs)})
