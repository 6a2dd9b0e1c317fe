"""The launch plan as others use it: its model, and reading and writing its file."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from surgeproof.launch.errors import PlanError
from surgeproof.launch.gates import Gate
from surgeproof.launch.model import (
    PLAN_KEYS,
    Catalogue,
    Journeys,
    LaunchPlan,
    Prewarm,
    ThinkTime,
    check_steps,
    plan_schema,
)
from surgeproof.launch.moment import Launch
from surgeproof.launch.overrides import apply_overrides, written_path
from surgeproof.launch.phases import Mix, PhasedCurve, PhaseSpec
from surgeproof.launch.trace import record_trace
from surgeproof.launch.traced import TraceColumns, TracedCurve, TraceRecord, TraceSpec
from surgeproof.launch.yaml_source import FieldPath, PlanDumper, YamlSource, parse_yaml

_NAME_A_PLAN = "Name a plan's YAML file; paths are relative to the folder that you are in"

__all__ = [
    "PLAN_KEYS",
    "Catalogue",
    "Gate",
    "Journeys",
    "Launch",
    "LaunchPlan",
    "Mix",
    "PhaseSpec",
    "PhasedCurve",
    "Prewarm",
    "ThinkTime",
    "TraceColumns",
    "TraceRecord",
    "TraceSpec",
    "TracedCurve",
    "check_steps",
    "dump_plan",
    "load_plan",
    "parse_plan",
    "plan_schema",
]

_TAGS = {"phased", "traced"}
_NO_OVERRIDES: Mapping[str, object] = {}


def load_plan(path: str | Path, overrides: Mapping[str, object] = _NO_OVERRIDES) -> LaunchPlan:
    """Read a plan, and the history that its curve names.

    Args:
        path: YAML file of the plan.
        overrides: Path of a field to its value, as ``parse_overrides`` gives them.

    Raises:
        PlanError: When the file cannot be read, or says something that cannot be.
        TraceError: When the history that it names cannot become a curve.
        OverrideError: When an override addresses nothing.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise PlanError("there is no such launch plan", file=str(path), fix=_NAME_A_PLAN) from None
    except (OSError, UnicodeDecodeError) as error:
        told = getattr(error, "strerror", None) or "not UTF-8 text"
        raise PlanError(f"cannot be read ({told})", file=str(path), fix="Name a plan's YAML file") from None
    return parse_plan(text, file=str(path), folder=file.parent, overrides=overrides)


def parse_plan(
    text: str,
    *,
    file: str | None = None,
    folder: Path = Path(),
    overrides: Mapping[str, object] = _NO_OVERRIDES,
) -> LaunchPlan:
    """A plan from its YAML text. ``folder`` is where the history's file name counts from.

    Raises:
        PlanError: When it says something that cannot be.
        TraceError: When the history that it names cannot become a curve.
        OverrideError: When an override addresses nothing.
    """
    source = parse_yaml(text, file=file)
    if not isinstance(source.data, dict):
        allowed = "a mapping with name, launch, curve, journeys, catalogue, gates, prewarm"
        raise PlanError(
            "is not a launch plan", file=file, allowed=allowed, fix="Start from loadtests/plans/spring.yaml"
        )
    data, overridden = apply_overrides(source.data, overrides)
    try:
        plan = LaunchPlan.model_validate(data)
    except ValidationError as error:
        raise _plan_error(error, source, file, overridden) from None
    if isinstance(plan.curve, TracedCurve) and plan.curve.record is None:
        return _with_record(plan, plan.curve, folder, source, file)
    return plan


def dump_plan(plan: LaunchPlan) -> str:
    """The plan as YAML text that ``load_plan`` reads back to an equal plan."""
    data = plan.model_dump(mode="json", by_alias=True, exclude_none=True)
    return yaml.dump(data, Dumper=PlanDumper, sort_keys=False, allow_unicode=True, width=120)


def _with_record(
    plan: LaunchPlan, curve: TracedCurve, folder: Path, source: YamlSource, file: str | None
) -> LaunchPlan:
    record = record_trace(curve.trace, folder=folder)
    made = curve.model_copy(update={"record": record})
    try:
        return LaunchPlan.model_validate({**dict(plan), "curve": made})
    except ValidationError as error:  # gates that name phases which this history has not
        raise _plan_error(error, source, file, ()) from None


def _plan_error(
    error: ValidationError, source: YamlSource, file: str | None, overridden: Sequence[FieldPath]
) -> PlanError:
    # A value that is wrong before a key that is missing; a list too short only because its items are wrong comes last.
    weights = {"too_short": 2, "missing": 1}
    details = min(error.errors(include_url=False), key=lambda item: weights.get(item["type"], 0))
    path: FieldPath = tuple(part for part in details["loc"] if part not in _TAGS)
    path = tuple(part for part in path if not str(part).startswith(("tuple[", "function-", "constrained-")))
    told: dict[str, Any] = {}
    context = details.get("ctx", {})
    kind = details["type"]
    if kind == "missing":
        problem, told["fix"] = "is missing", "Add it"
    elif kind == "extra_forbidden":
        problem = "is not a key of a launch plan"
        known = _keys_at(path[:-1])
        near = difflib.get_close_matches(str(path[-1]), known, n=1)
        told["allowed"] = ", ".join(known) or None
        told["fix"] = f"Write {near[0]}" if near else "Take it out"
    elif kind == "launch_plan":
        problem = details["msg"]
        path += tuple(context.get("at", ()))
        told = {"allowed": context.get("allowed"), "fix": context.get("fix")}
        if isinstance(details["input"], str | int | float | bool):
            told["got"] = details["input"]
    else:
        problem, told["allowed"] = _pydantic_words(details, context)
        if isinstance(details["input"], str | int | float | bool | None):
            told["got"] = details["input"]
    if not told.get("fix"):
        told["fix"] = "Correct the value"
    if any(path[: len(setting)] == setting for setting in overridden):
        return PlanError(problem, field=f"--set {written_path(path)}", **told)
    return PlanError(problem, file=file, line=source.line(path), field=written_path(path) or None, **told)


def _pydantic_words(details: ErrorDetails, context: Mapping[str, Any]) -> tuple[str, str | None]:
    kind = details["type"]
    signs = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
    limits = [f"{sign} {context[key]:g}" for key, sign in signs.items() if isinstance(context.get(key), int | float)]
    if limits:
        return "is out of range", " and ".join(limits)
    if kind == "literal_error":
        return "is not one of its values", str(context["expected"]).replace("'", "")
    words = {
        "model_type": ("is not a mapping", "keys and values"),
        "model_attributes_type": ("is not a mapping", "keys and values"),
        "dict_type": ("is not a mapping", "keys and values"),
        "tuple_type": ("is not a list", "a list"),
        "string_type": ("is not a text", "a text"),
        "string_pattern_mismatch": ("has signs that it may not have", context.get("pattern")),
    }
    if kind in words:
        return words[kind]
    if kind.startswith(("int_", "float_", "finite_")):
        return "is not a number", "a whole number" if kind.startswith("int_") else "a number"
    if kind.startswith("bool_"):
        return "is neither true nor false", "true or false"
    message = details["msg"]
    return message[:1].lower() + message[1:].rstrip("."), None


def _keys_at(path: FieldPath) -> list[str]:
    """Keys that the model has at a path; empty where a mapping is free."""
    models: list[type[BaseModel]] = [LaunchPlan]
    for part in path:
        if isinstance(part, int):
            continue
        found: list[type[BaseModel]] = []
        for model in models:
            for name, info in model.model_fields.items():
                if part in {name, info.alias}:
                    found.extend(_models_in(info.annotation))
        models = found
    keys: dict[str, None] = {}
    for model in models:
        keys.update({info.alias or name: None for name, info in model.model_fields.items()})
    return list(keys)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for inner in get_args(annotation) for model in _models_in(inner)]
