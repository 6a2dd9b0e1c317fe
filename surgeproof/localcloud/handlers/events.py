"""EventBridge: buses, their policies, rules, targets and archives."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.aws_errors import UnsupportedOperationError
from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, Settable, handles
from surgeproof.localcloud.handlers.describe import Change, Describe
from surgeproof.localcloud.handlers.observed import observed, text_now


@handles("aws:cloudwatch/eventBus:EventBus")
class EventBus(Handler):
    """An event bus."""

    calls = ("events.create_event_bus", "events.describe_event_bus", "events.delete_event_bus")
    describe = Describe("events.describe_event_bus", "Name", outputs={"arn": "Arn"})
    name_prop = "name"
    replace_on = frozenset({"name", "eventSourceName", "region"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        arn = self.send(account, inputs)["EventBusArn"]
        return inputs["name"], self.outputs(account, inputs, arn=arn)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("events", existing.inputs).delete_event_bus(Name=existing.identity)


@handles("aws:cloudwatch/eventBusPolicy:EventBusPolicy")
class EventBusPolicy(Settable):
    """Who may put events on a bus."""

    calls = ("events.put_permission", "events.describe_event_bus", "events.remove_permission")
    replace_on = frozenset({"eventBusName", "region"})
    computed = ()

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """The bus's policy; None when it has none."""
        found = Describe("events.describe_event_bus", "Name").ask(account, identity, inputs)
        if found is None or not found.get("Policy"):
            return None
        now = {**inputs, "eventBusName": identity, "policy": text_now(inputs.get("policy", ""), found["Policy"])}
        return now, self.outputs(account, now)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it on the bus."""
        self.send(account, inputs)
        return inputs.get("eventBusName", "default"), self.outputs(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put the new one in its place."""
        self.send(account, inputs)
        return self.outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Take all permissions off."""
        account.client("events", existing.inputs).remove_permission(
            EventBusName=existing.identity, RemoveAllPermissions=True
        )


@handles("aws:cloudwatch/eventRule:EventRule")
class EventRule(Settable):
    """A rule on a bus."""

    calls = ("events.put_rule", "events.describe_rule", "events.delete_rule")
    name_prop = "name"
    name_length = 64
    defaults: ClassVar = {"eventBusName": "default", "forceDestroy": False}
    elsewhere = frozenset({"forceDestroy", "isEnabled"})
    replace_on = frozenset({"name", "eventBusName", "region"})

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """What it matches and whether it is on."""
        bus, _, name = identity.rpartition("/")
        place = {"EventBusName": inputs.get("eventBusName") or bus or "default"}
        found = Describe("events.describe_rule", "Name", more=place).ask(account, name, inputs)
        if found is None:
            return None
        now = observed(inputs, found, fill=self.replace_on, leave={"region", "tags", "eventBusName"})
        now |= {"name": name, "eventBusName": place["EventBusName"]}
        return now, self.outputs(account, now, arn=found["Arn"], state=found.get("State", "ENABLED"))

    def _put(self, account: Account, inputs: Inputs) -> Inputs:
        state = inputs.get("state") or ("DISABLED" if inputs.get("isEnabled") is False else "ENABLED")
        arn = self.send(account, {**inputs, "state": state})["RuleArn"]
        return self.outputs(account, inputs, arn=arn, state=state)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; on the default bus its id is its name alone."""
        outputs = self._put(account, inputs)
        bus = inputs["eventBusName"].rsplit("/", 1)[-1]
        return (inputs["name"] if bus == "default" else f"{bus}/{inputs['name']}"), outputs

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Change it."""
        return self._put(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it; AWS refuses while it has targets."""
        account.client("events", existing.inputs).delete_rule(
            Name=existing.inputs["name"], EventBusName=existing.inputs["eventBusName"]
        )


@handles("aws:cloudwatch/eventTarget:EventTarget")
class EventTarget(Settable):
    """A target of a rule; the events that match are brought to it."""

    kept = "extended"
    note = (
        "Queues get AWS's own envelope, with times of the launch clock; undelivered events go to the dead-letter queue."
    )
    calls = ("events.put_targets", "events.list_targets_by_rule", "events.remove_targets")
    name_prop = "targetId"
    name_length = 64
    defaults: ClassVar = {"eventBusName": "default", "forceDestroy": False}
    renamed: ClassVar = {"*.targetId": "Id", "*.sqsTarget": "SqsParameters", "*.ecsTarget": "EcsParameters"}
    elsewhere = frozenset({"forceDestroy"})
    replace_on = frozenset({"rule", "targetId", "eventBusName", "region"})
    computed = ()

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Where events are brought; its id does not tell its rule for sure, so it can't be imported."""
        if not inputs:
            raise UnsupportedOperationError(self.token, f"import {identity} as")
        rule = Describe("events.list_targets_by_rule", "Rule", more={"EventBusName": inputs["eventBusName"]})
        told = rule.ask(account, inputs["rule"], inputs) or {}
        found = next((one for one in told.get("Targets") or [] if one["Id"] == inputs["targetId"]), None)
        if found is None:
            return None
        names = {name.removeprefix("*."): member for name, member in self.renamed.items()}
        now = observed(inputs, found, renamed=names, leave={"region", "rule", "eventBusName"})
        return now, self.outputs(account, now)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Add it to the rule."""
        self._put(account, inputs)
        bus = inputs["eventBusName"].rsplit("/", 1)[-1]
        parts = [inputs["rule"], inputs["targetId"]]
        return "-".join(parts if bus == "default" else [bus, *parts]), self.outputs(account, inputs)

    def _put(self, account: Account, inputs: Inputs) -> None:
        around = {name: inputs[name] for name in ("rule", "eventBusName", "region") if name in inputs}
        target = {name: value for name, value in inputs.items() if name not in {*around, "forceDestroy", "tags"}}
        self.send(account, {**around, "targets": [target]})

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Change it."""
        self._put(account, inputs)
        return self.outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Take it off the rule."""
        account.client("events", existing.inputs).remove_targets(
            Rule=existing.inputs["rule"],
            EventBusName=existing.inputs["eventBusName"],
            Ids=[existing.inputs["targetId"]],
        )


@handles("aws:cloudwatch/eventArchive:EventArchive")
class EventArchive(Handler):
    """An archive of a bus's events."""

    calls = ("events.create_archive", "events.describe_archive", "events.update_archive", "events.delete_archive")
    describe = Describe("events.describe_archive", "ArchiveName")
    change = Change("events.update_archive", "ArchiveName")
    name_prop = "name"
    name_length = 48
    defaults: ClassVar = {"retentionDays": 0}
    renamed: ClassVar = {"name": "ArchiveName"}
    elsewhere = frozenset({"tags"})
    replace_on = frozenset({"name", "eventSourceArn", "region"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        arn = self.send(account, inputs)["ArchiveArn"]
        return inputs["name"], self.outputs(account, inputs, arn=arn)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("events", existing.inputs).delete_archive(ArchiveName=existing.identity)
