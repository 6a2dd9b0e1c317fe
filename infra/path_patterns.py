"""Whether two path patterns of CloudFront can match the same path."""

from __future__ import annotations

from functools import cache


def overlap(one: str, other: str) -> bool:
    """Whether some path matches both patterns.

    A pattern is a path in which ``*`` stands for any characters and ``?`` for one (Amazon CloudFront Developer Guide,
    'Path pattern'). Both are read from the left; a star either ends, or takes the other pattern's next character.

    Args:
        one: A pattern.
        other: Another.
    """

    @cache
    def meet(i: int, j: int) -> bool:
        if i == len(one) and j == len(other):
            return True
        if i < len(one) and one[i] == "*":
            return meet(i + 1, j) or (j < len(other) and meet(i, j + 1))
        if j < len(other) and other[j] == "*":
            return meet(i, j + 1) or (i < len(one) and meet(i + 1, j))
        if i == len(one) or j == len(other):
            return False
        return (one[i] == other[j] or "?" in {one[i], other[j]}) and meet(i + 1, j + 1)

    return meet(0, 0)
