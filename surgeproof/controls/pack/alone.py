"""Alone or not: whether a control can judge a resource before the rest of its stack is there.

A control that asks nothing of other resources becomes a resource policy, which the engine runs before it makes the
resource. All others become stack policies. It is told by what their code names, so that no control has to say it twice.
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

from surgeproof.controls.context import Context
from surgeproof.controls.control import Control
from surgeproof.controls.families import STACK

_OF_ONE = {"value", "document", "parameter", "parameters"}
_ASKS_OTHERS = frozenset({name for name in dir(Context) if not name.startswith("_")} - _OF_ONE | {"graph"})
"""Names in `Context` that lead to other resources: all but those that read the resource itself."""
_OURS = ("surgeproof.", "surgeproof_team_controls.")


def judges_alone(control: Control) -> bool:
    """Whether the control looks at nothing but the resource that it is given."""
    return control.family != STACK and not _asks(control.judge, set())


def _asks(function: Any, seen: set[int]) -> bool:
    function = getattr(function, "__wrapped__", function)
    if not isinstance(function, types.FunctionType):
        # What cannot be looked into is taken to ask.
        return True
    if id(function) in seen:
        return False
    seen.add(id(function))
    cells = [cell.cell_contents for cell in function.__closure__ or ()]
    for code in _codes(function.__code__):
        if _ASKS_OTHERS & set(code.co_names):
            return True
        named = (function.__globals__.get(name) for name in code.co_names)
        if any(_is_ours(item) and _asks(item, seen) for item in (*named, *cells)):
            return True
    return False


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _codes(constant)


def _is_ours(item: object) -> bool:
    return isinstance(item, types.FunctionType) and item.__module__.startswith(_OURS)
