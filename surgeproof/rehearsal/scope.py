"""What a verdict is about: plan, target, commit, digests, tool version."""

from __future__ import annotations

import hashlib
import json
import subprocess
import time
from datetime import datetime
from pathlib import Path

from surgeproof import __version__
from surgeproof.graph.model import Graph
from surgeproof.launch.overrides import field_path
from surgeproof.launch.plan import LaunchPlan, TracedCurve
from surgeproof.launch.seed import DEFAULT_SEED
from surgeproof.launch.yaml_source import parse_yaml
from surgeproof.load.run_config import RunConfig
from surgeproof.rehearsal.options import RunOptions
from surgeproof.rehearsal.preparation import Prepared
from surgeproof.verdict.evidence import RunKind
from surgeproof.verdict.verdict import Scope


def scope_of(
    kind: RunKind,
    options: RunOptions,
    prepared: Prepared,
    config: RunConfig,
    *,
    root: Path,
    began: datetime,
    started: float,
    digests: dict[str, str] | None = None,
    stack: str | None = None,
    host: str | None = None,
) -> Scope:
    """The scope of a run that is over.

    Args:
        kind: Rehearsal or load test.
        options: What the user asked for.
        prepared: The plan in force.
        config: How the load was started; its plan file is the plan in force.
        root: Folder of the project.
        began: When the launch began.
        started: When the command began, by the monotonic clock.
        digests: Of the stack and its images, beside the plan's.
        stack: Whose settings were deployed.
        host: What was driven.
    """
    return Scope(
        kind=kind,
        plan=str(options.plan),
        plan_name=prepared.plan.name,
        stack=stack,
        host=host,
        commit=commit(root),
        digests={"plan": digest(config.plan.read_bytes()), **(digests or {})},
        speed=config.speed,
        scale=config.scale,
        growth=growth_of(prepared.plan),
        seed=config.seed,
        run_id=config.run_id,
        launch=prepared.plan.launch.moment,
        launch_zone=prepared.plan.launch.zone,
        curve_start=prepared.curve.start,
        started=began,
        wall_seconds=round(time.monotonic() - started, 1),
        tool_version=__version__,
        overrides=prepared.overrides,
        arguments=command_arguments(options),
    )


def digest(content: bytes) -> str:
    """SHA-256 of some bytes, as `sha256:<hex>`."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def commit(root: Path) -> str | None:
    """Short commit of the project, with `+` when something is not committed; None outside a repository."""

    def git(*arguments: str) -> str | None:
        try:
            answer = subprocess.run(
                ["git", "-C", str(root), *arguments], capture_output=True, text=True, timeout=20, check=False
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return answer.stdout.strip() if answer.returncode == 0 else None

    head = git("rev-parse", "--short=7", "HEAD")
    if head is None:
        return None
    return f"{head}+" if git("status", "--porcelain", "--untracked-files=no") else head


def image_digests(graph: Graph) -> dict[str, str]:
    """`image:<family>` to the digest of each container image that the program deployed by digest."""
    found: dict[str, str] = {}
    for definition in graph.of_type("aws:ecs/taskDefinition:TaskDefinition"):
        containers = definition.inputs.get("containerDefinitions", "[]")
        for container in json.loads(containers) if isinstance(containers, str) else containers:
            _, at, image_digest = str(container.get("image", "")).partition("@")
            if at:
                found[f"image:{container['name']}"] = image_digest
    return found


def growth_of(plan: LaunchPlan) -> float | None:
    """Factor on a traced history; None for a plan of phases."""
    record = plan.curve.record if isinstance(plan.curve, TracedCurve) else None
    return record.growth if record else None


def plan_line(plan: Path, path: str) -> int | None:
    """Line of a field in a plan's file, or of the nearest field around it."""
    source = parse_yaml(plan.read_text(encoding="utf-8"), file=str(plan))
    return source.line(field_path(path))


def command_arguments(options: RunOptions) -> tuple[str, ...]:
    """The words of a command that repeats a run, besides plan and `--set`; what is default is left out."""
    given: list[str] = []
    for name, default in (("stack", "production"), ("speed", 30.0), ("scale", 1.0), ("seed", DEFAULT_SEED)):
        value = getattr(options, name, default)
        if value != default:
            given += [f"--{name}", f"{value:g}" if isinstance(value, float) else str(value)]
    if options.trace is not None:
        trace = options.trace
        named = {"trace": trace.file, "label": trace.label, "zone": trace.zone, "window": trace.window}
        for name, value in named.items():
            if value:
                given += [f"--{name}", str(value)]
        if trace.growth != "auto":
            given += ["--growth", trace.growth]
    return tuple(given)
