"""Errors of the controls: what a user's waivers, baseline or command got wrong."""

from __future__ import annotations

from surgeproof.errors import SurgeproofError


class ControlsError(SurgeproofError):
    """Root of this room's errors."""


class UnknownControlError(ControlsError):
    """A control was named that does not exist."""


class UnknownFamilyError(ControlsError):
    """A control names a family of resources that families.py does not list."""


class ControlDefinitionError(ControlsError):
    """A control is declared in a way that could not be run."""


class ParameterError(ControlsError):
    """A parameter does not exist, or its value lies outside what the requirement allows."""


class WaiversError(ControlsError):
    """The waivers file cannot be read, or holds an entry that is none."""


class BaselineError(ControlsError):
    """The baseline file cannot be read."""


class UnwritableError(ControlsError):
    """A report, a baseline or a configuration cannot be written where it was asked for."""


class DocumentError(ControlsError):
    """A property that should hold a JSON document holds something else."""


class UnknownKeyError(ControlsError):
    """A key was named that the graph does not have."""
