"""That a certificate has been proved: in AWS minutes after its record, here at once."""

from __future__ import annotations

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe


@handles("aws:acm/certificateValidation:CertificateValidation")
class CertificateValidation(Handler):
    """Waits for a certificate. It makes nothing, and deleting it leaves the certificate as it is."""

    note = "The certificate counts as proved at once; in AWS it takes minutes after its record."
    kept = "extended"
    calls = ("acm.describe_certificate",)
    replace_on = frozenset({"certificateArn", "validationRecordFqdns", "region"})
    computed = ("certificateArn",)
    describe = Describe("acm.describe_certificate", by="CertificateArn", found="Certificate", key="certificateArn")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Ask for the certificate, which has to be there; the id is its ARN."""
        arn = inputs["certificateArn"]
        account.client("acm", inputs).describe_certificate(CertificateArn=arn)
        return arn, self.outputs(account, inputs, certificateArn=arn)

    def delete(self, account: Account, existing: Existing) -> None:
        """Nothing was made."""
