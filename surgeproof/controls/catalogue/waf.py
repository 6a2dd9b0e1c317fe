"""Controls of web ACLs."""

from __future__ import annotations

import json
from typing import Any

from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import Parameter, control
from surgeproof.controls.expectations import entry, is_true, number
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.controls.published import published
from surgeproof.controls.web_rules import let_through, managed_group, not_known, rules_of
from surgeproof.graph.model import Resource

ACL = "web_acl"
MANAGED = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesSQLiRuleSet")
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
REDACTED = ("authorization", "cookie")
GUARDED_PATHS = ("/login", "/checkout")


def unknown_rules() -> list[Outcome]:
    """What is said of a web ACL whose rules are not known."""
    return [unknown("its rules are not known", property="rules")]


@control(
    id="WAF-01",
    title="A web ACL blocks known attacks: core rules, known bad inputs, SQL injection",
    severity="high",
    family=ACL,
    rationale="These three groups stop most of what is tried, Log4j among it; counting stops nothing.",
    remediation="Add `managed_rule_group_statement` for each, with `override_action={'none': {}}`.",
    requirements=published("WAF.10", pci="6.4.2c", nist="SI-3"),
)
def blocks_known_attacks(resource: Resource, context: Context) -> list[Outcome]:
    """The three managed groups are there, not scoped down, and no rule of theirs but those on sizes only counts."""
    rules = rules_of(context, resource)
    if rules is None:
        return unknown_rules()
    named = [(entry(managed_group(rule), "name", ""), rule) for rule in rules]
    found: list[Outcome] = []
    for name in MANAGED:
        running = [rule for group, rule in named if group == name]
        if not running and any(group is UNKNOWN for group, _ in named):
            found.append(unknown(f"whether {name} is among its rules is not known", property="rules"))
        elif not running:
            found.append(failed(f"lacks {name}", property="rules"))
        else:
            found += _runs_whole(name, running)
    return found or [passed()]


def _runs_whole(name: str, running: list[Any]) -> list[Outcome]:
    """That one of the rules which run a managed group blocks all that it knows, in every request."""
    said = [let_through(rule) for rule in running]
    if any(text is None and not not_known(rule) for text, rule in zip(said, running, strict=True)):
        return []
    if None in said:
        return [unknown(f"what {name} blocks is not known", property="rules")]
    return [failed(f"{name} {said[0]}", property="rules")]


@control(
    id="WAF-02",
    title="A web ACL logs, without cookies and authorization, and measures every rule",
    severity="high",
    family=ACL,
    rationale="A log with session cookies is a breach of its own; a rule without a metric cannot be watched.",
    remediation="`aws.wafv2.WebAclLoggingConfiguration(..., redacted_fields=[{'single_header': {'name': 'cookie'}}, ...])`",
    requirements=published("WAF.11°† WAF.12", pci="10.4.2h 10.2.1p 3.3.1j", nist="AU-2"),
)
def logs_with_redaction(resource: Resource, context: Context) -> list[Outcome]:
    """A logging configuration that redacts, and CloudWatch metrics on each rule."""
    ways = reach(context)
    logging = ways.linking(resource, LOGGING, "resourceArn")
    rules = rules_of(context, resource)
    if rules is None:
        return unknown_rules()
    found: list[Outcome] = [] if logging else [failed("has no logging configuration", property="id")]
    for item in logging:
        redacted = json.dumps(item.inputs.get("redactedFields") or []).lower()
        missing = [name for name in REDACTED if f'"{name}"' not in redacted]
        if '"querystring"' not in redacted:
            missing.append("the query string, where a card may stand")
        if missing:
            found.append(failed(f"{item.name}: logs {', '.join(missing)}", property="id"))
    blind = [
        entry(rule, "name")
        for rule in rules
        if not is_true(entry(entry(rule, "visibilityConfig", {}), "cloudwatchMetricsEnabled"))
    ]
    if blind:
        found.append(failed(f"rules without a metric: {', '.join(map(str, blind))}", property="rules"))
    return found or [passed()]


@control(
    id="WAF-03",
    title="Sign-in and checkout have a rate limit for each address, above what the launch asks and below what a bot needs",
    severity="high",
    family=ACL,
    rationale="Password and card testing look like a few shoppers who never tire.",
    remediation="A `rate_based_statement` with a `scope_down_statement` on `/login` and `/checkout`.",
    requirements=published(pci="6.4.2j", nist="SC-5"),
    parameters=(
        Parameter("least", 10, 10, 20_000, "requests in five minutes, to sign-in and checkout"),
        Parameter("least_everywhere", 10, 10, 20_000, "requests in five minutes, to all paths"),
        Parameter("most", 2_000, 10, 20_000, "requests in five minutes"),
    ),
)
def limits_rates(resource: Resource, context: Context) -> list[Outcome]:
    """A rate-based rule over everything, or over both paths; it blocks, and its limit is within the parameters.

    ``least`` and ``least_everywhere`` are what the busiest address sends in the launch: a rule that blocks below it
    turns shoppers away. ``most`` is what is no limit any more.
    """
    rules = rules_of(context, resource)
    if rules is None:
        return unknown_rules()
    covered: set[str] = set()
    unsure: set[str] = set()
    found: list[Outcome] = []
    for rule in rules:
        rate = entry(entry(rule, "statement", {}), "rateBasedStatement")
        if not isinstance(rate, dict) or "count" in (rule.get("action") or {}):
            continue
        scope = rate.get("scopeDownStatement")
        paths = {path for path in GUARDED_PATHS if not scope or path in json.dumps(scope)}
        least = context.parameter("least" if scope else "least_everywhere")
        requests = _in_five_minutes(rate)
        if requests is None:
            unsure |= paths
        elif paths and requests < least:
            name = entry(rule, "name", "a rule")
            said = (
                f"{name} stops shoppers: {requests:g} requests in five minutes, and the busiest address sends {least:g}"
            )
            found.append(failed(said, property="rules"))
        elif requests <= context.parameter("most"):
            covered |= paths
    return found or _covering(covered, unsure)


def _covering(covered: set[str], unsure: set[str]) -> list[Outcome]:
    missing = [path for path in GUARDED_PATHS if path not in covered | unsure]
    if missing:
        return [failed(f"has no rate limit on {' and '.join(missing)}", property="rules")]
    return [passed() if covered.issuperset(GUARDED_PATHS) else unknown("its rate limit is not known", property="rules")]


def _in_five_minutes(rate: dict[str, Any]) -> float | None:
    """A limit, taken to five minutes; None when it is not known."""
    limit, window = entry(rate, "limit"), entry(rate, "evaluationWindowSec", 300)
    if UNKNOWN in (limit, window):
        return None
    return number(limit) * 300 / (number(window) if number(window) > 0 else 300)
