"""The deployed listener and its rules, as HAProxy says the same thing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Routing:
    """Which target group answers what.

    Attributes:
        default: ARN of the target group of the default action; None when there is none.
        lines: HAProxy's rules, with ``{arn}`` in the place of a backend's name.
        groups: ARNs of all target groups that are reached.
        not_rehearsed: In words: rules whose conditions or actions this balancer does not have.
    """

    default: str | None
    lines: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    not_rehearsed: tuple[str, ...] = field(default=())


def routing(rules: Sequence[Mapping[str, Any]]) -> Routing:
    """Translate elbv2's DescribeRules: priority order, path, host and method conditions, forward actions."""
    default: str | None = None
    lines: list[str] = []
    groups: list[str] = []
    left_out: list[str] = []
    for rule in sorted(rules, key=_priority):
        target = _forward(rule.get("Actions", ()))
        if target is None:
            left_out.append(f"rule {rule.get('Priority')}: only forward actions are rehearsed")
        elif rule.get("IsDefault"):
            default = target
            groups.append(target)
        elif (condition := _condition(rule.get("Conditions", ()))) is None:
            left_out.append(f"rule {rule.get('Priority')}: only path, host and method conditions are rehearsed")
        else:
            lines.append(f"use_backend {{{target}}} if {condition}")
            groups.append(target)
    return Routing(default, tuple(lines), tuple(dict.fromkeys(groups)), tuple(left_out))


def _priority(rule: Mapping[str, Any]) -> float:
    priority = str(rule.get("Priority", "default"))
    return float(priority) if priority.isdigit() else float("inf")


def _forward(actions: Sequence[Mapping[str, Any]]) -> str | None:
    for action in actions:
        if action.get("Type") == "forward":
            weighted = action.get("ForwardConfig", {}).get("TargetGroups", ())
            heaviest = max(weighted, key=lambda group: int(group.get("Weight", 1)), default=None)
            return action.get("TargetGroupArn") or (heaviest["TargetGroupArn"] if heaviest else None)
    return None


def _condition(conditions: Sequence[Mapping[str, Any]]) -> str | None:
    """All conditions of a rule, anonymous ACLs side by side (they are ANDed); None when one is not known."""
    sources = {
        "path-pattern": ("PathPatternConfig", "path -m reg"),
        "host-header": ("HostHeaderConfig", "req.hdr(host),lower,field(1,:) -m reg"),
        "http-request-method": ("HttpRequestMethodConfig", "method -m reg"),
    }
    parts: list[str] = []
    for condition in conditions:
        source = sources.get(str(condition.get("Field")))
        if source is None:
            return None
        values = condition.get(source[0], {}).get("Values") or condition.get("Values") or ()
        parts.append(f"{{ {source[1]} {' '.join(_pattern(str(value)) for value in values)} }}")
    return " ".join(parts) or None


def _pattern(wildcards: str) -> str:
    """A regular expression of an ALB pattern (``*``: any, ``?``: one character), quoted for HAProxy."""
    expression = "".join({"*": ".*", "?": "."}.get(sign) or re.escape(sign) for sign in wildcards)
    quoted = expression.replace("'", "'\\''")
    return f"'^{quoted}$'"
