"""Sources of the graph that is checked: the program, a state or preview file, a live account, or a saved graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from surgeproof.controls.control import Control
from surgeproof.controls.visibility import unread_types
from surgeproof.graph.errors import LiveAccountError, SavedGraphError
from surgeproof.graph.model import Graph
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.graph.state_source import read_state

Session = Callable[..., Any]


def from_program(project: Project, stack: str) -> tuple[Graph, str]:
    """The graph that the program of a stack makes in this process, and what to call it."""
    return run_program(project, stack), "the program, run in this process"


def from_state(path: Path) -> tuple[Graph, str]:
    """The graph of a `pulumi stack export` or `pulumi preview --json`, and what to call it."""
    return read_state(path), f"state {path.name}"


def from_live(
    controls: Iterable[Control], *, region: str | None, profile: str | None, session: Session | None = None
) -> tuple[Graph, str]:
    """The graph of a live account, and what to call it.

    Args:
        controls: Those that will judge it: types that they ask for and no reader reads are told as unread.
        region: Region that is read; the session's own when left out.
        profile: Profile of the AWS configuration.
        session: Makes the session; boto3's own when left out.

    Raises:
        LiveAccountError: When the account does not answer.
    """
    # boto3 takes a third of a second to import, and only an account needs it.
    import boto3  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError  # noqa: PLC0415

    from surgeproof.graph.live.reader import read_types  # noqa: PLC0415
    from surgeproof.graph.live.source import read_account  # noqa: PLC0415

    try:
        made = (session or boto3.Session)(region_name=region, profile_name=profile)
    except BotoCoreError as error:
        raise LiveAccountError(f"no session with AWS ({error})", path="--profile") from None
    graph = read_account(made)
    missing = unread_types(read_types(), controls, "the live source does not read it")
    return graph.model_copy(update={"unread": (*graph.unread, *missing)}), f"the live account in {made.region_name}"


def from_saved(path: Path) -> tuple[Graph, str]:
    """A graph that `surgeproof graph --json` wrote, and what to call it.

    Raises:
        SavedGraphError: When it cannot be read, or is none.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise SavedGraphError(f"cannot be read ({error.strerror})", path=str(path)) from None
    return Graph.from_json(text, path=str(path)), f"graph {path.name}"
