"""Groups of mutations that many controls share."""

from __future__ import annotations

from surgeproof.controls.mutants.operators import Mutation, drop, option, put

UNPROTECTED = option("protect is off", protect=False)


def unsealed(path: str, alias: str, *, on: str | None = None) -> tuple[Mutation, ...]:
    """A customer key that is left out, empty, or AWS's own."""
    return drop(path, on=on), put(path, f"alias/aws/{alias}", on=on), put(path, "", on=on)


def off(path: str, *, on: str | None = None, needed: bool = True) -> tuple[Mutation, ...]:
    """A flag that is off, as a bool and as text, or left out where AWS's default is off."""
    found = (put(path, False, on=on), put(path, "false", on=on))
    return (*found, drop(path, on=on)) if needed else found


def container(path: str, *values: object) -> tuple[Mutation, ...]:
    """A property of the first container, with other values."""
    return tuple(put(f"containerDefinitions[0].{path}", value, linked=True) for value in values)
