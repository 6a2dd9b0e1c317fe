"""CloudTrail trails."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles


@handles("aws:cloudtrail/trail:Trail")
class Trail(Handler):
    """A trail that logs from the start, with its selectors."""

    calls = (
        "cloudtrail.create_trail",
        "cloudtrail.put_event_selectors",
        "cloudtrail.put_insight_selectors",
        "cloudtrail.start_logging",
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
    renamed: ClassVar = {"cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn"}
    elsewhere = frozenset({"enableLogging", "eventSelectors", "advancedEventSelectors", "insightSelectors"})
    replace_on = frozenset({"name", "region"})
    computed = ("arn", "homeRegion")

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

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("cloudtrail", existing.inputs).delete_trail(Name=existing.identity)
