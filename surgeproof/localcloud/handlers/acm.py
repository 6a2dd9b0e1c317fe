"""Certificates."""

from __future__ import annotations

from typing import ClassVar

from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Existing, Handler, Inputs, handles
from surgeproof.localcloud.handlers.describe import Describe


@handles("aws:acm/certificate:Certificate")
class Certificate(Handler):
    """A certificate that AWS issues. Importing one of your own is not taken."""

    calls = ("acm.request_certificate", "acm.describe_certificate", "acm.delete_certificate")
    renamed: ClassVar = {"validationOptions": "DomainValidationOptions"}
    elsewhere = frozenset({"earlyRenewalDuration"})
    local = frozenset({"earlyRenewalDuration"})
    replace_on = frozenset(
        {
            "domainName", "subjectAlternativeNames", "validationMethod", "validationOptions", "keyAlgorithm", "options",
            "certificateAuthorityArn", "region",
        }
    )  # fmt: skip
    describe = Describe(
        "acm.describe_certificate",
        "CertificateArn",
        "Certificate",
        outputs={"arn": "CertificateArn", "status": "Status"},
    )
    # AWS adds the domain itself to the alternative names, tells the method with each of them, and writes RSA-2048.
    unread = frozenset({"subjectAlternativeNames", "validationMethod", "options", "keyAlgorithm"})
    computed = ("arn", "domainValidationOptions", "status")

    def create(self, account: Account, inputs: Inputs) -> tuple[str, Inputs]:
        """Request it; its id is its ARN."""
        arn = self.send(account, inputs)["CertificateArn"]
        found = account.client("acm", inputs).describe_certificate(CertificateArn=arn)["Certificate"]
        options = [
            {
                "domainName": option["DomainName"],
                "resourceRecordName": option.get("ResourceRecord", {}).get("Name", ""),
                "resourceRecordType": option.get("ResourceRecord", {}).get("Type", ""),
                "resourceRecordValue": option.get("ResourceRecord", {}).get("Value", ""),
            }
            for option in found.get("DomainValidationOptions") or []
        ]
        return arn, self.outputs(account, inputs, arn=arn, status=found["Status"], domainValidationOptions=options)

    def delete(self, account: Account, existing: Existing) -> None:
        """Delete it."""
        account.client("acm", existing.inputs).delete_certificate(CertificateArn=existing.identity)
