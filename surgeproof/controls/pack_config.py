"""Configuration of the pack for `pulumi --policy-pack-config`: chosen parameters, and waivers as Pulumi's exceptions.

Pulumi's exceptions (public preview, CLI 3.274 and later; pulumi.com, 'Policy exceptions' and the schema
PolicyExceptionMatch) name URNs one by one and know no end. So only waivers that are sound today are written, each with
the URNs that it covers now. The pack itself reads ``waivers.yaml`` and needs no such file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from surgeproof.controls.engine import Parameters
from surgeproof.controls.finding import Finding
from surgeproof.controls.waivers import PlacedWaiver


def pack_config(findings: Iterable[Finding], waivers: Iterable[PlacedWaiver], parameters: Parameters) -> str:
    """The file's text.

    Args:
        findings: After the waivers were applied: what they waive is what is excepted.
        waivers: The entries.
        parameters: Chosen values by control and name.
    """
    waived = [item for item in findings if item.verdict == "waived"]
    exceptions = []
    for placed in waivers:
        waiver = placed.waiver
        urns = sorted({item.urn for item in waived if waiver.covers(item)})
        if urns:
            told = f"{waiver.ticket}, until {waiver.expires}, approved by {waiver.approver}: {waiver.reason}"
            exceptions.append({"reason": told, "match": [{"policies": [waiver.control], "targets": urns}]})
    content: dict[str, object] = {id_: dict(values) for id_, values in sorted(parameters.items()) if values}
    if exceptions:
        content["exceptions"] = exceptions
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"
