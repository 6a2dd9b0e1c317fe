"""What the engine asks before it acts: complete inputs, what a change needs, and what is known before creation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from surgeproof.graph.wire import UNKNOWN_MARK
from surgeproof.localcloud.deploy import SEED_DIGITS
from surgeproof.localcloud.engine.differences import Difference, differences
from surgeproof.localcloud.engine.wire import DEFAULTS
from surgeproof.localcloud.handlers.account import Account
from surgeproof.localcloud.handlers.base import Checked, Handler, Inputs, New


@dataclass(frozen=True, slots=True)
class Plan:
    """What stands between the inputs that a resource has and those that a program wants.

    Attributes:
        changes: Every property that differs.
        replacing: Paths among them that need a new resource.
        delete_first: Whether the old one must go before the new one is made.
    """

    changes: tuple[Difference, ...]
    replacing: frozenset[str]
    delete_first: bool


def checked(handler: Handler, name: str, news: Inputs, olds: Inputs, seed: str) -> Checked:
    """Complete inputs, with a note of those that the program did not give, and failures.

    Args:
        handler: Of the type.
        name: Logical name in the program.
        news: What the program gives.
        olds: Inputs of the resource that exists; empty for a new one, and for one that replaces another.
        seed: Hex digits behind names that are made up.
    """
    given = {key: value for key, value in news.items() if key != DEFAULTS}
    before = {key: value for key, value in olds.items() if key != DEFAULTS}
    inputs, failures = handler.check(New(name, given, before, (seed or "0" * SEED_DIGITS)[:SEED_DIGITS]))
    inputs = {key: value for key, value in inputs.items() if value is not None}
    return {**inputs, DEFAULTS: sorted(set(inputs) - set(given))}, failures


def plan(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    *,
    replace_on: Collection[str],
    ignored: Iterable[str] = (),
    delete_first: bool = False,
    name_prop: str | None = None,
) -> Plan:
    """What a change needs.

    A name that the program gave can't be had twice: the old resource must go first when it is replaced. One that was
    made up changes with the replacement.

    Args:
        old: Inputs that the resource has.
        new: Inputs that the program wants.
        replace_on: Paths whose change means a new resource.
        ignored: Paths that the program wants left alone.
        delete_first: Whether the old one must always go first.
        name_prop: Input that holds the resource's name.
    """
    before = {name: value for name, value in old.items() if name != DEFAULTS}
    after = {name: value for name, value in new.items() if name != DEFAULTS}
    left_alone = tuple(ignored)
    changes = tuple(item for item in differences(before, after) if not item.forced_by(left_alone))
    replacing = frozenset(item.path for item in changes if item.forced_by(replace_on))
    named = bool(name_prop and name_prop in after and name_prop not in (new.get(DEFAULTS) or ()))
    same_name = named and name_prop is not None and before.get(name_prop) == after[name_prop]
    return Plan(changes, replacing, delete_first=bool(replacing) and (delete_first or same_name))


def planned_outputs(handler: Handler, account: Account, inputs: Inputs) -> Inputs:
    """Outputs of a resource that is yet to be created: what AWS computes is unknown."""
    unknown = dict.fromkeys(handler.computed, UNKNOWN_MARK)
    return {**unknown, **handler.outputs(account, inputs)}
