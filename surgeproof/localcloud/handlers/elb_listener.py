"""Listeners of load balancers, and their rules."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe

_ACTION_NAMES = {
    "*.forward": "ForwardConfig",
    "*.redirect": "RedirectConfig",
    "*.fixedResponse": "FixedResponseConfig",
    "*.authenticateCognito": "AuthenticateCognitoConfig",
    "*.authenticateOidc": "AuthenticateOidcConfig",
    "*.stickiness": "TargetGroupStickinessConfig",
    "*.duration": "DurationSeconds",
}
_CONDITION_FIELDS = {
    "hostHeader": "host-header",
    "pathPattern": "path-pattern",
    "httpHeader": "http-header",
    "httpRequestMethod": "http-request-method",
    "queryStrings": "query-string",
    "sourceIp": "source-ip",
}


def _actions(actions: list[Inputs]) -> list[Inputs]:
    """Actions as AWS takes them: a group to forward to is named by ``arn`` in the provider."""
    made = []
    for action in actions:
        told = dict(action)
        if told.get("forward"):
            groups = [
                {"targetGroupArn": group["arn"], **({"weight": group["weight"]} if "weight" in group else {})}
                for group in told["forward"].get("targetGroups") or []
            ]
            told["forward"] = {**told["forward"], "targetGroups": groups}
        made.append(told)
    return made


@handles("aws:lb/listener:Listener")
class Listener(Handler):
    """A listener. Attributes of its headers are not taken."""

    kept = "extended"
    note = "A certificate that the program only names is taken as there."
    calls = ("elbv2.create_listener", "elbv2.describe_listeners", "elbv2.modify_listener", "elbv2.delete_listener")
    describe = Describe("elbv2.describe_listeners", "ListenerArns", "Listeners", outputs={"arn": "ListenerArn"})
    defaults: ClassVar = {"protocol": "HTTP"}
    renamed: ClassVar = _ACTION_NAMES
    elsewhere = frozenset({"certificateArn"})
    replace_on = frozenset({"loadBalancerArn", "region"})

    def _more(self, inputs: Inputs) -> dict[str, Any]:
        certificate = inputs.get("certificateArn")
        return {"Certificates": [{"CertificateArn": certificate}]} if certificate else {}

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it."""
        values = {**inputs, "defaultActions": _actions(inputs["defaultActions"])}
        arn = self.send(account, values, **self._more(inputs))["Listeners"][0]["ListenerArn"]
        return arn, self.outputs(account, inputs, arn=arn)

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change it."""
        values = {**inputs, "listenerArn": existing.identity, "defaultActions": _actions(inputs["defaultActions"])}
        account.send(
            "elbv2.modify_listener",
            values,
            renamed=self.renamed,
            leave_out=[*self.elsewhere, "loadBalancerArn", "tags"],
            **self._more(inputs),
        )
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("elbv2", existing.inputs).delete_listener(ListenerArn=existing.identity)


@handles("aws:lb/listenerRule:ListenerRule")
class ListenerRule(Handler):
    """A rule of a listener."""

    calls = (
        "elbv2.create_rule",
        "elbv2.describe_rules",
        "elbv2.modify_rule",
        "elbv2.set_rule_priorities",
        "elbv2.delete_rule",
    )
    describe = Describe("elbv2.describe_rules", "RuleArns", "Rules", outputs={"arn": "RuleArn", "priority": "Priority"})
    # A rule does not tell its listener; conditions have another form.
    unread = frozenset({"listenerArn", "conditions"})
    renamed: ClassVar = {
        **_ACTION_NAMES,
        "*.hostHeader": "HostHeaderConfig",
        "*.pathPattern": "PathPatternConfig",
        "*.httpHeader": "HttpHeaderConfig",
        "*.httpRequestMethod": "HttpRequestMethodConfig",
        "*.queryStrings": "QueryStringConfig",
        "*.sourceIp": "SourceIpConfig",
    }
    replace_on = frozenset({"listenerArn", "region"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; without a priority it comes after those that are there."""
        values = {**inputs, "actions": _actions(inputs["actions"])}
        values["conditions"] = [_condition(condition) for condition in inputs.get("conditions") or []]
        if not values.get("priority"):
            client = account.client("elbv2", inputs)
            rules = client.describe_rules(ListenerArn=inputs["listenerArn"])["Rules"]
            taken = [int(rule["Priority"]) for rule in rules if rule["Priority"] != "default"]
            values["priority"] = max(taken, default=0) + 1
        arn = self.send(account, values)["Rules"][0]["RuleArn"]
        return arn, self.outputs(account, inputs, arn=arn, priority=values["priority"])

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change what it does, when, and in which order."""
        values = {
            "actions": _actions(inputs["actions"]),
            "conditions": [_condition(condition) for condition in inputs.get("conditions") or []],
            "region": account.region_of(inputs),
        }
        account.send(
            "elbv2.modify_rule",
            values,
            renamed=self.renamed,
            leave_out=["tags"],
            type_token=self.token,
            RuleArn=existing.identity,
        )
        priority = inputs.get("priority")
        if priority and priority != existing.inputs.get("priority"):
            order = [{"RuleArn": existing.identity, "Priority": priority}]
            account.client("elbv2", inputs).set_rule_priorities(RulePriorities=order)
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("elbv2", existing.inputs).delete_rule(RuleArn=existing.identity)


def _condition(condition: Inputs) -> Inputs:
    name = next(iter(condition))
    value = condition[name]
    if name == "queryStrings":
        return {"field": _CONDITION_FIELDS[name], "QueryStringConfig": {"values": value}}
    return {"field": _CONDITION_FIELDS[name], name: value}
