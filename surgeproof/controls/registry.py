"""The registry: every control there is, imported on demand."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from surgeproof.controls import catalogue
from surgeproof.controls.control import REGISTERED, Control
from surgeproof.controls.errors import UnknownControlError


@cache
def _import_catalogue() -> None:
    for module in pkgutil.walk_packages(catalogue.__path__, f"{catalogue.__name__}."):
        importlib.import_module(module.name)


def all_controls() -> tuple[Control, ...]:
    """Every control, sorted by id."""
    _import_catalogue()
    return tuple(REGISTERED[id_] for id_ in sorted(REGISTERED))


def find_control(id_: str) -> Control:
    """The control with this id, in any case.

    Raises:
        UnknownControlError: When there is none.
    """
    _import_catalogue()
    found = REGISTERED.get(id_) or REGISTERED.get(id_.upper())
    if found is None:
        raise UnknownControlError(
            "no control has this id", path="--control", got=id_, fix="`surgeproof controls list` shows all of them"
        )
    return found
