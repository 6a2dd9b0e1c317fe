"""What can be wrong with what a program is compared with."""

from __future__ import annotations

from surgeproof.errors import SurgeproofError


class ReviewError(SurgeproofError):
    """There is nothing to compare with."""
