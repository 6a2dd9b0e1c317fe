"""CloudTrail trails."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe


@handles("aws:cloudtrail/trail:Trail")
class Trail(Handler):
    """A trail that logs from the start, with its selectors."""

    calls = (
        "cloudtrail.create_trail",
        "cloudtrail.put_event_selectors",
        "cloudtrail.put_insight_selectors",
        "cloudtrail.start_logging",
        "cloudtrail.describe_trails",
        "cloudtrail.get_trail_status",
        "cloudtrail.update_trail",
        "cloudtrail.delete_trail",
    )
    name_prop = "name"
    name_length = 128
    defaults: ClassVar = {
        "enableLogging": True,
        "includeGlobalServiceEvents": True,
        "isMultiRegionTrail": False,
        "isOrganizationTrail": False,
        "enableLogFileValidation": False,
    }
    renamed: ClassVar = {
        "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
        "*.startsWiths": "StartsWith",
        "*.endsWiths": "EndsWith",
        "*.notStartsWiths": "NotStartsWith",
        "*.notEndsWiths": "NotEndsWith",
    }
    elsewhere = frozenset({"enableLogging", "eventSelectors", "advancedEventSelectors", "insightSelectors"})
    replace_on = frozenset({"name", "region"})
    computed = ("arn", "homeRegion")
    describe = Describe(
        "cloudtrail.describe_trails",
        "trailNameList",
        "trailList",
        outputs={"arn": "TrailARN", "homeRegion": "HomeRegion"},
    )
    unread = frozenset({"eventSelectors", "advancedEventSelectors", "insightSelectors"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it, tell what it selects, and start it."""
        arn = self.send(account, inputs)["TrailARN"]
        self._select(account, inputs)
        if inputs["enableLogging"]:
            account.client("cloudtrail", inputs).start_logging(Name=inputs["name"])
        return arn, self.outputs(account, inputs, arn=arn, homeRegion=account.region_of(inputs))

    def _select(self, account: Account, inputs: Inputs) -> None:
        trail: dict[str, Any] = {"region": account.region_of(inputs), "trailName": inputs["name"]}
        for name in ("eventSelectors", "advancedEventSelectors"):
            if inputs.get(name):
                values = {**trail, name: inputs[name]}
                account.send("cloudtrail.put_event_selectors", values, renamed=self.renamed, leave_out=["tags"])
        if inputs.get("insightSelectors"):
            values = {**trail, "insightSelectors": inputs["insightSelectors"]}
            account.send("cloudtrail.put_insight_selectors", values, leave_out=["tags"])

    def seen(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:
        """Its settings, and whether it logs."""
        now = super().seen(account, identity, inputs, found)
        status = account.client("cloudtrail", inputs).get_trail_status(Name=found["TrailARN"])
        return {**now, "enableLogging": bool(status["IsLogging"])}

    def update(self, account: Account, existing: Existing, inputs: Inputs) -> Inputs:
        """Change where it writes, what it selects, and whether it logs."""
        account.send(
            "cloudtrail.update_trail",
            inputs,
            renamed=self.renamed,
            leave_out=[*self.elsewhere, "tags"],
            type_token=self.token,
        )
        self._select(account, inputs)
        client = account.client("cloudtrail", inputs)
        (client.start_logging if inputs["enableLogging"] else client.stop_logging)(Name=inputs["name"])
        return {**existing.outputs, **self.outputs(account, inputs)}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("cloudtrail", existing.inputs).delete_trail(Name=existing.inputs["name"])
