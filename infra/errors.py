"""Errors of the program: what a stack's settings got wrong, told in one sentence and the mend."""

from __future__ import annotations

from pulumi import RunError

from surgeproof.errors import SurgeproofError


class InfraError(SurgeproofError, RunError):
    """Root of this room's errors. As a RunError, the Pulumi CLI prints it without a traceback."""


class SettingsError(InfraError):
    """A setting that is missing, unknown, malformed, or at odds with another."""


class NameTooLongError(InfraError):
    """A name that AWS would refuse for its length."""


class TransformError(InfraError):
    """A transform that names a child which the component does not have."""
