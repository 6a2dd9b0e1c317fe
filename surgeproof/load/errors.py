"""What a user can mend about a load run: its configuration, its journeys, its process."""

from __future__ import annotations

from surgeproof.errors import SurgeproofError


class LoadError(SurgeproofError):
    """Root of the errors of this room."""


class RunConfigError(LoadError):
    """The settings of a load run are wrong: a file, a host, a gate, a factor."""


class RateCeilingError(LoadError):
    """The plan would drive more arrivals per second than was allowed."""


class JourneyFileError(LoadError):
    """The journeys can't be loaded, or one that the plan's mix names is missing."""


class SketchError(LoadError):
    """A journey could not be run against a client that answers at once."""


class LoadProcessError(LoadError):
    """The load process ended before the run did, or never got ready."""
