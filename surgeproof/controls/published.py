"""Published mappings: which requirement a control answers, and who says so, from one short notation.

Published mappings contradict each other, so each requirement carries its source and all are kept.
"""

from __future__ import annotations

from surgeproof.controls.control import Requirement

PCI = "PCI DSS 4.0.1"
FSBP = "AWS FSBP"
NIST = "NIST 800-53 r5"

_PCI_SOURCES = {
    "h": "AWS Security Hub: related requirements of the control",
    "p": "Pulumi: PCI DSS v4.0.1 policy pack",
    "c": "AWS Config: conformance pack for PCI DSS 4.0",
    "j": "our own reading of the standard; a QSA must confirm it",
}


def published(hub: str = "", *, pci: str = "", cis: str = "", nist: str = "") -> tuple[Requirement, ...]:
    """Requirements from the notation of the catalogue.

    Args:
        hub: Security Hub control ids with blanks between; ``°`` marks one outside FSBP, ``†`` one that
            is in Security Hub's standard for PCI DSS v4.0.1 too.
        pci: PCI DSS requirements, each with the letter of who mapped it: ``h`` AWS Security Hub,
            ``p`` Pulumi, ``c`` AWS Config, ``j`` our own reading.
        cis: AWS Foundations Benchmark ids as ``v3/v5``; ``-`` where a version has none.
        nist: NIST 800-53 revision 5 controls with blanks between.
    """
    return (*_hub(hub), *_pci(pci), *_cis(cis), *_nist(nist))


def _hub(text: str) -> list[Requirement]:
    found = []
    for word in text.split():
        id_ = word.rstrip("°†")
        framework = "AWS Security Hub" if "°" in word else FSBP
        source = "AWS Security Hub: control reference"
        if "†" in word:
            source += "; in its standard for PCI DSS v4.0.1 too"
        found.append(Requirement(framework, id_, source))
    return found


def _pci(text: str) -> list[Requirement]:
    return [Requirement(PCI, word[:-1], _PCI_SOURCES[word[-1]]) for word in text.split()]


def _cis(text: str) -> list[Requirement]:
    found = []
    for pair in text.split():
        for version, id_ in zip(("3.0", "5.0"), pair.split("/"), strict=True):
            if id_ != "-":
                found.append(Requirement(f"CIS AWS Foundations {version}", id_, "Prowler: compliance files"))
    return found


def _nist(text: str) -> list[Requirement]:
    return [Requirement(NIST, word, "our own reading: the nearest control") for word in text.split()]
