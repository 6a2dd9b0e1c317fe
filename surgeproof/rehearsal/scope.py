"""What a verdict is about: commit, digests, tool version."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

from surgeproof.graph.model import Graph
from surgeproof.launch.overrides import field_path
from surgeproof.launch.plan import LaunchPlan, TracedCurve
from surgeproof.launch.yaml_source import parse_yaml
from surgeproof.rehearsal.options import RunOptions


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
    for name, default in (("stack", "production"), ("speed", 30.0), ("scale", 1.0), ("seed", 7)):
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
