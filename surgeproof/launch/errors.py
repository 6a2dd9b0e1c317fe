"""What can be wrong with a launch plan, a trace or an override: each told in one sentence and the mend."""

from __future__ import annotations

from surgeproof.errors import SurgeproofError


class LaunchError(SurgeproofError):
    """Root of this room's errors."""


class PlanError(LaunchError):
    """A launch plan that cannot be read, or says something that cannot be.

    Attributes:
        file: The plan's file, as it was named; None for a plan that was not read from one.
        line: Line of the field in the file, from 1; None where the field does not stand in it.
        field: Path of the field: ``curve.phases[2].to``.
    """

    def __init__(
        self,
        problem: str,
        *,
        file: str | None = None,
        line: int | None = None,
        field: str | None = None,
        **told: object,
    ) -> None:
        self.file = file
        self.line = line
        self.field = field
        place = f"{file}:{line}" if file and line else file
        path = " ".join(part for part in (place, field) if part) or None
        super().__init__(problem, path=path, **told)  # ty: ignore[invalid-argument-type] # got, allowed and fix, checked below


class TraceError(LaunchError):
    """A traffic history that cannot become a curve."""


class OverrideError(LaunchError):
    """A ``--set path=value`` that cannot be understood or addresses nothing."""
