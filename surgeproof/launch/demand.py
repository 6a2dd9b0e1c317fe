"""CPU demand: how many milliseconds of CPU each route of a service takes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from surgeproof.launch.errors import LaunchError

_KEY = re.compile(r"(?:(?P<method>[A-Z]+|\*) )?(?P<path>/\S*|\*)")
_ALLOWED = "'GET /products/*', 'POST /checkout', '/cart', or '*' for all others"


@dataclass(frozen=True, slots=True)
class _Rule:
    method: str | None
    pattern: re.Pattern[str]
    rank: tuple[int, int, int]
    ms: float


def _rule(key: str, ms: object) -> _Rule:
    match = _KEY.fullmatch(key.strip())
    if not match:
        raise LaunchError("is not a route", path="cpu_ms", got=key, allowed=_ALLOWED, fix="Correct the key")
    if isinstance(ms, bool) or not isinstance(ms, int | float) or not 0 <= ms < 3_600_000:
        raise LaunchError(
            "is not a CPU demand", path=f"cpu_ms[{key!r}]", got=ms, allowed="milliseconds, 0 or more", fix="Correct it"
        )
    method = None if match["method"] in {None, "*"} else match["method"]
    path = "*" if match["path"] == "*" else match["path"]
    parts = [".*" if part == "**" else "[^/]*" if part == "*" else re.escape(part) for part in re.split(r"(\*+)", path)]
    pattern = re.compile(".*" if path == "*" else "".join(parts))
    literal = 0 if path == "*" else sum(len(part) for part in re.split(r"\*+", path))
    # The more of the path is spelt out, the closer it fits; then the named method; then no wildcard.
    return _Rule(method, pattern, (literal, method is not None, "*" not in path), float(ms))


class CpuDemand:
    """CPU milliseconds by route. The most specific key that fits counts; a route that none fits takes 0."""

    def __init__(self, rules: tuple[_Rule, ...]) -> None:
        self._rules = rules
        self._ms = lru_cache(maxsize=65_536)(self._find)

    @classmethod
    def parse(cls, mapping: Mapping[str, float]) -> CpuDemand:
        """Demand from the settings' ``cpu_ms``: ``METHOD /path`` with ``*`` for one segment, ``*`` for all else.

        Raises:
            LaunchError: When a key is no route or a value no number of milliseconds.
        """
        rules = sorted((_rule(key, ms) for key, ms in mapping.items()), key=lambda rule: rule.rank, reverse=True)
        return cls(tuple(rules))

    def __reduce__(self) -> tuple[type[CpuDemand], tuple[tuple[_Rule, ...]]]:
        """Pickled by its rules: a cache does not travel."""
        return CpuDemand, (self._rules,)

    def _find(self, method: str, path: str) -> float:
        for rule in self._rules:
            if rule.method in {None, method} and rule.pattern.fullmatch(path):
                return rule.ms
        return 0.0

    def ms(self, method: str, path: str) -> float:
        """CPU milliseconds of a request; its query does not matter."""
        return self._ms(method.upper(), path.partition("?")[0])
