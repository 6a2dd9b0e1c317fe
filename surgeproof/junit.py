"""JUnit XML, as CI systems read it: cases in suites, with the counts that they expect."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal
from xml.etree import ElementTree as ET

Kind = Literal["failure", "error", "skipped"]
"""What a case may have come to, beside success."""

_COUNTS: dict[str, Kind] = {"failures": "failure", "errors": "error", "skipped": "skipped"}
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't hold (section 2.2, Char)."""


def case(classname: str, name: str) -> ET.Element:
    """A case that has succeeded, until `say` says otherwise."""
    return ET.Element("testcase", {"classname": _text(classname), "name": _text(name), "time": "0"})


def say(of: ET.Element, kind: Kind, message: str, text: str = "", **attributes: str) -> None:
    """Say what a case came to.

    Args:
        of: The case.
        kind: What.
        message: In one line.
        text: More lines, where there are.
        attributes: Others of the element: ``type``.
    """
    ET.SubElement(of, kind, {**attributes, "message": _text(message)}).text = _text(text) or None


def suite(
    name: str, cases: Sequence[ET.Element], *, properties: Mapping[str, object] | None = None, **attributes: str
) -> ET.Element:
    """Cases with their counts, and what stands behind all of them."""
    counts = {count: str(sum(each.find(kind) is not None for each in cases)) for count, kind in _COUNTS.items()}
    made = ET.Element("testsuite", {"name": _text(name), **attributes, "tests": str(len(cases)), **counts})
    if properties:
        told = ET.SubElement(made, "properties")
        for key, value in properties.items():
            ET.SubElement(told, "property", {"name": key, "value": _text(str(value))})
    made.extend(cases)
    return made


def document(name: str, suites: Sequence[ET.Element]) -> str:
    """All suites as a file's text."""
    totals = {
        key: str(sum(int(each.get(key, "0")) for each in suites))
        # The common schema (junit-10.xsd) knows no `skipped` of all suites together.
        for key in ("tests", "failures", "errors")
    }
    root = ET.Element("testsuites", {"name": _text(name), **totals})
    root.extend(suites)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _text(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
