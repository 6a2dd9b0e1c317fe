"""What can go wrong on this machine, told in one sentence and the mend."""

from __future__ import annotations

from surgeproof.errors import SurgeproofError


class LocalCloudError(SurgeproofError):
    """Root of this room's errors."""


class PartMissingError(LocalCloudError):
    """A program that a rehearsal runs (PostgreSQL, Valkey, HAProxy) is not installed."""


class PartFailedError(LocalCloudError):
    """A part of the local cloud ended or never answered; tells the end of its log."""


class PortInUseError(LocalCloudError):
    """Another program listens on a port that the rehearsal needs."""


class TaskDefinitionError(LocalCloudError):
    """A registered task definition can't be run on this machine."""


class ServiceNeverStartedError(LocalCloudError):
    """No task of a service became healthy."""
