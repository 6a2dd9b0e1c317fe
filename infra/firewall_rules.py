"""The rules of the web firewall, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import pulumi

Rule = dict[str, Any]

MANAGED = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
)
"""Groups that are always on: bad addresses, core rules, known bad inputs (Log4j among them), SQL injection."""
BOTS = "AWSManagedRulesBotControlRuleSet"
TOO_MANY = 429
"""Answer to an address that sends too much (RFC 6585, section 4)."""

Address = Literal["connection", "forwarded"]
"""Whose address counts: that of the connection, or, behind CloudFront, the first that X-Forwarded-For names."""


def firewall_rules(
    *,
    limit: int,
    guarded_limit: int,
    guarded_paths: Sequence[str],
    window: int,
    address: Address,
    exempt: Sequence[pulumi.Input[str]] = (),
    bots: bool = False,
) -> list[Rule]:
    """All rules: rates first, which are cheap to ask, then AWS's managed groups.

    Args:
        limit: Requests that one address may send within the window.
        guarded_limit: The same for the guarded paths.
        guarded_paths: Starts of paths where passwords and cards are tried.
        window: Seconds.
        address: Whose address counts.
        exempt: ARNs of sets of addresses that no rate limit stops.
        bots: Whether bot control is on.
    """
    free = [_not_from(arn, address) for arn in exempt]
    paths = _any([_starts_with(path) for path in guarded_paths])
    rules = [
        _rate("rate", limit, window, address, _all(free) if free else None),
        _rate("rate-guarded", guarded_limit, window, address, _all([*free, paths])),
        *(_managed(name) for name in (*MANAGED, *((BOTS,) if bots else ()))),
    ]
    return [{**rule, "priority": number} for number, rule in enumerate(rules)]


def _rate(name: str, limit: int, window: int, address: Address, scope: Rule | None) -> Rule:
    statement: Rule = {
        "limit": limit,
        "evaluation_window_sec": window,
        "aggregate_key_type": "IP" if address == "connection" else "FORWARDED_IP",
    }
    if address == "forwarded":
        # What a client wrote into the header itself is not counted; at the edge its connection was.
        statement["forwarded_ip_config"] = {"header_name": "X-Forwarded-For", "fallback_behavior": "NO_MATCH"}
    if scope is not None:
        statement["scope_down_statement"] = scope
    return {
        "name": name,
        "action": {"block": {"custom_response": {"response_code": TOO_MANY}}},
        "statement": {"rate_based_statement": statement},
        "visibility_config": visibility(name),
    }


def _managed(name: str) -> Rule:
    group: Rule = {"vendor_name": "AWS", "name": name}
    if name == BOTS:
        group["managed_rule_group_configs"] = [
            {"aws_managed_rules_bot_control_rule_set": {"inspection_level": "COMMON"}}
        ]
    return {
        "name": name,
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": group},
        "visibility_config": visibility(name),
    }


def visibility(metric: str) -> Rule:
    """A metric, and samples of what matched."""
    return {"cloudwatch_metrics_enabled": True, "metric_name": metric, "sampled_requests_enabled": True}


def _not_from(arn: pulumi.Input[str], address: Address) -> Rule:
    known: Rule = {"arn": arn}
    if address == "forwarded":
        # The last is the one that CloudFront wrote.
        known["ip_set_forwarded_ip_config"] = {
            "header_name": "X-Forwarded-For",
            "fallback_behavior": "NO_MATCH",
            "position": "LAST",
        }
    return {"not_statement": {"statement": {"ip_set_reference_statement": known}}}


def _starts_with(path: str) -> Rule:
    return {
        "byte_match_statement": {
            "field_to_match": {"uri_path": {}},
            "positional_constraint": "STARTS_WITH",
            # What it is compared with is in small letters by then.
            "search_string": path.lower(),
            # /Checkout and /%63heckout are the same page to whoever tries cards.
            "text_transformations": [{"priority": 0, "type": "URL_DECODE"}, {"priority": 1, "type": "LOWERCASE"}],
        }
    }


def _all(statements: Sequence[Rule]) -> Rule:
    return statements[0] if len(statements) == 1 else {"and_statement": {"statements": list(statements)}}


def _any(statements: Sequence[Rule]) -> Rule:
    return statements[0] if len(statements) == 1 else {"or_statement": {"statements": list(statements)}}
