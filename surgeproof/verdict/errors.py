"""What stops a verdict from being written down."""

from __future__ import annotations

from surgeproof.errors import SurgeproofError


class VerdictError(SurgeproofError):
    """Root of this room's errors."""


class EvidenceFolderError(VerdictError):
    """The evidence folder could not be written: no space, no permission, or a file in its way."""


class HistogramError(VerdictError):
    """A latency histogram of the run cannot be read."""
