"""Reports held against the published schemas of their formats."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import xmlschema
from jsonschema import Draft4Validator

SCHEMAS = Path(__file__).parent / "schemas"


@cache
def _sarif() -> Any:
    return Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0.json").read_text(encoding="utf-8")))


@cache
def _junit() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")


def sarif_faults(content: dict[str, Any]) -> list[str]:
    """What SARIF's 2.1.0 schema does not allow."""
    return [f"{list(error.absolute_path)}: {error.message}" for error in _sarif().iter_errors(content)]


def junit_faults(text: str) -> list[str]:
    """What the common JUnit schema does not allow."""
    return [f"{error.path}: {error.reason}" for error in _junit().iter_errors(text)]
