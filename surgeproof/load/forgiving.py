"""A JSON value that can't be wrong: what a sketched journey reads from an answer that never came."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_ITEMS = 3
_TEXT = "1"


class ForgivingValue:
    """Any key, any index, any attribute of text is there; equal to all, true, 1 as a number, '1' as text.

    Iterating yields three of itself, so that a loop over products ends.
    """

    def __getitem__(self, key: object) -> ForgivingValue:
        if isinstance(key, int) and not -_ITEMS <= key < _ITEMS:
            raise IndexError(key)
        return self

    def get(self, key: object, default: object = None) -> ForgivingValue:
        """As of a mapping: never the default."""
        del key, default
        return self

    def items(self) -> list[tuple[str, ForgivingValue]]:
        """As of a mapping."""
        return [(str(index), self) for index in range(_ITEMS)]

    def keys(self) -> list[str]:
        """As of a mapping."""
        return [str(index) for index in range(_ITEMS)]

    def values(self) -> list[ForgivingValue]:
        """As of a mapping."""
        return [self] * _ITEMS

    def __getattr__(self, name: str) -> Any:
        return getattr(_TEXT, name)

    def __iter__(self) -> Iterator[ForgivingValue]:
        return iter([self] * _ITEMS)

    def __len__(self) -> int:
        return _ITEMS

    def __contains__(self, item: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return True

    def __str__(self) -> str:
        return _TEXT

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        if spec and spec[-1] in "bcdoxXneEfFgG%":
            return format(1, spec)
        return format(_TEXT, spec)

    def __int__(self) -> int:
        return 1

    def __float__(self) -> float:
        return 1.0

    def __index__(self) -> int:
        return 1

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        return True

    def __lt__(self, other: object) -> bool:
        return True

    __le__ = __gt__ = __ge__ = __lt__

    def __add__(self, other: Any) -> Any:
        return _TEXT + other if isinstance(other, str) else 1 + other

    def __radd__(self, other: Any) -> Any:
        return other + _TEXT if isinstance(other, str) else other + 1

    def __sub__(self, other: Any) -> Any:
        return 1 - other

    def __rsub__(self, other: Any) -> Any:
        return other - 1

    def __mul__(self, other: Any) -> Any:
        return 1 * other

    __rmul__ = __mul__
