"""How pages are delivered, and single rules of a web ACL: the triples."""

from __future__ import annotations

from typing import Any

import pytest

from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, changed, made, verdicts
from tests.controls.triples import triple

WHOLE = {"compress": True, "cachePolicyId": "cache", "responseHeadersPolicyId": "headers"}
DISTRIBUTION = made(
    "aws:cloudfront/distribution:Distribution",
    "edge",
    {
        "httpVersion": "http2and3",
        "isIpv6Enabled": True,
        "defaultCacheBehavior": WHOLE,
        "orderedCacheBehaviors": [{**WHOLE, "pathPattern": "/cart*"}],
    },
)


@pytest.mark.parametrize("change", [{"httpVersion": "http1.1"}, {"isIpv6Enabled": False}])
def test_viewers_come_quickly(change: dict[str, Any]) -> None:
    """CF-07."""
    triple("CF-07", none=[BYSTANDER], good=[DISTRIBUTION], bad=[changed(DISTRIBUTION, **change)])


@pytest.mark.parametrize(
    ("control", "key"), [("CF-08", "compress"), ("CF-09", "cachePolicyId"), ("CF-10", "responseHeadersPolicyId")]
)
def test_every_behavior(control: str, key: str) -> None:
    lacking = {name: value for name, value in WHOLE.items() if name != key}
    for bad in ({"defaultCacheBehavior": lacking}, {"orderedCacheBehaviors": [WHOLE, lacking]}):
        triple(control, none=[BYSTANDER], good=[DISTRIBUTION], bad=[changed(DISTRIBUTION, **bad)])
    assert verdicts(control, changed(DISTRIBUTION, defaultCacheBehavior=UNKNOWN_MARK)) == {"unknown"}
    assert verdicts(control, changed(DISTRIBUTION, defaultCacheBehavior={**WHOLE, key: UNKNOWN_MARK})) == {"pass"}


SEEN = {"sampledRequestsEnabled": True}
KNOWN = {
    "name": "known",
    "statement": {"managedRuleGroupStatement": {"name": "AWSManagedRulesAmazonIpReputationList"}},
    "overrideAction": {"none": {}},
    "visibilityConfig": SEEN,
}
RATE = {
    "name": "rate",
    "statement": {"rateBasedStatement": {"aggregateKeyType": "FORWARDED_IP", "limit": 300}},
    "visibilityConfig": SEEN,
}
ACL = made("aws:wafv2/webAcl:WebAcl", "acl", {"rules": [KNOWN, RATE], "visibilityConfig": SEEN})


@pytest.mark.parametrize(
    ("control", "bad"),
    [
        ("WAF-04", changed(ACL, rules=[KNOWN, {**RATE, "visibilityConfig": {}}])),
        ("WAF-04", changed(ACL, "visibilityConfig")),
        ("WAF-05", changed(ACL, rules=[RATE])),
        ("WAF-05", changed(ACL, rules=[{**KNOWN, "overrideAction": {"count": {}}}])),
    ],
)
def test_rules(control: str, bad: Resource) -> None:
    triple(control, none=[BYSTANDER], good=[ACL], bad=[bad])
    assert verdicts(control, changed(ACL, rules=UNKNOWN_MARK)) == {"unknown"}


def test_samples_that_are_not_known() -> None:
    assert verdicts("WAF-04", changed(ACL, visibilityConfig=UNKNOWN_MARK)) == {"unknown"}


def guarded(acl: Resource, *, internal: bool) -> list[Resource]:
    balancer = made("aws:lb/loadBalancer:LoadBalancer", "door", {"internal": internal})
    link = made("aws:wafv2/webAclAssociation:WebAclAssociation", "link", resourceArn=balancer, webAclArn=acl)
    return [acl, balancer, link]


@pytest.mark.parametrize("rate", [{"aggregateKeyType": "IP"}, {}])
def test_limits_count_shoppers(rate: dict[str, Any]) -> None:
    """WAF-06."""
    counting = changed(ACL, rules=[{**RATE, "statement": {"rateBasedStatement": {**rate, "limit": 300}}}])
    triple(
        "WAF-06",
        none=guarded(counting, internal=False),
        good=guarded(ACL, internal=True),
        bad=guarded(counting, internal=True),
    )
    assert verdicts("WAF-06", *guarded(changed(ACL, rules=UNKNOWN_MARK), internal=True)) == {"unknown"}
