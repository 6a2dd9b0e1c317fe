"""Load balancers and distributions: the triples."""

from __future__ import annotations

from typing import Any

import pytest

from surgeproof.graph.model import Resource
from surgeproof.graph.wire import UNKNOWN_MARK
from tests.controls.catalogue.parts import BYSTANDER, changed, made, subnet, verdicts
from tests.controls.triples import triple

SUBNETS = [subnet("public-a", "a"), subnet("public-b", "b")]
BALANCER = made(
    "aws:lb/loadBalancer:LoadBalancer",
    "door",
    {
        "internal": False,
        "loadBalancerType": "application",
        "accessLogs": {"enabled": True, "bucket": "logs"},
        "connectionLogs": {"enabled": True, "bucket": "logs"},
        "dropInvalidHeaderFields": True,
        "desyncMitigationMode": "defensive",
        "enableDeletionProtection": True,
    },
    subnets=SUBNETS,
)
TARGETS = made(
    "aws:lb/targetGroup:TargetGroup",
    "targets",
    {
        "protocol": "HTTPS",
        "healthCheck": {"path": "/healthz", "interval": 10, "unhealthyThreshold": 2, "protocol": "HTTPS"},
        "deregistrationDelay": 30,
    },
)
SECURE = made(
    "aws:lb/listener:Listener",
    "https",
    {"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"},
    loadBalancerArn=BALANCER,
    defaultActions=TARGETS,
)
REDIRECT = made(
    "aws:lb/listener:Listener",
    "http",
    {"protocol": "HTTP", "defaultActions": [{"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443"}}]},
    loadBalancerArn=BALANCER,
)
ACL = made("aws:wafv2/webAcl:WebAcl", "acl")
GUARD = made("aws:wafv2/webAclAssociation:WebAclAssociation", "guard", resourceArn=BALANCER, webAclArn=ACL)


def test_listeners() -> None:
    """ALB-01 and ALB-02."""
    serving = changed(REDIRECT, defaultActions=[{"type": "forward", "targetGroupArn": "x"}])
    triple("ALB-01", none=[SECURE], good=[REDIRECT], bad=[serving])
    assert verdicts("ALB-01", changed(REDIRECT, defaultActions=UNKNOWN_MARK)) == {"unknown"}
    triple("ALB-02", none=[REDIRECT], good=[SECURE], bad=[changed(SECURE, sslPolicy="ELBSecurityPolicy-2016-08")])
    assert verdicts("ALB-02", changed(SECURE, "sslPolicy")) == {"fail"}


def test_rules_of_a_listener() -> None:
    """ALB-01 and ALB-05: what a rule forwards is served, whatever the listener does by default."""
    rule = made("aws:lb/listenerRule:ListenerRule", "shop", listenerArn=REDIRECT, actions=TARGETS)
    forwards = changed(rule, actions=[{"type": "forward", "targetGroupArn": "x"}])
    redirects = changed(rule, actions=REDIRECT.inputs["defaultActions"])
    triple("ALB-01", none=[SECURE], good=[REDIRECT, redirects], bad=[REDIRECT, forwards])
    assert verdicts("ALB-01", REDIRECT, changed(rule, actions=UNKNOWN_MARK)) == {"unknown"}
    slow = changed(TARGETS, deregistrationDelay=300)
    assert "fail" in verdicts("ALB-05", *SUBNETS, BALANCER, REDIRECT, slow, rule)


def test_protocol_in_small_letters() -> None:
    """ALB-01 and ALB-02: the provider takes them so; one that is not known is neither."""
    assert verdicts("ALB-01", changed(REDIRECT, protocol=UNKNOWN_MARK)) == {"unknown"}
    assert verdicts("ALB-02", changed(SECURE, protocol=UNKNOWN_MARK)) == {"unknown"}
    assert "not-applicable" not in verdicts("ALB-06", changed(BALANCER, loadBalancerType=UNKNOWN_MARK))
    half_known = changed(DISTRIBUTION, defaultCacheBehavior={"viewerProtocolPolicy": UNKNOWN_MARK})
    assert verdicts("CF-01", half_known) == {"unknown"}
    assert verdicts("ALB-01", changed(REDIRECT, protocol="http", defaultActions=[{"type": "forward"}])) == {"fail"}
    assert verdicts("ALB-02", changed(SECURE, "sslPolicy", protocol="https")) == {"fail"}


@pytest.mark.parametrize("module", ["alb", "elasticloadbalancingv2"])
def test_other_names_of_a_listener(module: str) -> None:
    """The same listener under the provider's other module names."""
    other = REDIRECT.model_copy(update={"type": f"aws:{module}/listener:Listener"})
    assert verdicts("ALB-01", changed(other, defaultActions=[{"type": "forward"}])) == {"fail"}


@pytest.mark.parametrize(
    ("control", "inputs"),
    [
        ("ALB-03", {"accessLogs": {"enabled": False, "bucket": "logs"}}),
        ("ALB-03", {"connectionLogs": None}),
        ("ALB-04", {"dropInvalidHeaderFields": False}),
        ("ALB-04", {"desyncMitigationMode": "monitor"}),
        ("ALB-05", {"enableDeletionProtection": False}),
        ("ALB-06", {"enableWafFailOpen": True}),
    ],
)
def test_balancer(control: str, inputs: dict[str, Any]) -> None:
    """ALB-03 to ALB-06: one edit breaks each."""
    place = [*SUBNETS, TARGETS, SECURE, ACL, GUARD]
    triple(control, none=[BYSTANDER], good=[*place, BALANCER], bad=[*place, changed(BALANCER, **inputs)])


def test_targets() -> None:
    """ALB-05, of the target groups behind it."""
    health = TARGETS.inputs["healthCheck"]
    place = [*SUBNETS, SECURE, BALANCER]
    for inputs in (
        {"healthCheck": {**health, "interval": 31}},
        {"healthCheck": {**health, "path": "/"}},
        {"deregistrationDelay": 300},
    ):
        triple("ALB-05", none=[], good=[*place, TARGETS], bad=[*place, changed(TARGETS, **inputs)])


def test_one_zone() -> None:
    """ALB-05, by the zones of its subnets."""
    assert verdicts("ALB-05", SUBNETS[0], changed(BALANCER, subnets=[SUBNETS[0].id])) == {"fail"}


def test_firewall() -> None:
    """ALB-06."""
    internal = changed(BALANCER, internal=True)
    triple("ALB-06", none=[internal], good=[BALANCER, ACL, GUARD], bad=[BALANCER, ACL])
    assert verdicts("ALB-06", changed(BALANCER, internal=UNKNOWN_MARK)) == {"unknown"}


def test_card_targets() -> None:
    """ALB-07."""
    card = changed(TARGETS, tags={"pci-scope": "cde"})
    triple("ALB-07", none=[TARGETS], good=[card], bad=[changed(card, protocol="HTTP")])


def test_tasks_may_start() -> None:
    """ALB-05: the grace period is as long as the container's start."""
    definition = [{"name": "web", "healthCheck": {"startPeriod": 45}}]
    task = made("aws:ecs/taskDefinition:TaskDefinition", "task", {"containerDefinitions": definition})
    service = made(
        "aws:ecs/service:Service",
        "web",
        {"healthCheckGracePeriodSeconds": 60},
        loadBalancers=TARGETS,
        taskDefinition=task,
    )
    place = [*SUBNETS, BALANCER, TARGETS, SECURE, task]
    triple("ALB-05", none=[], good=[*place, service], bad=[*place, changed(service, healthCheckGracePeriodSeconds=30)])
    triple("ALB-05", none=[], good=[*place, service], bad=[*place, changed(service, "healthCheckGracePeriodSeconds")])


HEADERS = made(
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
    "headers",
    {
        "securityHeadersConfig": {
            "strictTransportSecurity": {"accessControlMaxAgeSec": 31_536_000, "override": True},
            "contentSecurityPolicy": {"contentSecurityPolicy": "frame-ancestors 'none'; report-to csp"},
        }
    },
)
CHECKOUT = {
    "pathPattern": "/checkout*",
    "viewerProtocolPolicy": "redirect-to-https",
    "cachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    "responseHeadersPolicyId": "headers",
}
ORIGINS = [
    {"domainName": "b.s3.eu-west-1.amazonaws.com", "originAccessControlId": "oac"},
    {
        "domainName": "door.example",
        "customOriginConfig": {"originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1.2"]},
    },
]
CERTIFICATE = {"acmCertificateArn": "arn", "sslSupportMethod": "sni-only", "minimumProtocolVersion": "TLSv1.2_2021"}
DISTRIBUTION = made(
    "aws:cloudfront/distribution:Distribution",
    "cdn",
    {
        "defaultCacheBehavior": {"viewerProtocolPolicy": "redirect-to-https"},
        "orderedCacheBehaviors": [CHECKOUT],
        "viewerCertificate": CERTIFICATE,
        "origins": ORIGINS,
    },
    webAclId=ACL,
)


@pytest.mark.parametrize(
    ("control", "inputs", "without"),
    [
        ("CF-01", {"defaultCacheBehavior": {"viewerProtocolPolicy": "allow-all"}}, ()),
        ("CF-01", {"viewerCertificate": {"cloudfrontDefaultCertificate": True}}, ()),
        ("CF-01", {"viewerCertificate": {**CERTIFICATE, "minimumProtocolVersion": "TLSv1"}}, ()),
        ("CF-03", {}, ("webAclId",)),
        ("CF-04", {"origins": [{"domainName": "b.s3.amazonaws.com"}]}, ()),
        (
            "CF-05",
            {"origins": [{"domainName": "d", "customOriginConfig": {"originProtocolPolicy": "match-viewer"}}]},
            (),
        ),
        (
            "CF-05",
            {
                "origins": [
                    {
                        "domainName": "d",
                        "customOriginConfig": {"originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1"]},
                    }
                ]
            },
            (),
        ),
        ("CF-06", {"orderedCacheBehaviors": [{**CHECKOUT, "cachePolicyId": "other"}]}, ()),
        ("CF-06", {"orderedCacheBehaviors": [{**CHECKOUT, "responseHeadersPolicyId": None}]}, ()),
    ],
)
def test_distribution(control: str, inputs: dict[str, Any], without: tuple[str, ...]) -> None:
    """CF-01 and CF-03 to CF-06: one edit breaks each."""
    place: list[Resource] = [ACL, HEADERS]
    good, bad = [*place, DISTRIBUTION], [*place, changed(DISTRIBUTION, *without, **inputs)]
    triple(control, none=[BYSTANDER], good=good, bad=bad)


@pytest.mark.parametrize("property_", ["strictTransportSecurity", "contentSecurityPolicy"])
def test_payment_headers(property_: str) -> None:
    """CF-06 reads the headers policy."""
    security = {key: value for key, value in HEADERS.inputs["securityHeadersConfig"].items() if key != property_}
    assert verdicts("CF-06", changed(HEADERS, securityHeadersConfig=security), DISTRIBUTION) == {"fail"}
    assert verdicts("CF-06", DISTRIBUTION) == {"unknown"}
    unsure = changed(DISTRIBUTION, orderedCacheBehaviors=[{**CHECKOUT, "cachePolicyId": UNKNOWN_MARK}])
    assert verdicts("CF-06", HEADERS, unsure) == {"unknown"}
