"""Claims: which mutants each control says that it catches. They are written from the rule, not from its code."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from surgeproof.controls.mutants import tables
from surgeproof.controls.mutants.operators import Mutation

CLAIMED: dict[str, tuple[Mutation, ...]] = {}
"""Mutants by control. Read it through `all_claims`, which imports the tables."""


def claims(control: str, *mutations: Mutation | tuple[Mutation, ...]) -> None:
    """Say what a control catches; groups of mutations are laid flat."""
    flat = [one for item in mutations for one in (item if isinstance(item, tuple) else (item,))]
    CLAIMED[control] = tuple(flat)


@cache
def all_claims() -> dict[str, tuple[Mutation, ...]]:
    """Every claim, by control."""
    for module in pkgutil.iter_modules(tables.__path__, f"{tables.__name__}."):
        importlib.import_module(module.name)
    return dict(sorted(CLAIMED.items()))
