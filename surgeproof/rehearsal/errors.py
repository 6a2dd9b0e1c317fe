"""What stops a rehearsal or a load test before there is a verdict."""

from __future__ import annotations

from surgeproof.errors import SurgeproofError


class RehearsalError(SurgeproofError):
    """The run could not be prepared or carried through: nothing is said about the launch."""


class ScaffoldError(RehearsalError):
    """The project's own load tests (`loadtests/`) are missing something that a run needs."""


class HostError(RehearsalError):
    """The target of a load test was not named, not confirmed, or does not answer."""
