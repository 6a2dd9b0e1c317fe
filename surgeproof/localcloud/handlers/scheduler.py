"""EventBridge Scheduler: schedule groups and schedules."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles, is_missing

_MISSING = "ResourceNotFoundException"


@handles("aws:scheduler/scheduleGroup:ScheduleGroup")
class ScheduleGroup(Handler):
    """A group of schedules, which carries their tags."""

    calls = ("scheduler.create_schedule_group", "scheduler.get_schedule_group", "scheduler.delete_schedule_group")
    name_prop = "name"
    name_length = 64
    replace_on = frozenset({"name", "region"})
    computed = ("arn", "state")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its name."""
        arn = self.send(account, inputs)["ScheduleGroupArn"]
        return inputs["name"], self.outputs(account, inputs, arn=arn, state="ACTIVE")

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Whether it is there."""
        try:
            found = account.client("scheduler", inputs).get_schedule_group(Name=identity)
        except ClientError as error:
            if is_missing(error, _MISSING):
                return None
            raise
        now = {**inputs, "name": found["Name"]}
        return now, self.outputs(account, now, arn=found["Arn"], state=found["State"])

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Its tags are all that can change."""
        told = [{"Key": key, "Value": str(value)} for key, value in account.tags(inputs).items()]
        account.client("scheduler", inputs).tag_resource(ResourceArn=existing.outputs["arn"], Tags=told)
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it, and all schedules in it."""
        account.client("scheduler", existing.inputs).delete_schedule_group(Name=existing.identity)


@handles("aws:scheduler/schedule:Schedule")
class Schedule(Handler):
    """A schedule. It is kept, and starts nothing: a rehearsal says so of each job."""

    note = "Schedules are kept and start nothing."
    calls = (
        "scheduler.create_schedule",
        "scheduler.get_schedule",
        "scheduler.update_schedule",
        "scheduler.delete_schedule",
    )
    name_prop = "name"
    name_length = 64
    defaults: ClassVar = {"groupName": "default", "scheduleExpressionTimezone": "UTC", "state": "ENABLED"}
    renamed: ClassVar = {
        "*.capacityProviderStrategies": "CapacityProviderStrategy",
        "*.enableEcsManagedTags": "EnableECSManagedTags",
        "*.placementStrategies": "PlacementStrategy",
        "*.networkConfiguration": "NetworkConfiguration",
    }
    replace_on = frozenset({"name", "groupName", "region"})

    def _values(self, inputs: Inputs) -> Inputs:
        """Tags belong to the group; the network of a task lies a level deeper in AWS."""
        values = {name: value for name, value in inputs.items() if name != "tags"}
        target: dict[str, Any] = dict(inputs["target"])
        task: dict[str, Any] = dict(target.get("ecsParameters") or {})
        network = task.get("networkConfiguration")
        if network:
            public = "ENABLED" if network.get("assignPublicIp") else "DISABLED"
            task["networkConfiguration"] = {"awsvpcConfiguration": {**network, "assignPublicIp": public}}
        if task:
            target["ecsParameters"] = task
        return {**values, "target": target}

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is the provider's: group and name."""
        arn = account.send(
            self.calls[0], self._values(inputs), renamed=self.renamed, leave_out=["tags"], type_token=self.token
        )["ScheduleArn"]
        return f"{inputs['groupName']}/{inputs['name']}", self.outputs(account, inputs, arn=arn)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its expression, zone and state as they are now."""
        group, _, name = identity.rpartition("/")
        try:
            found = account.client("scheduler", inputs).get_schedule(GroupName=group, Name=name)
        except ClientError as error:
            if is_missing(error, _MISSING):
                return None
            raise
        now = {
            **inputs,
            "name": name,
            "groupName": group,
            "scheduleExpression": found["ScheduleExpression"],
            "scheduleExpressionTimezone": found.get("ScheduleExpressionTimezone") or "UTC",
            "state": found["State"],
        }
        return now, self.outputs(account, now, arn=found["Arn"])

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change it."""
        account.send(
            "scheduler.update_schedule",
            self._values(inputs),
            renamed=self.renamed,
            leave_out=["tags"],
            type_token=self.token,
        )
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        group, _, name = existing.identity.rpartition("/")
        account.client("scheduler", existing.inputs).delete_schedule(GroupName=group, Name=name)
