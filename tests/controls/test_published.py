"""Mappings: each requirement says who published it."""

from __future__ import annotations

from surgeproof.controls.published import published
from surgeproof.controls.registry import all_controls


def test_notation() -> None:
    """Marks and letters become frameworks and sources."""
    found = {(item.framework, item.id): item.source for item in published(
        "RDS.2† SNS.1°", pci="1.4.1p 8.6.2j", cis="2.3.3/- -/2.2.4", nist="SC-7(5)"
    )}  # fmt: skip
    assert "PCI DSS v4.0.1 too" in found["AWS FSBP", "RDS.2"]
    assert found["AWS Security Hub", "SNS.1"] == "AWS Security Hub: control reference"
    assert found["PCI DSS 4.0.1", "1.4.1"].startswith("Pulumi")
    assert "QSA" in found["PCI DSS 4.0.1", "8.6.2"]
    assert ("CIS AWS Foundations 3.0", "2.3.3") in found
    assert ("CIS AWS Foundations 5.0", "2.2.4") in found
    assert ("NIST 800-53 r5", "SC-7(5)") in found
    assert len(found) == 7


def test_every_control_answers_something() -> None:
    """No control without a requirement and its source, but those that come from reported bugs of tools."""
    for control in all_controls():
        assert control.requirements or control.id.startswith("PLN-"), control.id
        assert all(item.source and item.id for item in control.requirements), control.id
