"""What a control's code asks for, read from the code: no control has to declare twice what it looks at.

It errs to the safe side: what cannot be looked into is taken to ask, and a name that might be a type is one.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from surgeproof.controls.control import Control, Judge
from surgeproof.controls.families import FAMILIES

_OURS = ("surgeproof.controls", "surgeproof_team_controls")
_FAMILY_CALLS = frozenset({"family", "companions", "FAMILIES"})


@dataclass
class Asked:
    """What is named in a control's code and in all of ours that it calls.

    Attributes:
        names: Attributes and globals.
        types: Type tokens.
        texts: Other short texts, the names of properties among them.
        opaque: Whether something could not be looked into.
    """

    names: set[str] = field(default_factory=set)
    types: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    opaque: bool = False


def asked(control: Control) -> Asked:
    """What a control asks for, its own family included."""
    return _asked(control.judge, control.types)


@cache
def _asked(judge: Judge, types_: tuple[str, ...]) -> Asked:
    found = Asked(types=set(types_))
    _function(judge, found, set())
    return found


def _function(item: Any, found: Asked, seen: set[int]) -> None:
    function = getattr(item, "__wrapped__", item)
    if id(function) in seen:
        return
    seen.add(id(function))
    if isinstance(function, type):
        for inner in filter(None, map(_inside, vars(function).values())):
            _function(inner, found, seen)
        return
    if not isinstance(function, types.FunctionType):
        found.opaque = True
        return
    held = [cell.cell_contents for cell in function.__closure__ or ()]
    for value in (*held, *(function.__defaults__ or ())):
        _value(value, found, seen)
    for code in _codes(function.__code__):
        names = set(code.co_names)
        found.names |= names
        for constant in code.co_consts:
            _constant(constant, found, families=bool(names & _FAMILY_CALLS))
        for name in names & function.__globals__.keys():
            _value(function.__globals__[name], found, seen, families=True)


def _inside(member: Any) -> types.FunctionType | None:
    """The function in a member of a class."""
    if isinstance(member, property):
        member = member.fget
    elif isinstance(member, cached_property):
        member = member.func
    elif isinstance(member, (staticmethod, classmethod)):
        member = member.__func__
    return member if isinstance(member, types.FunctionType) else None


def _value(value: Any, found: Asked, seen: set[int], *, families: bool = False) -> None:
    module = getattr(value, "__module__", None)
    if isinstance(value, (types.FunctionType, type)):
        if isinstance(module, str) and module.startswith(_OURS):
            _function(value, found, seen)
    elif value is not FAMILIES:
        _constant(value, found, families=families)


def _constant(value: Any, found: Asked, *, families: bool) -> None:
    for text in _texts(value):
        if text.isidentifier():
            found.texts.add(text)
        if text.startswith("aws:") and text.count(":") == 2 and "/" in text:
            found.types.add(text)
        elif families and text in FAMILIES:
            found.types |= set(FAMILIES[text])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in (*value, *value.values()):
            yield from _texts(item)
    elif isinstance(value, (tuple, list, set, frozenset)):
        for item in value:
            yield from _texts(item)


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)
