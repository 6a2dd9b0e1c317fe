"""Deliveries of the logs that AWS services write: source, destination, and what joins them."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, Settable, handles
from surgeproof.localcloud.handlers.describe import Describe


@handles("aws:cloudwatch/logDeliverySource:LogDeliverySource")
class LogDeliverySource(Handler):
    """What writes the log. It can't be changed in its place."""

    calls = ("logs.put_delivery_source", "logs.get_delivery_source", "logs.delete_delivery_source")
    replace_on = frozenset({"name", "resourceArn", "logType", "region"})
    computed = ("arn", "service")
    describe = Describe(
        "logs.get_delivery_source", by="name", found="deliverySource", outputs={"arn": "arn", "service": "service"}
    )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its name."""
        made = self.send(account, inputs)["deliverySource"]
        return inputs["name"], self.outputs(account, inputs, arn=made["arn"], service=made.get("service"))

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("logs", existing.inputs).delete_delivery_source(name=existing.identity)


@handles("aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination")
class LogDeliveryDestination(Settable):
    """Where a log goes."""

    calls = (
        "logs.put_delivery_destination",
        "logs.get_delivery_destination",
        "logs.delete_delivery_destination",
    )
    renamed: ClassVar = {}
    elsewhere = frozenset({"deliveryDestinationType"})
    replace_on = frozenset({"name", "region", "outputFormat", "deliveryDestinationType"})
    describe = Describe("logs.get_delivery_destination", by="name", found="deliveryDestination", outputs={"arn": "arn"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its name."""
        return inputs["name"], self._put(account, inputs, self.elsewhere)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Point it elsewhere: AWS takes tags only when it is made."""
        return self._put(account, inputs, {*self.elsewhere, "tags"})

    def _put(self, account: Account, inputs: Inputs, leave_out: frozenset[str] | set[str]) -> Inputs:
        made = account.send(self.calls[0], inputs, leave_out=leave_out, type_token=self.token)["deliveryDestination"]
        return self.outputs(account, inputs, arn=made["arn"])

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("logs", existing.inputs).delete_delivery_destination(name=existing.identity)


@handles("aws:cloudwatch/logDelivery:LogDelivery")
class LogDelivery(Handler):
    """That a source's log goes to a destination."""

    note = "Nothing is delivered."
    calls = ("logs.create_delivery", "logs.get_delivery", "logs.delete_delivery")
    renamed: ClassVar = {"s3DeliveryConfigurations": "s3DeliveryConfiguration"}
    replace_on = frozenset(
        {
            "deliverySourceName",
            "deliveryDestinationArn",
            "recordFields",
            "fieldDelimiter",
            "s3DeliveryConfigurations",
            "region",
        }
    )
    describe = Describe("logs.get_delivery", by="id", found="delivery", outputs={"arn": "arn"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is AWS's."""
        made = self.send(account, inputs)["delivery"]
        return made["id"], self.outputs(account, inputs, arn=made["arn"])

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("logs", existing.inputs).delete_delivery(id=existing.identity)
