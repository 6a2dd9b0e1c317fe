"""Web ACLs: the triples."""

from __future__ import annotations

import json
from typing import Any

import pytest

from surgeproof.controls.engine import run_controls
from surgeproof.controls.registry import find_control
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, changed, made, verdicts
from tests.controls.triples import graph_of, triple

ACL = made(
    "aws:wafv2/webAcl:WebAcl",
    "acl",
    {
        "rules": [
            {
                "name": name,
                "statement": {"managedRuleGroupStatement": {"name": name, "vendorName": "AWS"}},
                "overrideAction": {"none": {}},
                "visibilityConfig": {"cloudwatchMetricsEnabled": True},
            }
            for name in (
                "AWSManagedRulesCommonRuleSet",
                "AWSManagedRulesKnownBadInputsRuleSet",
                "AWSManagedRulesSQLiRuleSet",
            )
        ]
        + [
            {
                "name": "rate",
                "statement": {"rateBasedStatement": {"limit": 300}},
                "action": {"block": {}},
                "visibilityConfig": {"cloudwatchMetricsEnabled": True},
            }
        ]
    },
)
REDACTED = [{"singleHeader": {"name": name}} for name in ("authorization", "cookie")]
FIELDS = {"redactedFields": [*REDACTED, {"queryString": {}}]}
LOGGING = made("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", "logging", FIELDS, resourceArn=ACL)


def _rules(number: int, **keys: Any) -> list[dict[str, Any]]:
    rules = list(ACL.inputs["rules"])
    rules[number] = {**rules[number], **keys}
    return rules


@pytest.mark.parametrize(
    ("control", "rules"),
    [
        ("WAF-01", ACL.inputs["rules"][1:]),
        ("WAF-01", _rules(2, overrideAction={"count": {}})),
        ("WAF-02", _rules(0, visibilityConfig={"cloudwatchMetricsEnabled": False})),
        ("WAF-03", ACL.inputs["rules"][:3]),
        ("WAF-03", _rules(3, action={"count": {}})),
    ],
)
def test_web_acl(control: str, rules: list[dict[str, Any]]) -> None:
    """WAF-01 to WAF-03: one edit breaks each."""
    triple(control, none=[BYSTANDER], good=[ACL, LOGGING], bad=[changed(ACL, rules=rules), LOGGING])
    assert verdicts(control, changed(ACL, rules=UNKNOWN_MARK), LOGGING) == {"unknown"}


def _in_aws_words(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            {"cloudwatchMetricsEnabled": "CloudWatchMetricsEnabled"}.get(key, key[0].upper() + key[1:]): _in_aws_words(
                item
            )
            for key, item in value.items()
        }
    return [_in_aws_words(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("control", ["WAF-01", "WAF-02", "WAF-03"])
def test_rules_as_json(control: str) -> None:
    """`ruleJson` has AWS's own names."""
    text = json.dumps(_in_aws_words(ACL.inputs["rules"]))
    assert verdicts(control, changed(ACL, "rules", ruleJson=text), LOGGING) == {"pass"}
    assert verdicts(control, changed(ACL, "rules", ruleJson="[]")) == {"fail"}
    assert verdicts(control, changed(ACL, "rules", ruleJson=UNKNOWN_MARK), LOGGING) == {"unknown"}


SQLI = ACL.inputs["rules"][2]["statement"]["managedRuleGroupStatement"]


def _override(name: str, action: str) -> dict[str, Any]:
    return {"ruleActionOverrides": [{"name": name, "actionToUse": {action: {}}}]}


@pytest.mark.parametrize(
    ("more", "verdict"),
    [
        ({"scopeDownStatement": {"byteMatchStatement": {"searchString": "/admin"}}}, "fail"),
        ({"scopeDownStatement": UNKNOWN_MARK}, "unknown"),
        (_override("SQLi_BODY", "count"), "fail"),
        (_override("SQLi_BODY", "allow"), "fail"),
        (_override("SQLi_BODY", "challenge"), "pass"),
        (_override("SizeRestrictions_BODY", "count"), "pass"),
        ({"ruleActionOverrides": UNKNOWN_MARK}, "unknown"),
        ({"ruleActionOverrides": [{"name": "SQLi_BODY", "actionToUse": UNKNOWN_MARK}]}, "unknown"),
        ({"excludedRules": [{"name": "SQLi_BODY"}]}, "fail"),
        ({"name": UNKNOWN_MARK}, "unknown"),
    ],
)
def test_a_managed_group_runs_whole(more: dict[str, Any], verdict: str) -> None:
    """WAF-01: neither scoped down nor counted in part; lengths may be let by; another rule may run it whole."""
    rules = _rules(2, statement={"managedRuleGroupStatement": {**SQLI, **more}})
    assert verdicts("WAF-01", changed(ACL, rules=rules)) == {verdict}
    assert verdicts("WAF-01", changed(ACL, rules=[*rules, ACL.inputs["rules"][2]])) == {"pass"}
    assert verdicts("WAF-01", changed(ACL, rules=_rules(2, overrideAction=UNKNOWN_MARK))) == {"unknown"}


def test_web_acl_logs() -> None:
    """WAF-02: logging is there and redacts."""
    triple("WAF-02", none=[BYSTANDER], good=[ACL, LOGGING], bad=[ACL])
    triple("WAF-02", none=[], good=[ACL, LOGGING], bad=[ACL, changed(LOGGING, "redactedFields")])
    triple("WAF-02", none=[], good=[ACL, LOGGING], bad=[ACL, changed(LOGGING, redactedFields=REDACTED)])


def test_scoped_rate() -> None:
    """WAF-03: a limit on one of the two paths is not enough."""
    scope = {"byteMatchStatement": {"searchString": "/login"}}
    statement = {"rateBasedStatement": {"limit": 300, "scopeDownStatement": scope}}
    assert verdicts("WAF-03", changed(ACL, rules=_rules(3, statement=statement))) == {"fail"}


@pytest.mark.parametrize(("limit", "verdict"), [(260, "fail"), (261, "pass"), (2_000, "pass"), (2_001, "fail")])
@pytest.mark.parametrize("scope", [None, {"byteMatchStatement": {"searchString": "/account"}}])
def test_a_limit_below_what_the_launch_sends(limit: int, verdict: str, scope: dict[str, Any] | None) -> None:
    """WAF-03: one rule that turns shoppers away is not made good by another; one on other paths is not judged."""
    rate = {"limit": limit, **({"scopeDownStatement": scope} if scope else {})}
    usual = {"name": "usual", "statement": {"rateBasedStatement": {"limit": 500}}, "action": {"block": {}}}
    rules = [*_rules(3, statement={"rateBasedStatement": rate}), *([usual] if scope or limit < 2_000 else [])]
    found = run_controls(
        graph_of(changed(ACL, rules=rules)), [find_control("WAF-03")], {"WAF-03": {"least_everywhere": 261}}
    )
    assert {item.verdict for item in found} == {"pass" if scope else verdict}


@pytest.mark.parametrize("rate", [{"limit": 100_000}, {"limit": 9}, {"limit": 900, "evaluationWindowSec": 60}])
def test_rate_that_stops_nobody_or_everybody(rate: dict[str, int]) -> None:
    """WAF-03: the limit is taken to five minutes."""
    assert verdicts("WAF-03", changed(ACL, rules=_rules(3, statement={"rateBasedStatement": rate}))) == {"fail"}
    hidden = {"rateBasedStatement": {**rate, "limit": UNKNOWN_MARK}}
    assert verdicts("WAF-03", changed(ACL, rules=_rules(3, statement=hidden))) == {"unknown"}
    usual = {"rateBasedStatement": {"limit": 100, "evaluationWindowSec": 60}}
    assert verdicts("WAF-03", changed(ACL, rules=_rules(3, statement=usual))) == {"pass"}
