"""EventBridge: buses, their policies, rules, targets and archives."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, Settable, handles


@handles("aws:cloudwatch/eventBus:EventBus")
class EventBus(Handler):
    """An event bus."""

    calls = ("events.create_event_bus", "events.delete_event_bus")
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

    calls = ("events.put_permission", "events.remove_permission")
    replace_on = frozenset({"eventBusName", "region"})
    computed = ()

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

    calls = ("events.put_rule", "events.delete_rule")
    name_prop = "name"
    name_length = 64
    defaults: ClassVar = {"eventBusName": "default", "forceDestroy": False}
    elsewhere = frozenset({"forceDestroy", "isEnabled"})
    replace_on = frozenset({"name", "eventBusName", "region"})

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
    calls = ("events.put_targets", "events.remove_targets")
    name_prop = "targetId"
    name_length = 64
    defaults: ClassVar = {"eventBusName": "default", "forceDestroy": False}
    renamed: ClassVar = {"*.targetId": "Id", "*.sqsTarget": "SqsParameters", "*.ecsTarget": "EcsParameters"}
    elsewhere = frozenset({"forceDestroy"})
    replace_on = frozenset({"rule", "targetId", "eventBusName", "region"})
    computed = ()

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

    calls = ("events.create_archive", "events.delete_archive")
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
