"""Controls of single rules of a web ACL: samples, known addresses, and whom a rate limit counts."""

from __future__ import annotations

from typing import Any

from surgeproof.controls.catalogue.waf import ACL, unknown_rules
from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import entry, is_true
from surgeproof.controls.families import FAMILIES
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed
from surgeproof.controls.published import published
from surgeproof.controls.web_rules import rules_of
from surgeproof.graph.model import Resource

KNOWN_ADDRESSES = "AWSManagedRulesAmazonIpReputationList"
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"


@control(
    id="WAF-04",
    title="Samples are kept of what each rule has matched",
    severity="low",
    family=ACL,
    rationale="When shoppers are blocked in a launch, a sample tells in a minute which rule took them for bots.",
    remediation="`visibility_config={'sampled_requests_enabled': True, ...}` on each rule and the ACL",
    requirements=published(nist="SI-4 AU-6"),
)
def samples_are_kept(resource: Resource, context: Context) -> list[Outcome]:
    """``sampledRequestsEnabled`` on the ACL and each rule."""
    rules = rules_of(context, resource)
    if rules is None:
        return unknown_rules()
    own = context.value(resource, "visibilityConfig")
    told = [("the ACL itself", own if isinstance(own, dict) else {})]
    told += [(str(entry(rule, "name")), entry(rule, "visibilityConfig", {})) for rule in rules]
    blind = [name for name, config in told if not is_true(entry(config, "sampledRequestsEnabled"))]
    if blind and own is not UNKNOWN:
        return [failed(f"keeps no samples of {', '.join(blind)}", property="rules")]
    return unknown_rules() if own is UNKNOWN else [passed()]


@control(
    id="WAF-05",
    title="Addresses that AWS knows for attacks are blocked",
    severity="med",
    family=ACL,
    rationale="Bots of a sale come from the machines that attacked others the day before.",
    remediation="The managed rule group `AWSManagedRulesAmazonIpReputationList`, `override_action={'none': {}}`",
    requirements=published(pci="6.4.2j", nist="SI-3 SC-5"),
)
def known_addresses_are_blocked(resource: Resource, context: Context) -> list[Outcome]:
    """The list is there, and does not only count."""
    rules = rules_of(context, resource)
    if rules is None:
        return unknown_rules()
    lists = [rule for rule in rules if _managed(rule) == KNOWN_ADDRESSES]
    if not lists:
        return [failed("does not know addresses of attackers", property="rules")]
    counting = any("count" in (rule.get("overrideAction") or {}) for rule in lists)
    return [failed("only counts known addresses of attackers", property="rules") if counting else passed()]


def _managed(rule: dict[str, Any]) -> object:
    return entry(entry(entry(rule, "statement", {}), "managedRuleGroupStatement", {}), "name")


@control(
    id="WAF-06",
    title="Behind a CDN a rate limit counts shoppers, not the CDN",
    severity="med",
    family=ACL,
    rationale="A balancer inside the network sees a few addresses of CloudFront; a limit on those blocks everybody at once, "
    "in the busiest minute.",
    remediation="`'aggregate_key_type': 'FORWARDED_IP', 'forwarded_ip_config': {'header_name': 'X-Forwarded-For', "
    "'fallback_behavior': 'NO_MATCH'}`",
    requirements=published(nist="SC-5"),
)
def limits_count_shoppers(resource: Resource, context: Context) -> list[Outcome]:
    """Rate rules of an ACL before an internal balancer do not aggregate by the address that connects."""
    ways = reach(context)
    guarded = [
        item
        for link in ways.linking(resource, ASSOCIATION, "webAclArn")
        for item in ways.linked(link, "resourceArn", FAMILIES["load_balancer"])
    ]
    if not any(is_true(context.value(item, "internal")) for item in guarded):
        return [not_applicable("not before a balancer inside the network")]
    rules = rules_of(context, resource)
    if rules is None:
        return unknown_rules()
    wrong = [
        str(entry(rule, "name"))
        for rule in rules
        if isinstance(rate := entry(entry(rule, "statement", {}), "rateBasedStatement"), dict)
        and rate.get("aggregateKeyType", "IP") == "IP"
    ]
    return [failed(f"counts the CDN's addresses in {', '.join(wrong)}", property="rules") if wrong else passed()]
