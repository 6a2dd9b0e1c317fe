"""Rules of a web ACL, however they are written, and what keeps a managed group from blocking all that it knows."""

from __future__ import annotations

from typing import Any

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.expectations import entry, items
from surgeproof.graph.model import Resource

_SIZE = "SizeRestrictions_"
"""Start of the rules that look at lengths alone: to let a long cookie or an upload by is no attack that gets through."""
_STOPS_NOTHING = ("count", "allow")
_SPELLED = {"CloudWatchMetricsEnabled": "cloudwatchMetricsEnabled"}
"""AWS's name to the provider's, where more than the first letter differs."""


def rules_of(context: Context, resource: Resource) -> list[Any] | None:
    """Rules of a web ACL with the provider's names, however they are written; None when they are not known.

    ``ruleJson`` has AWS's own names, in PascalCase.
    """
    for path in ("rules", "ruleJson"):
        if context.value(resource, path) is not ABSENT:
            found = items(context, resource, path)
            return found if path == "rules" or found is None else [_as_the_provider_has_it(rule) for rule in found]
    return []


def _as_the_provider_has_it(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            _SPELLED.get(key, f"{key[:1].lower()}{key[1:]}"): _as_the_provider_has_it(item)
            for key, item in value.items()
        }
    return [_as_the_provider_has_it(item) for item in value] if isinstance(value, list) else value


def managed_group(rule: Any) -> Any:
    """The managed rule group that a rule runs; empty when it runs none, UNKNOWN when it is not known."""
    return entry(entry(rule, "statement", {}), "managedRuleGroupStatement", {})


def let_through(rule: Any) -> str | None:
    """What a rule with a managed group lets through, None when nothing; what is not known is left to `not_known`."""
    if _stops_nothing(entry(rule, "overrideAction", {})):
        return "only counts"
    group = managed_group(rule)
    if entry(group, "scopeDownStatement") not in (None, {}, [], UNKNOWN):
        return "looks at some requests only: it is scoped down"
    overrides = entry(group, "ruleActionOverrides") or []
    counting = [
        str(entry(item, "name"))
        for item in (overrides if isinstance(overrides, list) else [])
        if _stops_nothing(entry(item, "actionToUse", {}))
    ]
    excluded = entry(group, "excludedRules") or []
    counting += [str(entry(item, "name")) for item in (excluded if isinstance(excluded, list) else [])]
    weak = [name for name in counting if not name.startswith(_SIZE)]
    return f"does not block what these of its rules match: {', '.join(weak)}" if weak else None


def not_known(rule: Any) -> bool:
    """Whether it cannot be said what a rule with a managed group lets through."""
    group = managed_group(rule)
    parts = [entry(rule, "overrideAction"), entry(group, "scopeDownStatement")]
    overrides = entry(group, "ruleActionOverrides", [])
    parts += [entry(item, "actionToUse") for item in overrides] if isinstance(overrides, list) else [overrides]
    return UNKNOWN in parts


def _stops_nothing(action: Any) -> bool:
    return isinstance(action, dict) and any(action.get(key) is not None for key in _STOPS_NOTHING)
