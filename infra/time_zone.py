"""Time zones in settings."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator

from infra.quantities import complaint


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise complaint("is not a time zone", allowed="a name such as Europe/Paris, or UTC")
    return value


Zone = Annotated[str, AfterValidator(_zone)]
"""IANA name of a time zone."""
