"""What an interrupted command left behind: its lock, steps that were under way, resources that no state knows."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi import automation

from surgeproof.graph.project import Project
from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.deploy import account_of
from surgeproof.localcloud.engine.errors import LOCAL_STACK, BusyError
from surgeproof.localcloud.engine.folder import StateFolder, read_json
from surgeproof.localcloud.engine.made import Made, Register
from surgeproof.localcloud.engine.provider import gently
from surgeproof.localcloud.handlers.base import Existing, handler_of
from surgeproof.localcloud.reaper_process import running

LOCK_WAIT = 15.0
"""Real seconds: a CLI whose command was killed finishes its steps and goes."""


@dataclass(frozen=True, slots=True)
class Left:
    """What was found and put right.

    Attributes:
        pending: Steps that were under way when the engine ended.
        orphans: Resources that were made and that the state does not know; they have been deleted.
    """

    pending: int = 0
    orphans: tuple[str, ...] = ()


def resources_of_state(folder: StateFolder, project: Project) -> list[dict[str, Any]]:
    """Resources in the state of the local stack, as its file has them."""
    return _deployment(folder, project).get("resources") or []


def _deployment(folder: StateFolder, project: Project) -> dict[str, Any]:
    file = folder.state / ".pulumi" / "stacks" / project.name / f"{LOCAL_STACK}.json"
    content = read_json(file) or {}
    return (content.get("checkpoint") or {}).get("latest") or {}


def release_lock(folder: StateFolder, project: Project) -> None:
    """Drop the engine's lock when nobody holds it any more.

    Raises:
        BusyError: Somebody does.
    """
    give_up = time.monotonic() + LOCK_WAIT
    for file in sorted((folder.state / ".pulumi" / "locks").glob(f"**/{project.name}/{LOCAL_STACK}/*.json")):
        pid = int((read_json(file) or {}).get("pid") or 0)
        while pid and running(pid) and file.exists():
            if time.monotonic() > give_up:
                raise BusyError(pid)
            time.sleep(0.1)
        file.unlink(missing_ok=True)


def recover(stack: automation.Stack, project: Project, aws: EmbeddedAws) -> Left:
    """Let the state say what is there: drop steps that were under way, and delete what only they made."""
    folder = StateFolder(project.root)
    deployment = _deployment(folder, project)
    pending = deployment.get("pending_operations") or []
    if pending:
        exported = stack.export_stack()
        if exported.deployment is not None:
            cleared = {**exported.deployment, "pending_operations": []}
            stack.import_stack(automation.Deployment(exported.version, cleared))
    known = {(row["urn"], row.get("id")) for row in deployment.get("resources") or []}
    register = Register(aws.request)
    orphans = [made for made in register.all() if (made.urn, made.identity) not in known]
    for made in reversed(orphans):
        _delete(aws, register, made)
    return Left(len(pending), tuple(made.urn for made in orphans))


def _delete(aws: EmbeddedAws, register: Register, made: Made) -> None:
    account = account_of(aws, region=made.outputs.get("region"))
    existing = Existing(made.identity, made.inputs, made.outputs)
    gently(lambda: handler_of(made.type).delete(account, existing))
    register.drop(made.urn, made.identity)


def note_instance(file: Path, instance: str) -> None:
    """Note down which embedded AWS holds what the state describes."""
    file.write_text(json.dumps({"instance": instance}), encoding="utf-8")


def noted_instance(file: Path) -> str | None:
    """Which embedded AWS holds what the state describes; None when nothing is deployed."""
    told = read_json(file)
    return str(told["instance"]) if told and "instance" in told else None
