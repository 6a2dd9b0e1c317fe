"""HTML and SVG as nested calls, in which every text is escaped."""

from __future__ import annotations

import re
from html import escape

_OPTION = re.compile(r"(--[a-z][a-z-]*)")
_VOID = {"meta", "br", "line", "rect", "path", "circle", "use", "stop"}


class Markup(str):
    """Text that is markup already: the only text that is not escaped."""

    __slots__ = ()


Child = str | float | int | None


def tag(element: str, /, *children: Child, **attributes: str | float | bool | None) -> Markup:
    """An element. `class_` is `class`, underscores become hyphens; None and False leave an attribute out."""
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{escape(_number(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    inside = join(*children)
    if not inside and element in _VOID:
        return Markup(f"<{element}{written}>" if element in {"meta", "br"} else f"<{element}{written}/>")
    return Markup(f"<{element}{written}>{inside}</{element}>")


def join(*children: Child) -> Markup:
    """Children one after the other, escaped where they are plain text."""
    return Markup(
        "".join(each if isinstance(each, Markup) else escape(_number(each)) for each in children if each is not None)
    )


def sentence(text: str) -> Markup:
    """Prose in which the name of an option (`--speed`) is not broken over two lines."""
    parts = _OPTION.split(text)
    return join(*(tag("span", part, class_="whole") if _OPTION.fullmatch(part) else part for part in parts))


def _number(value: object) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
