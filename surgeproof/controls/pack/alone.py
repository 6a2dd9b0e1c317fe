"""Alone or not: whether a control can judge a resource before the rest of its stack is there.

A control that asks nothing of other resources becomes a resource policy, which the engine runs before it makes the
resource. All others become stack policies.
"""

from __future__ import annotations

from surgeproof.controls.code_reading import asked
from surgeproof.controls.context import Context
from surgeproof.controls.control import Control
from surgeproof.controls.families import STACK

_OF_ONE = {"value", "document", "readable", "parameter", "parameters", "names"}
_ASKS_OTHERS = frozenset({name for name in dir(Context) if not name.startswith("_")} - _OF_ONE | {"graph"})
"""Names in `Context` that lead to other resources: all but those that read the resource itself."""


def judges_alone(control: Control) -> bool:
    """Whether the control looks at nothing but the resource that it is given."""
    found = asked(control)
    return control.family != STACK and not found.opaque and not found.names & _ASKS_OTHERS
