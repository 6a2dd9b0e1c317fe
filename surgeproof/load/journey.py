"""What a journey is: a plain function of a client and a visitor, found by its name.

Imports neither gevent nor Locust, so that journeys can be sketched and tested without them.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from surgeproof.load.client import Client, Response
from surgeproof.load.errors import JourneyFileError
from surgeproof.load.hooks import Hooks, Outgoing, after_request, before_request, hooks_in
from surgeproof.load.visitor import Visitor

__all__ = [
    "Client",
    "Journey",
    "Outgoing",
    "Response",
    "after_request",
    "before_request",
    "journey",
    "journeys_from",
    "journeys_in",
]

_MARK = "surgeproof_journey"

JourneyFunction = Callable[[Client, Visitor], None]
F = TypeVar("F", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Journey:
    """One visitor's way through the shop."""

    name: str
    run: JourneyFunction
    description: str
    hooks: Hooks = Hooks()  # noqa: RUF009 - frozen


def journey(name: str) -> Callable[[F], F]:
    """Mark a function as the journey that a plan's mix calls ``name``."""

    def mark(function: F) -> F:
        setattr(function, _MARK, name)
        return function

    return mark


def journeys_in(module: ModuleType) -> dict[str, Journey]:
    """Journeys of a module by name, in the order in which they stand there.

    Raises:
        JourneyFileError: Two functions carry the same name, or there is none at all.
    """
    found: dict[str, Journey] = {}
    hooks = hooks_in(list(vars(module).values()))
    for value in vars(module).values():
        name = getattr(value, _MARK, None)
        if not isinstance(name, str) or not callable(value):
            continue
        if name in found and found[name].run is not value:
            raise JourneyFileError("two journeys have one name", path=module.__file__, got=name, fix="Rename one")
        summary = (value.__doc__ or "").strip().partition("\n")[0].strip()
        found[name] = Journey(name=name, run=value, description=summary, hooks=hooks)
    if not found:
        raise JourneyFileError(
            "no journeys", path=module.__file__, fix='Mark a function of (client, visitor) with @journey("name")'
        )
    return found


def journeys_from(path: Path) -> dict[str, Journey]:
    """Load a Python file and return its journeys.

    Raises:
        JourneyFileError: There is no such file, it fails to load, or holds no journeys.
    """
    if not path.is_file():
        raise JourneyFileError("no such file", path=str(path), fix="Name the Python file that holds the journeys")
    name = f"_journeys_{path.stem}_{abs(hash(path.resolve())):x}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise JourneyFileError("not a Python file", path=str(path), allowed="a file that ends in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (ImportError, SyntaxError) as error:
        raise JourneyFileError(f"does not load: {error}", path=str(path), fix="Mend the file") from error
    return journeys_in(module)
