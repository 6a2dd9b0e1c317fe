"""Security Hub: the hub of an account, and the standards that it judges by."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Change, Describe


@handles("aws:securityhub/account:Account")
class Hub(Handler):
    """The hub; an account has one in a region, and its id is the account's number."""

    calls = (
        "securityhub.enable_security_hub",
        "securityhub.describe_hub",
        "securityhub.update_security_hub_configuration",
        "securityhub.disable_security_hub",
    )
    note = "How findings are generated and whether new controls are taken up is checked, and told as AWS's defaults."
    defaults: ClassVar = {
        "enableDefaultStandards": True,
        "autoEnableControls": True,
        "controlFindingGenerator": "SECURITY_CONTROL",
    }
    elsewhere = frozenset({"autoEnableControls"})
    replace_on = frozenset({"enableDefaultStandards", "region"})
    change = Change("securityhub.update_security_hub_configuration", "")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Switch it on."""
        self.send(account, inputs)
        return account.number, self._outputs(account, inputs)

    def _outputs(self, account: Account, inputs: Inputs) -> Inputs:
        return self.outputs(account, inputs, arn=account.arn("securityhub", "hub/default", inputs))

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:  # noqa: ARG002 - there is one
        """Whether it is on."""
        client = account.client("securityhub", inputs)
        try:
            client.describe_hub()
        except client.exceptions.InvalidAccessException:
            return None
        return inputs, self._outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Switch it off."""
        account.client("securityhub", existing.inputs).disable_security_hub()


@handles("aws:securityhub/standardsSubscription:StandardsSubscription")
class StandardsSubscription(Handler):
    """A standard that the hub judges by: kept, and judges nothing here."""

    kept = "extended"
    note = "Subscriptions are told as deployed; nothing is judged."
    calls = (
        "securityhub.batch_enable_standards",
        "securityhub.get_enabled_standards",
        "securityhub.batch_disable_standards",
    )
    replace_on = frozenset({"standardsArn", "region"})
    computed = ()
    describe: ClassVar = Describe(
        "securityhub.get_enabled_standards", "StandardsSubscriptionArns", "StandardsSubscriptions"
    )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Subscribe; its id is the subscription's ARN."""
        made = account.client("securityhub", inputs).batch_enable_standards(
            StandardsSubscriptionRequests=[{"StandardsArn": inputs["standardsArn"]}]
        )["StandardsSubscriptions"][0]
        return made["StandardsSubscriptionArn"], self.outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """End it."""
        account.client("securityhub", existing.inputs).batch_disable_standards(
            StandardsSubscriptionArns=[existing.identity]
        )
