"""GuardDuty: the detector and its features."""

from __future__ import annotations

from typing import Any, ClassVar

from botocore.exceptions import ClientError

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, Settable, handles, is_missing
from surgeproof.localcloud.handlers.describe import Change, Describe


@handles("aws:guardduty/detector:Detector")
class Detector(Handler):
    """A detector: kept, and finds nothing here."""

    calls = (
        "guardduty.create_detector",
        "guardduty.get_detector",
        "guardduty.update_detector",
        "guardduty.delete_detector",
    )
    defaults: ClassVar = {"enable": True}
    renamed: ClassVar = {"datasources": "DataSources"}
    replace_on = frozenset({"region"})
    computed = ("arn", "accountId")
    describe = Describe("guardduty.get_detector", "DetectorId")
    change = Change("guardduty.update_detector", "DetectorId")
    unread = frozenset({"datasources"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is AWS's."""
        identity = self.send(account, inputs)["DetectorId"]
        return identity, self._outputs(account, identity, inputs)

    def _outputs(self, account: Account, identity: str, inputs: Inputs) -> Inputs:
        arn = account.arn("guardduty", f"detector/{identity}", inputs)
        return self.outputs(account, inputs, arn=arn, accountId=account.number)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """What it is; one that is gone is a bad request to GuardDuty."""
        try:
            return super().read(account, identity, inputs)
        except ClientError as error:
            if is_missing(error, "BadRequestException"):
                return None
            raise

    def seen(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:
        """AWS tells a state where the program says on or off."""
        now = super().seen(account, identity, inputs, found)
        return {**now, "enable": found["Status"] == "ENABLED"}

    def told(self, account: Account, identity: str, inputs: Inputs, found: Inputs) -> Inputs:  # noqa: ARG002 - the interface
        """ARN and account, which AWS tells nowhere."""
        return {"arn": account.arn("guardduty", f"detector/{identity}", inputs), "accountId": account.number}

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("guardduty", existing.inputs).delete_detector(DetectorId=existing.identity)


@handles("aws:guardduty/detectorFeature:DetectorFeature")
class DetectorFeature(Settable):
    """One feature of a detector: on or off."""

    kept = "extended"
    note = "A change of one feature leaves the others as they are."
    calls = ("guardduty.update_detector", "guardduty.get_detector")
    replace_on = frozenset({"detectorId", "name", "region"})
    computed = ()

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Switch it; its id is detector and name."""
        return f"{inputs['detectorId']}/{inputs['name']}", self.put(account, inputs)

    def put(self, account: Account, inputs: Inputs) -> Inputs:
        """Switch it."""
        self._switch(account, inputs, inputs["status"])
        return self.outputs(account, inputs)

    def _switch(self, account: Account, inputs: Inputs, status: str) -> None:
        feature: dict[str, Any] = {"name": inputs["name"], "status": status}
        if inputs.get("additionalConfigurations"):
            feature["additionalConfiguration"] = [
                {**item, "status": status if status == "DISABLED" else item["status"]}
                for item in inputs["additionalConfigurations"]
            ]
        values = {
            "detectorId": inputs["detectorId"],
            "features": [feature],
            "region": account.region_of(inputs),
        }
        account.send("guardduty.update_detector", values, leave_out=("tags",), type_token=self.token)

    def read(self, account: Account, identity: str, inputs: Inputs) -> tuple[Inputs, Inputs] | None:
        """Whether it is on."""
        detector, name = identity.split("/")
        found = Describe("guardduty.get_detector", "DetectorId").ask(account, detector, inputs)
        feature = next((item for item in (found or {}).get("Features", []) if item["Name"] == name), None)
        if feature is None:
            return None
        now = {**inputs, "detectorId": detector, "name": name, "status": feature["Status"]}
        return now, self.outputs(account, now)

    def delete(self, account: Account, existing: Existing) -> None:
        """Switch it off: AWS knows no detector without it."""
        self._switch(account, existing.inputs, "DISABLED")
