"""Errors of the resource graph: what a user's project, stack or program got wrong."""

from __future__ import annotations

from surgeproof.errors import SurgeproofError


class GraphError(SurgeproofError):
    """Root of this room's errors."""


class ProjectError(GraphError):
    """Pulumi.yaml or a stack file is missing, unreadable or not what Pulumi accepts."""


class UnknownStackError(GraphError):
    """A stack was named for which there is no Pulumi.<stack>.yaml."""


class ProgramError(GraphError):
    """The program registered something that no engine would accept."""


class SavedGraphError(GraphError):
    """A saved graph file cannot be read."""


class StateError(GraphError):
    """A state file cannot be read, or is none."""


class LiveAccountError(GraphError):
    """A live account cannot be asked: no credentials, no region, or nobody answers."""
