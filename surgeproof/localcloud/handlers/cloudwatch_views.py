"""CloudWatch: composite alarms and dashboards."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Inputs, Settable, handles
from surgeproof.localcloud.handlers.describe import Describe
from surgeproof.localcloud.handlers.observed import text_now


@handles("aws:cloudwatch/compositeAlarm:CompositeAlarm")
class CompositeAlarm(Settable):
    """An alarm over others, whose state follows from theirs."""

    kept = "extended"
    note = "Composite alarms are told as deployed, without their suppressor; their state follows from the alarms that their rule names."
    calls = ("cloudwatch.put_composite_alarm", "cloudwatch.describe_alarms", "cloudwatch.delete_alarms")
    defaults: ClassVar = {"actionsEnabled": True}
    replace_on = frozenset({"alarmName", "actionsEnabled", "region"})
    describe: ClassVar = Describe(
        "cloudwatch.describe_alarms",
        "AlarmNames",
        "CompositeAlarms",
        more={"AlarmTypes": ["CompositeAlarm"]},
        outputs={"arn": "AlarmArn"},
    )
    renamed: ClassVar = {"okActions": "OKActions"}
    unread = frozenset({"actionsSuppressor"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is its name."""
        return inputs["alarmName"], self.put(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it anew."""
        values = {name: value for name, value in inputs.items() if name != "actionsSuppressor"}
        suppressor = inputs.get("actionsSuppressor")
        if suppressor:
            values["actionsSuppressor"] = suppressor["alarm"]
            values["actionsSuppressorWaitPeriod"] = suppressor["waitPeriod"]
            values["actionsSuppressorExtensionPeriod"] = suppressor["extensionPeriod"]
        self.send(account, values)
        return self.outputs(account, inputs, arn=account.arn("cloudwatch", f"alarm:{inputs['alarmName']}", inputs))

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("cloudwatch", existing.inputs).delete_alarms(AlarmNames=[existing.identity])


@handles("aws:cloudwatch/dashboard:Dashboard")
class Dashboard(Settable):
    """A dashboard."""

    calls = ("cloudwatch.put_dashboard", "cloudwatch.get_dashboard", "cloudwatch.delete_dashboards")
    replace_on = frozenset({"dashboardName", "region"})
    computed = ("dashboardArn",)

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is its name."""
        return inputs["dashboardName"], self.put(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it anew."""
        account.send(self.calls[0], inputs, leave_out=("tags",), type_token=self.token)
        return self._outputs(account, inputs)

    def _outputs(self, account: Account, inputs: Inputs) -> Inputs:
        arn = f"arn:aws:cloudwatch::{account.number}:dashboard/{inputs['dashboardName']}"
        return self.outputs(account, inputs, dashboardArn=arn)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Its body, in the program's spelling where it says the same."""
        found = Describe("cloudwatch.get_dashboard", "DashboardName").ask(account, identity, inputs)
        if found is None:
            return None
        body = text_now(str(inputs.get("dashboardBody", "")), found["DashboardBody"])
        now = {**inputs, "dashboardName": identity, "dashboardBody": body}
        return now, self._outputs(account, now)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("cloudwatch", existing.inputs).delete_dashboards(DashboardNames=[existing.identity])
