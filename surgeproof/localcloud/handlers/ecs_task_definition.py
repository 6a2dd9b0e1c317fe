"""ECS task definitions."""

from __future__ import annotations

import json

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe


@handles("aws:ecs/taskDefinition:TaskDefinition")
class TaskDefinition(Handler):
    """A revision of a task definition; containers stay in the program's spelling in the outputs."""

    calls = ("ecs.register_task_definition", "ecs.describe_task_definition", "ecs.deregister_task_definition")
    elsewhere = frozenset({"skipDestroy", "trackLatest"})
    local = frozenset({"skipDestroy", "trackLatest"})
    # A revision can't be changed: what AWS tells of its containers is what was registered, in another spelling.
    describe = Describe(
        "ecs.describe_task_definition", "taskDefinition", "taskDefinition", gone={"status": ("INACTIVE",)}
    )
    unread = frozenset({"containerDefinitions", "volumes", "requiresCompatibilities"})
    replace_on = frozenset(
        {
            "family", "containerDefinitions", "cpu", "memory", "networkMode", "requiresCompatibilities", "taskRoleArn",
            "executionRoleArn", "runtimePlatform", "volumes", "ephemeralStorage", "enableFaultInjection", "ipcMode", "pidMode",
            "placementConstraints", "proxyConfiguration", "region",
        }
    )  # fmt: skip
    computed = ("arn", "arnWithoutRevision", "revision")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Register it; its id is its family."""
        values = {**inputs, "containerDefinitions": json.loads(inputs["containerDefinitions"])}
        values["volumes"] = [_volume(volume) for volume in inputs.get("volumes") or []]
        made = self.send(account, values)["taskDefinition"]
        arn = made["taskDefinitionArn"]
        return inputs["family"], self.outputs(
            account, inputs, arn=arn, arnWithoutRevision=arn.rsplit(":", 1)[0], revision=made["revision"]
        )

    def delete(self, account: Account, existing: Existing) -> None:
        """Deregister the revision, unless the program wants it kept."""
        if not existing.inputs.get("skipDestroy"):
            account.client("ecs", existing.inputs).deregister_task_definition(taskDefinition=existing.outputs["arn"])


def _volume(volume: Inputs) -> Inputs:
    """A host path is flat in the provider."""
    told = {name: value for name, value in volume.items() if name != "hostPath"}
    return {**told, "host": {"sourcePath": volume["hostPath"]}} if volume.get("hostPath") else told
