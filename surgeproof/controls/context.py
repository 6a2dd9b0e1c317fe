"""The context that a control runs in: the graph, and questions to it that tell unknown from absent."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, TypeVar

from surgeproof.controls.control import Value
from surgeproof.controls.errors import DocumentError, ParameterError, UnknownFamilyError
from surgeproof.controls.families import ANY, FAMILIES
from surgeproof.graph.model import SECRET, Graph, Resource
from surgeproof.graph.wire import UNKNOWN_MARK


class NoValue(Enum):
    """Why a property has no value; both are false, so that neither is mistaken for a flag that is on."""

    ABSENT = "absent"
    UNKNOWN = "unknown"

    def __bool__(self) -> bool:
        return False


ABSENT = NoValue.ABSENT
"""The program does not say it: AWS's default holds."""
UNKNOWN = NoValue.UNKNOWN
"""It is known only after deployment, or was left out of what was read: it cannot be judged."""

_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_T = TypeVar("_T")


class Context:
    """What one run of the controls shares.

    Args:
        graph: The resources.
        parameters: Values of the control that is being run, by name.
    """

    def __init__(self, graph: Graph, parameters: Mapping[str, Value] | None = None) -> None:
        self.graph = graph
        self.parameters: Mapping[str, Value] = parameters or {}
        self._kept: dict[object, Any] = {}
        self._families: dict[str, list[Resource]] = {}

    def once(self, key: object, make: Callable[[], _T]) -> _T:
        """What ``make`` returns, made once a run: controls are asked once a resource, and must stay linear.

        Args:
            key: Names it, for all controls.
            make: Makes it.
        """
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def family(self, name: str) -> list[Resource]:
        """Resources of a family, in the graph's order.

        Raises:
            UnknownFamilyError: When there is no such family.
        """
        if name == ANY:
            return [item for item in self.graph.resources if item.custom]
        if name not in self._families:
            self._families[name] = [item for type_ in types_of(name) for item in self.graph.of_type(type_)]
        return self._families[name]

    def companions(self, resource: Resource, family: str, by: str = "bucket") -> list[Resource]:
        """Resources of a family whose property ``by`` refers to this one.

        By the property's dependencies; where a resource has none (a state file of another program,
        a literal name) by equal id, name or ARN.
        """
        linked, named = self.once(("companions", family, by), lambda: self._references(family, by))
        found = {item.urn: item for item in linked.get(resource.urn, ())}
        for name in _identities(resource):
            found |= {item.urn: item for item in named.get(name, ())}
        return list(found.values())

    def _references(self, family: str, by: str) -> tuple[dict[str, list[Resource]], dict[object, list[Resource]]]:
        """Resources of a family by the URN, and where there is none by the text, that a property refers to."""
        linked: dict[str, list[Resource]] = {}
        named: dict[object, list[Resource]] = {}
        for item in self.family(family):
            sources = item.property_dependencies.get(by, ())
            for urn in sources:
                linked.setdefault(urn, []).append(item)
            value = item.inputs.get(by)
            if not sources and isinstance(value, str):
                named.setdefault(value, []).append(item)
        return linked, named

    def value(self, resource: Resource, path: str) -> Any:
        """An input property, ``a.b[0].c``; UNKNOWN or ABSENT where there is none.

        A list of one stands for its only entry where a name is asked of it, as providers differ in that.
        """
        parts = [name or int(index) for name, index in _PART.findall(path)]
        first = str(parts[0])
        if first not in resource.inputs:
            # What is made from another resource and has no value has none yet.
            return UNKNOWN if resource.property_dependencies.get(first) else ABSENT
        return _follow(resource.inputs, parts)

    def document(self, resource: Resource, property: str) -> Any:  # noqa: A002 - the domain's word
        """A property's JSON document, parsed; UNKNOWN, or None when it is absent.

        Raises:
            DocumentError: When it is no JSON; the engine makes a finding of that.
        """
        value = self.value(resource, property)
        if value is ABSENT or value is UNKNOWN:
            return None if value is ABSENT else UNKNOWN
        if not isinstance(value, str):
            return value
        if UNKNOWN_MARK in value:
            return UNKNOWN
        try:
            return json.loads(value)
        except ValueError:
            raise DocumentError("is not a JSON document", path=property) from None

    def readable(self, resource: Resource, property: str) -> Any:  # noqa: A002 - the domain's word
        """As `document`; one that is no JSON counts as UNKNOWN, for maps that must not end at it."""
        try:
            return self.document(resource, property)
        except DocumentError:
            return UNKNOWN

    def parameter(self, name: str) -> float:
        """A number that is chosen for the control that is being run.

        Raises:
            ParameterError: When the control declares none of this name.
        """
        value = self.parameters.get(name)
        if value is None or isinstance(value, tuple):
            raise ParameterError("the control declares no such number", got=name)
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """Names that are chosen for the control that is being run.

        Raises:
            ParameterError: When the control declares none.
        """
        value = self.parameters.get(name)
        if not isinstance(value, tuple):
            raise ParameterError("the control declares no such names", got=name)
        return value


def types_of(family: str) -> tuple[str, ...]:
    """Types of a family.

    Raises:
        UnknownFamilyError: When there is no such family.
    """
    types = FAMILIES.get(family)
    if types is None:
        raise UnknownFamilyError("no family of resources has this name", got=family)
    return types


def _identities(resource: Resource) -> set[object]:
    outputs = resource.outputs
    known = (outputs.get(key) or resource.inputs.get(key) for key in ("arn", "name", "bucket", "id", "url"))
    return {item for item in (resource.id, *known) if isinstance(item, str)}


def _follow(value: Any, parts: Iterable[str | int]) -> Any:
    for part in parts:
        if isinstance(part, str) and isinstance(value, list) and len(value) == 1:
            value = value[0]
        if value in (UNKNOWN_MARK, SECRET):
            return UNKNOWN
        if isinstance(part, int):
            if not isinstance(value, list) or part >= len(value):
                return ABSENT
            value = value[part]
        elif isinstance(value, Mapping) and value.get(part) is not None:
            value = value[part]
        else:
            return ABSENT
    return UNKNOWN if isinstance(value, str) and value in (UNKNOWN_MARK, SECRET) else value
