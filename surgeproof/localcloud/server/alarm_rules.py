"""Rules of composite alarms: read, and answered from the states of the alarms that they name. Pure.

Source: CloudWatch API reference, PutCompositeAlarm, 'AlarmRule': ALARM, OK and INSUFFICIENT_DATA of an alarm's name or
ARN, TRUE and FALSE, joined with AND, OR, NOT and parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

CHILDREN = 100
"""Alarms that one rule may name."""
ELEMENTS = 500
"""Alarms, TRUE, FALSE and parentheses that one rule may have."""

StateOf = Callable[[str], str | None]
"""State of an alarm by its name; None where there is no such alarm."""
Answer = Callable[[StateOf], bool]

_TOKEN = re.compile(
    r'\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"(?P<quoted>[^"]+)"|(?P<bare>[^\s()"]+))\s*\)'
    r"|(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<bracket>[()]))",
    re.IGNORECASE,
)


class RuleError(ValueError):
    """A rule that CloudWatch would refuse; says why."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read.

    Attributes:
        children: Names of the alarms in it, each once, in their order.
        answer: Whether it is true, given the states of alarms.
    """

    children: tuple[str, ...]
    answer: Answer


@cache
def read(text: str) -> Rule:
    """Read a rule.

    Raises:
        RuleError: It is none, or names more than it may.
    """
    reader = _Reader(_tokens(text))
    answer = reader.either()
    if reader.ahead is not None:
        raise RuleError(f"AlarmRule has {reader.ahead!r} where AND, OR or its end should be")
    children = tuple(dict.fromkeys(reader.named))
    if len(children) > CHILDREN:
        raise RuleError(f"AlarmRule names {len(children)} alarms, and may name {CHILDREN}")
    if reader.elements > ELEMENTS:
        raise RuleError(f"AlarmRule has {reader.elements} elements, and may have {ELEMENTS}")
    return Rule(children, answer)


_Token = str | tuple[str, str]


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise RuleError(f"AlarmRule cannot be read from {text[at : at + 30]!r} on")
        at = match.end()
        if match["state"]:
            # Of an ARN the name is what stands behind ``:alarm:``.
            tokens.append((match["state"].upper(), (match["quoted"] or match["bare"]).rpartition(":alarm:")[2]))
        else:
            tokens.append((match["word"] or match["bracket"]).upper())
    return tokens


class _Reader:
    """Descends through a rule: OR over AND over NOT over one function or one in parentheses."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self.named: list[str] = []
        self.elements = 0

    @property
    def ahead(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self) -> _Token | None:
        token = self.ahead
        self._at += 1
        return token

    def either(self) -> Answer:
        parts = [self._both()]
        while self.ahead == "OR":
            self._take()
            parts.append(self._both())
        return lambda states: any(part(states) for part in parts)

    def _both(self) -> Answer:
        parts = [self._one()]
        while self.ahead == "AND":
            self._take()
            parts.append(self._one())
        return lambda states: all(part(states) for part in parts)

    def _one(self) -> Answer:
        found = self._take()
        if found == "NOT":
            inner = self._one()
            return lambda states: not inner(states)
        self.elements += 1
        if isinstance(found, tuple):
            wanted, name = found
            self.named.append(name)
            return lambda states: states(name) == wanted
        if found in {"TRUE", "FALSE"}:
            return lambda _: found == "TRUE"
        if found == "(":
            inner = self.either()
            if self._take() != ")":
                raise RuleError("AlarmRule has a parenthesis that is never closed")
            self.elements += 1
            return inner
        raise RuleError(f"AlarmRule {'ends' if found is None else f'has {found!r}'} where an alarm should be")
