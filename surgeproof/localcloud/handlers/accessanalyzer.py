"""IAM Access Analyzer."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe


@handles("aws:accessanalyzer/analyzer:Analyzer")
class Analyzer(Handler):
    """An analyzer: kept, and finds nothing here."""

    kept = "extended"
    note = "Analyzers are told as deployed; they find nothing."
    calls = ("accessanalyzer.create_analyzer", "accessanalyzer.get_analyzer", "accessanalyzer.delete_analyzer")
    name_prop = "analyzerName"
    name_length = 255
    defaults: ClassVar = {"type": "ACCOUNT"}
    replace_on = frozenset({"analyzerName", "type", "configuration", "region"})
    describe = Describe("accessanalyzer.get_analyzer", "analyzerName", "analyzer", outputs={"arn": "arn"})

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Create it; its id is its name."""
        arn = self.send(account, inputs)["arn"]
        return inputs["analyzerName"], self.outputs(account, inputs, arn=arn)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("accessanalyzer", existing.inputs).delete_analyzer(analyzerName=existing.identity)
