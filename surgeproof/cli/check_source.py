"""What `surgeproof check` is asked to look at: exactly one source, with the project whose waivers and controls hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from surgeproof.controls.own_team import FOLDER, load_team_controls
from surgeproof.controls.registry import all_controls
from surgeproof.controls.source_graph import from_live, from_program, from_saved, from_state
from surgeproof.graph.model import Graph
from surgeproof.graph.project import Project

_NAMES = ("--stack", "--state", "--graph", "--live")


@dataclass(frozen=True, slots=True)
class Asked:
    """The options that say where the graph comes from.

    Attributes:
        stack: Name of a stack of the project.
        state: File of an export or a preview.
        saved: File of a saved graph.
        live: Whether to ask the account.
        folder: Of the project, or one below it.
        region: Of the account.
        profile: Of the AWS configuration.
    """

    stack: str | None
    state: Path | None
    saved: Path | None
    live: bool
    folder: Path
    region: str | None = None
    profile: str | None = None


def graph_of(asked: Asked) -> tuple[Graph, str, Path | None]:
    """The graph, what to call it, and the root of the project; None where there is none.

    Raises:
        UsageError: When not exactly one source is named.
    """
    values = (asked.stack, asked.state, asked.saved, asked.live or None)
    given = [name for name, value in zip(_NAMES, values, strict=True) if value is not None]
    if len(given) != 1:
        raise click.UsageError(
            f"Say one of {', '.join(_NAMES[:-1])} and {_NAMES[-1]}; got {', '.join(given) or 'none'}."
        )
    if (asked.region or asked.profile) and not asked.live:
        raise click.UsageError("--region and --profile go with --live.")
    if asked.stack is not None:
        project = Project.find(asked.folder)
        load_team_controls(project.root / FOLDER)
        return (*from_program(project, asked.stack), project.root)
    root = asked.folder if (asked.folder / "Pulumi.yaml").is_file() else None
    if root is not None:
        load_team_controls(root / FOLDER)
    if asked.live:
        return (*from_live(all_controls(), region=asked.region, profile=asked.profile), root)
    if asked.state is not None:
        return (*from_state(asked.state), root)
    return (*from_saved(asked.saved or Path()), root)
