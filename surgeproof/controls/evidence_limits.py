"""Limits of the evidence: what is not checked, and where published mappings disagree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from surgeproof.controls.control import Control
from surgeproof.controls.published import PCI

NOT_CHECKED = (
    (
        "Processes: reviews, training, penetration tests, scans by an approved vendor, incident response, physical access. "
        "Most requirements of PCI DSS are about what people do; no control covers them."
    ),
    "Requirements that are not in this document: no control is mapped to them, so nothing here speaks for or against.",
    "Application code: whether the shop logs or stores a card number, and packages with known vulnerabilities.",
    (
        "Card numbers at rest: requirement 3.5.1.2 says that disk or volume encryption alone does not make a card number "
        "unreadable. The controls of encryption at rest are necessary and never sufficient; store no card number."
    ),
    "What is only in AWS, unless the source is the live account: drift, resources made by hand, account settings.",
    "Whether the tags pci-scope are right: the scope map shows what follows from them and from the links.",
    "What AWS's own managed policies allow is not expanded.",
)


class Disagreement(BaseModel):
    """Where publishers map the same thing to different requirements.

    Attributes:
        subject: What is mapped.
        told: Publisher to the requirements that it names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    subject: str
    told: dict[str, tuple[str, ...]]


DISAGREEMENTS = (
    Disagreement(
        subject="Encryption at rest",
        told={
            "Pulumi: PCI DSS v4.0.1 policy pack, and AWS Security Hub S3.17": ("3.5.1",),
            "AWS Config: conformance pack for PCI DSS 4.0": ("8.3.2",),
        },
    ),
    Disagreement(
        subject="Delivery of access logs",
        told={
            "Pulumi: PCI DSS v4.0.1 policy pack": ("10.2.1",),
            "AWS Security Hub WAF.11, CloudFront.5, APIGateway.9, Route53.2": ("10.4.2",),
        },
    ),
)
"""Of whole subjects, as read in the published files."""


def differing(controls: Iterable[Control]) -> tuple[Disagreement, ...]:
    """Controls that two publishers map to PCI DSS with no requirement in common; our own reading is none of them."""
    found = []
    for control in controls:
        told: dict[str, list[str]] = defaultdict(list)
        for item in control.requirements:
            if item.framework == PCI and not item.source.startswith("our own"):
                told[item.source].append(item.id)
        sets = [set(ids) for ids in told.values()]
        if len(sets) > 1 and not set.intersection(*sets):
            by = {source: tuple(ids) for source, ids in told.items()}
            found.append(Disagreement(subject=f"{control.id} {control.title}", told=by))
    return tuple(found)
