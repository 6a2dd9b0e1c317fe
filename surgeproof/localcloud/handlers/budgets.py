"""AWS Budgets: what a stack may cost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import unless_gone

_WRITTEN = "%Y-%m-%d_%H:%M"


@handles("aws:budgets/budget:Budget")
class Budget(Handler):
    """A budget with its notifications: kept, and nothing costs anything here."""

    calls = ("budgets.create_budget", "budgets.describe_budget", "budgets.delete_budget")
    note = "A change makes a new budget: moto can't change one. Who is told is checked, and not told again."
    name_prop = "name"
    name_length = 100
    replace_on = frozenset(
        {
            "name", "accountId", "budgetType", "limitAmount", "limitUnit", "timeUnit", "timePeriodStart",
            "timePeriodEnd", "costFilters", "costTypes", "filterExpression", "metrics", "notifications",
        }
    )  # fmt: skip
    delete_before_replace = True
    computed = ("arn", "accountId")
    renamed: ClassVar = {"*.ands": "And", "*.ors": "Or", "*.not": "Not"}

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it with its notifications; its id is account and name."""
        budget: dict[str, Any] = {
            "budgetName": inputs["name"],
            "budgetType": inputs["budgetType"],
            "timeUnit": inputs["timeUnit"],
            "budgetLimit": {"amount": inputs["limitAmount"], "unit": inputs["limitUnit"]},
        }
        for name in ("filterExpression", "metrics", "costTypes"):
            if inputs.get(name):
                budget[name] = inputs[name]
        if inputs.get("costFilters"):
            budget["costFilters"] = {item["name"]: item["values"] for item in inputs["costFilters"]}
        period = {"start": inputs.get("timePeriodStart"), "end": inputs.get("timePeriodEnd")}
        if any(period.values()):
            budget["timePeriod"] = {name: _date(value) for name, value in period.items() if value}
        account.send(
            self.calls[0],
            {
                "accountId": account.number,
                "budget": budget,
                "notificationsWithSubscribers": [_notification(item) for item in inputs.get("notifications") or []],
            },
            renamed=self.renamed,
            leave_out=("tags",),
            type_token=self.token,
            ResourceTags=[{"Key": key, "Value": value} for key, value in account.tags(inputs).items()] or None,
        )
        return f"{account.number}:{inputs['name']}", self._outputs(account, inputs)

    def _outputs(self, account: Account, inputs: Inputs) -> Inputs:
        arn = f"arn:aws:budgets::{account.number}:budget/{inputs['name']}"
        return self.outputs(account, inputs, arn=arn, accountId=account.number)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its limit as it is now."""
        number, _, name = identity.partition(":")
        client = account.client("budgets", inputs)
        answer = unless_gone(client.describe_budget, AccountId=number, BudgetName=name)
        if answer is None:
            return None
        found = answer["Budget"]
        now = {
            **inputs,
            "name": name,
            "budgetType": found["BudgetType"],
            "timeUnit": found["TimeUnit"],
            "limitAmount": found["BudgetLimit"]["Amount"],
            "limitUnit": found["BudgetLimit"]["Unit"],
        }
        return now, self._outputs(account, now)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        number, _, name = existing.identity.partition(":")
        account.client("budgets", existing.inputs).delete_budget(AccountId=number, BudgetName=name)


def _date(text: str) -> datetime:
    return datetime.strptime(text, _WRITTEN).replace(tzinfo=UTC)


def _notification(item: Inputs) -> Inputs:
    """The provider's notification: its subscribers by kind, where AWS takes one list."""
    subscribers = [{"subscriptionType": "SNS", "address": arn} for arn in item.get("subscriberSnsTopicArns") or []]
    subscribers += [
        {"subscriptionType": "EMAIL", "address": mail} for mail in item.get("subscriberEmailAddresses") or []
    ]
    told = ("notificationType", "comparisonOperator", "threshold", "thresholdType")
    return {"notification": {name: item[name] for name in told if name in item}, "subscribers": subscribers}
