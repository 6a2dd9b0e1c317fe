"""What can be wrong with a new service."""

from __future__ import annotations

from surgeproof.errors import SurgeproofError


class StarterError(SurgeproofError):
    """A name that is taken or cannot be, or a project that cannot take a new service."""
