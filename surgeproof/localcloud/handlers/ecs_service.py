"""ECS services."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.observed import observed


@handles("aws:ecs/service:Service")
class Service(Handler):
    """A service. Its counts of running tasks are moto's: the fleet alone knows what runs."""

    kept = "extended"
    note = "Deployment settings, grace period and switches are kept, and no lifecycle hook is asked; counts of running tasks are not kept: the fleet knows them."
    calls = ("ecs.create_service", "ecs.update_service", "ecs.describe_services", "ecs.delete_service")
    name_prop = "name"
    name_length = 255
    defaults: ClassVar = {"schedulingStrategy": "REPLICA", "enableExecuteCommand": False}
    renamed: ClassVar = {
        "name": "serviceName",
        "iamRole": "role",
        "capacityProviderStrategies": "capacityProviderStrategy",
        "orderedPlacementStrategies": "placementStrategy",
        "enableEcsManagedTags": "enableECSManagedTags",
    }
    elsewhere = frozenset(
        {
            "deploymentCircuitBreaker", "deploymentMaximumPercent", "deploymentMinimumHealthyPercent", "alarms",
            "deploymentConfiguration", "forceDelete", "forceNewDeployment", "networkConfiguration", "sigintRollback",
            "triggers", "waitForSteadyState",
        }
    )  # fmt: skip
    local = frozenset({"forceDelete", "forceNewDeployment", "sigintRollback", "triggers", "waitForSteadyState"})
    replace_on = frozenset(
        {"name", "cluster", "launchType", "schedulingStrategy", "iamRole", "deploymentController", "region"}
    )
    computed = ("arn",)

    def _deployment(self, inputs: Inputs) -> dict[str, Any]:
        """What the provider spreads over inputs of its own."""
        told = dict(inputs.get("deploymentConfiguration") or {})
        if "deploymentMaximumPercent" in inputs:
            told["maximumPercent"] = inputs["deploymentMaximumPercent"]
        if "deploymentMinimumHealthyPercent" in inputs:
            told["minimumHealthyPercent"] = inputs["deploymentMinimumHealthyPercent"]
        for name in ("deploymentCircuitBreaker", "alarms"):
            if inputs.get(name):
                told[name] = inputs[name]
        return told

    def _values(self, inputs: Inputs) -> Inputs:
        values: Inputs = {name: value for name, value in inputs.items() if name not in self.elsewhere}
        network = inputs.get("networkConfiguration")
        if network:
            public = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
            values["networkPlan"] = {"awsvpcConfiguration": {**network, "assignPublicIp": public}}
        deployment = self._deployment(inputs)
        if deployment:
            values["deploymentPlan"] = deployment
        return values

    def send(self, account: Account, inputs: Inputs, **more: Any) -> Any:
        """Make the creating call; two members are built from several inputs."""
        renamed = {**self.renamed, "networkPlan": "networkConfiguration", "deploymentPlan": "deploymentConfiguration"}
        values = self._values(inputs)
        return account.send(self.calls[0], values, renamed=renamed, type_token=self.token, **more)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its ARN."""
        arn = self.send(account, inputs)["service"]["serviceArn"]
        return arn, self.outputs(account, inputs, arn=arn)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its desired count and task definition as they are now."""
        cluster = inputs.get("cluster") or identity.split("/")[-2]
        found = account.client("ecs", inputs).describe_services(cluster=cluster, services=[identity])["services"]
        active = [service for service in found if service["status"] != "INACTIVE"]
        if not active:
            return None
        # Network and deployment settings lie deeper in AWS.
        now = observed(inputs, active[0], renamed=self.renamed, leave={"region", "tags", "cluster", *self.elsewhere})
        now |= {
            "name": active[0]["serviceName"],
            "cluster": cluster,
            "desiredCount": active[0]["desiredCount"],
            "taskDefinition": active[0].get("taskDefinition") or inputs.get("taskDefinition"),
        }
        return now, self.outputs(account, now, arn=identity)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change all that AWS changes in a service that runs."""
        fixed = {"name", "launchType", "schedulingStrategy", "iamRole", "deploymentController", "tags"}
        values = {name: value for name, value in self._values(inputs).items() if name not in fixed}
        renamed = {**self.renamed, "networkPlan": "networkConfiguration", "deploymentPlan": "deploymentConfiguration"}
        account.send(
            "ecs.update_service",
            values,
            renamed=renamed,
            leave_out=["tags"],
            type_token=self.token,
            service=inputs["name"],
        )
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it, running or not."""
        client = account.client("ecs", existing.inputs)
        client.delete_service(
            cluster=existing.inputs.get("cluster", "default"), service=existing.inputs["name"], force=True
        )
