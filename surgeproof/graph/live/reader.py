"""Readers: which calls read which types. The least policy and the docs come from what they declare."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from surgeproof.graph.live import types as reader_modules
from surgeproof.graph.live.account import Reading


@dataclass(frozen=True, slots=True)
class Found:
    """One resource of the account.

    Attributes:
        type: Type token.
        id: Physical id, as the provider's.
        inputs: In the provider's names.
        outputs: Computed ones.
    """

    type: str
    id: str
    inputs: dict[str, Any]
    outputs: dict[str, Any] = field(default_factory=dict)


Read = Callable[[Reading], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Reader:
    """What reads some types."""

    name: str
    types: tuple[str, ...]
    calls: tuple[str, ...]
    also: tuple[str, ...]
    read: Read


TAGS_CALL = "resourcegroupstaggingapi.get_resources"
"""What tells the tags of what no reader asks the tags of."""
READERS: dict[str, Reader] = {}
"""By name. Read it through `all_readers`, which imports them all."""


def reads(*types: str, calls: Iterable[str], also: Iterable[str] = ()) -> Callable[[Read], Read]:
    """Declare a function as the reader of some types.

    Args:
        types: Type tokens that it yields.
        calls: Calls that it makes, ``sqs.list_queues``; it can make no others.
        also: Types whose content AWS tells as part of these: a redrive policy is an attribute of its queue.
    """

    def register(read: Read) -> Read:
        name = f"{getattr(read, '__module__', '')}.{getattr(read, '__name__', '')}"
        READERS[name] = Reader(name, types, tuple(calls), tuple(also), read)
        return read

    return register


@cache
def _import_readers() -> None:
    for module in pkgutil.iter_modules(reader_modules.__path__, f"{reader_modules.__name__}."):
        importlib.import_module(module.name)


def all_readers() -> tuple[Reader, ...]:
    """Every reader, by name."""
    _import_readers()
    return tuple(READERS[name] for name in sorted(READERS))


def read_types() -> frozenset[str]:
    """Types that a live account tells of."""
    return frozenset(type_ for reader in all_readers() for type_ in (*reader.types, *reader.also))


def read_calls() -> frozenset[str]:
    """Calls that a live check makes."""
    return frozenset({TAGS_CALL, *(call for reader in all_readers() for call in reader.calls)})
