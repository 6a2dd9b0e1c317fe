"""Durations, latencies, shares and rates as people write them in a plan: 90, "5m", "800ms", "50%"."""

from __future__ import annotations

import math
import re
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|min|s|m|h|d)")
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|min|s|m|h|d))+")
_DURATION_WORDS = 'seconds (90), or a number with its unit ("90s", "5m", "1h30m", "800ms")'
_SHARE_WORDS = 'a share from 0 to 1 (0.5), or in percent ("50%")'


def complaint(
    problem: str, *, allowed: str | None = None, fix: str | None = None, at: tuple[str | int, ...] = ()
) -> PydanticCustomError:
    """Error of a validator that carries what is allowed, how to mend it, and which field below its own is meant."""
    context = {key: value for key, value in (("allowed", allowed), ("fix", fix), ("at", at)) if value}
    # Braces would be read as a template by pydantic.
    return PydanticCustomError("launch_plan", problem.replace("{", "(").replace("}", ")"), context)  # ty: ignore[invalid-argument-type] # wants a literal; the message is ours


def _number(value: object, words: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise complaint("is not a number", allowed=words)
    number = float(value)
    if not math.isfinite(number):
        raise complaint("is not a finite number", allowed=words)
    return number


def parse_duration(value: object) -> float:
    """Seconds of a duration: a number of seconds, or a text with units (``1h30m``).

    Raises:
        PydanticCustomError: When it is neither.
    """
    if isinstance(value, str):
        text = value.strip().lower().replace(" ", "")
        if _DURATION.fullmatch(text):
            return math.fsum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
        try:
            value = float(text)
        except ValueError:
            raise complaint("is not a duration", allowed=_DURATION_WORDS) from None
    return _number(value, _DURATION_WORDS)


def parse_share(value: object) -> float:
    """Share of a whole: a number, or a text in percent (``50%``).

    Raises:
        PydanticCustomError: When it is neither.
    """
    if isinstance(value, str):
        text = value.strip().replace(" ", "")
        number, percent = (text[:-1], 100.0) if text.endswith("%") else (text, 1.0)
        try:
            value = float(number) / percent
        except ValueError:
            raise complaint("is not a share", allowed=_SHARE_WORDS) from None
    return _number(value, _SHARE_WORDS)


def _no_boolean(value: object) -> object:
    if isinstance(value, bool):
        raise complaint("is not a number", allowed="arrivals per second")
    return value


def _in_share(value: float) -> float:
    if not 0 <= value <= 1:
        raise complaint("is not between 0 and 1", allowed=_SHARE_WORDS)
    return value


_DURATION_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^(\d+(\.\d+)?(ms|min|s|m|h|d))+$"}]}
_SHARE_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^\d+(\.\d+)?%$"}]}

Seconds = Annotated[float, Field(ge=0), BeforeValidator(parse_duration), WithJsonSchema(_DURATION_SCHEMA)]
"""Seconds, at least 0."""
PositiveSeconds = Annotated[float, Field(gt=0), BeforeValidator(parse_duration), WithJsonSchema(_DURATION_SCHEMA)]
"""Seconds, more than 0."""
Share = Annotated[float, AfterValidator(_in_share), BeforeValidator(parse_share), WithJsonSchema(_SHARE_SCHEMA)]
"""Share of a whole, 0 to 1."""
ArrivalsPerSecond = Annotated[float, Field(ge=0, le=1e6, allow_inf_nan=False), BeforeValidator(_no_boolean)]
"""Journeys that start in a second, at scale 1."""
