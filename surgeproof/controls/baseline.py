"""The baseline: findings that a team starts from. One comes back when the property behind it changes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from surgeproof.controls.errors import BaselineError
from surgeproof.controls.finding import Finding
from surgeproof.controls.own import WAIVERS

VERSION = 1


def baseline_text(findings: Iterable[Finding]) -> str:
    """What fails now, as the text of a baseline file; digests stand for properties, secrets are in none.

    Faults of waivers are left out: they are to be mended.
    """
    entries = [
        {"control": item.control, "urn": item.urn, "identity": item.identity, "digest": item.digest}
        for item in findings
        if item.verdict == "fail" and item.control != WAIVERS.id
    ]
    entries.sort(key=lambda entry: (entry["control"], entry["urn"], entry["identity"]))
    return json.dumps({"version": VERSION, "findings": entries}, indent=2) + "\n"


def load_baseline(path: Path) -> dict[str, str]:
    """Identity to digest of the findings in a baseline file.

    Raises:
        BaselineError: When it cannot be read, or is none.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] != VERSION:
            raise BaselineError("is of another version", path=str(path), got=content["version"], allowed=str(VERSION))
        return {str(entry["identity"]): str(entry["digest"]) for entry in content["findings"]}
    except OSError as error:
        raise BaselineError(f"cannot be read ({error.strerror})", path=str(path)) from None
    except (ValueError, KeyError, TypeError):
        raise BaselineError(
            "is no baseline", path=str(path), fix="Write it with `surgeproof check --write-baseline`"
        ) from None


def apply_baseline(findings: Iterable[Finding], baseline: dict[str, str]) -> list[Finding]:
    """Findings with those of the baseline marked; they stay visible.

    One whose properties have changed since is told as changed, and counts again.
    """
    return [_marked(finding, baseline) for finding in findings]


def _marked(finding: Finding, baseline: dict[str, str]) -> Finding:
    if finding.verdict != "fail" or finding.identity not in baseline:
        return finding
    if baseline[finding.identity] == finding.digest:
        return replace(finding, baselined=True, note="in the baseline")
    return replace(finding, note="was in the baseline; the property has changed since")
