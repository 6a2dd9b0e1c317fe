"""Controls of literal secrets, in whatever property of whatever type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from surgeproof.controls.context import Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of
from surgeproof.controls.outcome import Outcome, failed
from surgeproof.controls.published import published
from surgeproof.controls.secret_words import SECRET_PROPERTIES, is_known_secret
from surgeproof.graph.model import SECRET, Resource
from surgeproof.graph.wire import UNKNOWN_MARK


@control(
    id="SEC-03",
    title="No secret is typed into the program",
    severity="crit",
    family="any",
    rationale="What is typed is in the repository, in its history, in the state and in every log of a preview.",
    remediation="Let it be generated (`manage_master_user_password=True`, `random.RandomPassword`) or read it from Secrets "
    "Manager; at the least `pulumi.Output.secret(...)`.",
    requirements=published(pci="8.6.2j", nist="IA-5(7)"),
)
def nothing_secret_is_typed(resource: Resource, _context: Context) -> list[Outcome]:
    """Properties with a secret's name are marked as secret; no text has the form of a known key."""
    return all_of(
        *(
            failed(f"{place} is typed in and not marked as secret", property=place)
            for name, value in resource.inputs.items()
            if name not in resource.secrets
            for place in _typed(name, name, value)
        )
    )


def _typed(place: str, key: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _typed(f"{place}.{name}", str(name), item)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _typed(f"{place}[{number}]", key, item)
    elif isinstance(value, str) and value and value != SECRET and UNKNOWN_MARK not in value:
        named = key in SECRET_PROPERTIES and not value.startswith("arn:")
        if named or is_known_secret(value):
            yield place
