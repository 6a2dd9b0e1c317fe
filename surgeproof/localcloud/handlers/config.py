"""AWS Config: recorder, where it delivers, whether it runs, how long it keeps, conformance packs."""

from __future__ import annotations

from typing import Any, ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Inputs, Settable, handles
from surgeproof.localcloud.handlers.describe import Describe


@handles("aws:cfg/recorder:Recorder")
class Recorder(Settable):
    """A recorder: kept, and records nothing here."""

    calls = (
        "config.put_configuration_recorder",
        "config.describe_configuration_recorders",
        "config.delete_configuration_recorder",
    )
    name_prop = "name"
    name_length = 256
    replace_on = frozenset({"name", "region"})
    computed = ()
    describe = Describe(
        "config.describe_configuration_recorders", "ConfigurationRecorderNames", "ConfigurationRecorders"
    )
    renamed: ClassVar = {"roleArn": "roleARN"}
    unread = frozenset({"recordingMode"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it, stopped; its id is its name."""
        return inputs["name"], self.put(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it anew; the call takes all of it as one object."""
        account.send(
            "config.put_configuration_recorder",
            {"configurationRecorder": _without(inputs, "region"), "region": account.region_of(inputs)},
            renamed={f"*.{name}": member for name, member in self.renamed.items()},
            leave_out=("tags",),
            type_token=self.token,
        )
        return self.outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        client = account.client("config", existing.inputs)
        client.delete_configuration_recorder(ConfigurationRecorderName=existing.identity)


@handles("aws:cfg/deliveryChannel:DeliveryChannel")
class DeliveryChannel(Settable):
    """Where a recorder delivers."""

    calls = ("config.put_delivery_channel", "config.describe_delivery_channels", "config.delete_delivery_channel")
    name_prop = "name"
    name_length = 256
    replace_on = frozenset({"name", "region"})
    computed = ()
    describe = Describe("config.describe_delivery_channels", "DeliveryChannelNames", "DeliveryChannels")
    renamed: ClassVar = {
        "snapshotDeliveryProperties": "configSnapshotDeliveryProperties",
        "s3KmsKeyArn": "s3KmsKeyArn",
        "snsTopicArn": "snsTopicARN",
    }

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its name."""
        return inputs["name"], self.put(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it anew; the call takes all of it as one object."""
        account.send(
            "config.put_delivery_channel",
            {"deliveryChannel": _without(inputs, "region"), "region": account.region_of(inputs)},
            renamed={f"*.{name}": member for name, member in self.renamed.items()},
            leave_out=("tags",),
            type_token=self.token,
        )
        return self.outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("config", existing.inputs).delete_delivery_channel(DeliveryChannelName=existing.identity)


@handles("aws:cfg/recorderStatus:RecorderStatus")
class RecorderStatus(Settable):
    """Whether a recorder runs."""

    calls = (
        "config.start_configuration_recorder",
        "config.stop_configuration_recorder",
        "config.describe_configuration_recorder_status",
    )
    replace_on = frozenset({"name", "region"})
    computed = ()
    describe = Describe(
        "config.describe_configuration_recorder_status",
        "ConfigurationRecorderNames",
        "ConfigurationRecordersStatus",
    )
    renamed: ClassVar = {"isEnabled": "recording"}

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Start or stop it; its id is the recorder's name."""
        return inputs["name"], self.put(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Start or stop it."""
        self._switch(account, inputs, on=inputs["isEnabled"])
        return self.outputs(account, inputs)

    def delete(self, account: Account, existing: Existing) -> None:
        """Stop it, as the provider does."""
        self._switch(account, existing.inputs, on=False)

    def _switch(self, account: Account, inputs: Inputs, *, on: bool) -> None:
        client = account.client("config", inputs)
        call = client.start_configuration_recorder if on else client.stop_configuration_recorder
        call(ConfigurationRecorderName=inputs["name"])


@handles("aws:cfg/retentionConfiguration:RetentionConfiguration")
class RetentionConfiguration(Settable):
    """How long Config keeps what it wrote down; an account has one, and AWS names it."""

    calls = (
        "config.put_retention_configuration",
        "config.describe_retention_configurations",
        "config.delete_retention_configuration",
    )
    replace_on = frozenset({"region"})
    computed = ("name",)
    describe = Describe(
        "config.describe_retention_configurations",
        "RetentionConfigurationNames",
        "RetentionConfigurations",
        outputs={"name": "Name"},
    )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is the name that AWS gives it."""
        outputs = self.put(account, inputs)
        return outputs["name"], outputs

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it anew."""
        told = account.send(self.calls[0], inputs, leave_out=("tags",), type_token=self.token)
        return self.outputs(account, inputs, name=told["RetentionConfiguration"]["Name"])

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        client = account.client("config", existing.inputs)
        client.delete_retention_configuration(RetentionConfigurationName=existing.identity)


@handles("aws:cfg/conformancePack:ConformancePack")
class ConformancePack(Settable):
    """A pack of rules: kept without its rules, and judges nothing here."""

    kept = "extended"
    note = "A pack is told as deployed; its rules are not made, and judge nothing."
    calls = ("config.put_conformance_pack", "config.describe_conformance_packs", "config.delete_conformance_pack")
    renamed: ClassVar = {
        "name": "ConformancePackName",
        "deliveryS3Bucket": "DeliveryS3Bucket",
        "deliveryS3KeyPrefix": "DeliveryS3KeyPrefix",
        "inputParameters": "ConformancePackInputParameters",
    }
    replace_on = frozenset({"name", "region"})
    describe = Describe(
        "config.describe_conformance_packs",
        "ConformancePackNames",
        "ConformancePackDetails",
        outputs={"arn": "ConformancePackArn"},
    )

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Put it; its id is its name."""
        return inputs["name"], self.put(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Put it anew."""
        made = account.send(self.calls[0], inputs, renamed=self.renamed, leave_out=("tags",), type_token=self.token)
        return self.outputs(account, inputs, arn=made["ConformancePackArn"])

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("config", existing.inputs).delete_conformance_pack(ConformancePackName=existing.identity)


def _without(inputs: Inputs, *names: str) -> dict[str, Any]:
    return {name: value for name, value in inputs.items() if name not in names}
