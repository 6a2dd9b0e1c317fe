"""What a journeys file may do around every request: sign it, add to it, look at its answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from surgeproof.load.client import Response
    from surgeproof.load.visitor import Visitor

_BEFORE, _AFTER = "surgeproof_before_request", "surgeproof_after_request"


@dataclass(slots=True)
class Outgoing:
    """A request before it is sent; what a hook changes is what is sent.

    Attributes:
        name: Of the step.
        headers: Its own, the visitor's and its cookies among them; those that every request carries come on top.
    """

    method: str
    path: str
    name: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


BeforeRequest = Callable[[Outgoing, "Visitor"], None]
AfterRequest = Callable[[Outgoing, "Response | None", "Visitor"], None]
B = TypeVar("B", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Hooks:
    """Of one journeys file."""

    before: tuple[BeforeRequest, ...] = ()
    after: tuple[AfterRequest, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.before or self.after)


def before_request(function: B) -> B:
    """Mark a function of (request, visitor) that is called before each request of the file's journeys.

    The time that it takes is not the site's: it is in the generator's lag.
    """
    setattr(function, _BEFORE, True)
    return function


def after_request(function: B) -> B:
    """Mark a function of (request, answer, visitor) that is called after each; the answer is None when there is none."""
    setattr(function, _AFTER, True)
    return function


def hooks_in(values: list[object]) -> Hooks:
    """The marked functions among the values of a module, in their order."""

    def marked(mark: str) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(value for value in values if callable(value) and _has(value, mark)))

    return Hooks(before=marked(_BEFORE), after=marked(_AFTER))


def _has(value: object, mark: str) -> bool:
    return getattr(value, "__dict__", {}).get(mark) is True
