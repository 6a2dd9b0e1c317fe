"""The edge: CloudFront, the firewall before and behind it, headers, certificates, the name in DNS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.edge_settings import PRIVATE_PATHS
from infra.errors import SettingsError
from infra.rate_limits import requests_per_address
from surgeproof.graph.model import Graph, Resource
from surgeproof.graph.program import run_program
from surgeproof.graph.project import Project
from surgeproof.launch.curve import compile_curve
from surgeproof.launch.plan import load_plan
from tests.infra.conftest import ROOT, one

ACL = "wafv2/webAcl:WebAcl"
DISTRIBUTION = "cloudfront/distribution:Distribution"
NEVER = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
MANAGED = {"AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesSQLiRuleSet"}


@pytest.fixture(scope="module")
def asked(project: Project) -> Graph:
    """The local stack with every option of the edge."""
    firewall = {"bot_control": True, "load_test_addresses": ["203.0.113.0/24", "2001:db8::/48"]}
    edge = {"front": "cloudfront", "shield": True, "cache": {"seconds": 0}, "firewall": firewall}
    return run_program(project, "local", overrides={"edge": edge})


@pytest.fixture(scope="module")
def bare(project: Project) -> Graph:
    """The local stack behind CloudFront, without a domain."""
    return run_program(project, "local", overrides={"edge": {"front": "cloudfront"}})


def _acl(graph: Graph, place: str) -> Resource:
    (found,) = [item for item in graph.of_type(f"aws:{ACL}") if item.name.endswith(f"-{place}-firewall")]
    return found


def _rule(acl: Resource, name: str) -> dict[str, Any]:
    (found,) = [rule for rule in acl.inputs["rules"] if rule["name"] == name]
    return found


def _rate(acl: Resource, name: str) -> dict[str, Any]:
    return _rule(acl, name)["statement"]["rateBasedStatement"]


def test_a_firewall_at_the_edge_and_one_behind_it(production: Graph):
    edge, origin = _acl(production, "edge"), _acl(production, "origin")
    assert (edge.inputs["scope"], edge.inputs["region"]) == ("CLOUDFRONT", "us-east-1")
    assert (origin.inputs["scope"], origin.inputs["region"]) == ("REGIONAL", "eu-west-1")
    assert one(production, DISTRIBUTION).inputs["webAclId"] == edge.outputs["arn"]
    association = one(production, "wafv2/webAclAssociation:WebAclAssociation")
    assert production.sources(association, "webAclArn") == (origin,)
    assert production.sources(association, "resourceArn") == (one(production, "lb/loadBalancer:LoadBalancer"),)


@pytest.mark.parametrize("place", ["edge", "origin"])
def test_known_attacks_are_blocked_and_measured(production: Graph, place: str):
    acl = _acl(production, place)
    rules = acl.inputs["rules"]
    assert [rule["priority"] for rule in rules] == list(range(len(rules)))
    groups = {rule["name"]: rule for rule in rules if "managedRuleGroupStatement" in rule["statement"]}
    assert groups.keys() >= MANAGED
    assert all(rule["overrideAction"] == {"none": {}} for rule in groups.values())
    assert all(rule["visibilityConfig"]["cloudwatchMetricsEnabled"] for rule in rules)


def test_rates_are_the_plan_s(production: Graph, project: Project):
    firewall = project.settings("production")["edge"]["firewall"]
    peak = compile_curve(load_plan(ROOT / "loadtests/plans/spring.yaml")).peak

    def limit(requests: float) -> int:
        return requests_per_address(
            peak=peak, window=300, requests_per_visitor=requests, address_share=0.005, headroom=2
        )

    for place in ("edge", "origin"):
        acl = _acl(production, place)
        assert _rate(acl, "rate")["limit"] == limit(firewall["requests_per_visitor"])
        assert _rate(acl, "rate-guarded")["limit"] == limit(firewall["guarded_requests_per_visitor"])
        assert _rule(acl, "rate")["action"]["block"]["customResponse"]["responseCode"] == 429


def test_a_larger_launch_has_larger_limits(production: Graph, project: Project):
    overrides = {
        "edge": {"firewall": {"requests_per_visitor": 2.8}},
        "launch_plan": "loadtests/plans/spring.yaml",
        "plan_overrides": {"curve.phases[1].to": 450, "curve.phases[2].rate": 450, "prewarm.enabled": False},
    }
    larger = run_program(project, "local", overrides=overrides)
    before, after = _rate(_acl(production, "edge"), "rate"), _rate(_acl(larger, "door"), "rate")
    assert 5 * before["limit"] < after["limit"] < 10 * before["limit"]


def test_whose_address_counts(production: Graph):
    assert _rate(_acl(production, "edge"), "rate")["aggregateKeyType"] == "IP"
    behind = _rate(_acl(production, "origin"), "rate")
    assert behind["aggregateKeyType"] == "FORWARDED_IP"
    assert behind["forwardedIpConfig"]["headerName"] == "X-Forwarded-For"


def test_sign_in_and_checkout_are_guarded(production: Graph):
    text = json.dumps(_rate(_acl(production, "edge"), "rate-guarded")["scopeDownStatement"])
    assert '"/login"' in text
    assert '"/checkout"' in text
    assert "LOWERCASE" in text


@pytest.mark.parametrize("place", ["edge", "origin"])
def test_logs_hold_no_session_and_no_card(production: Graph, place: str):
    acl = _acl(production, place)
    (log,) = [
        item
        for item in production.of_type("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration")
        if production.sources(item, "resourceArn") == (acl,)
    ]
    redacted = json.dumps(log.inputs["redactedFields"])
    assert all(f'"{name}"' in redacted for name in ("authorization", "cookie", "queryString"))
    protected = acl.inputs["dataProtectionConfig"]["dataProtections"]
    assert {item["field"]["fieldType"] for item in protected} == {"SINGLE_HEADER", "SINGLE_QUERY_ARGUMENT", "BODY"}
    (bucket,) = production.sources(log, "logDestinationConfigs")
    assert str(bucket.outputs["bucket"]).startswith("aws-waf-logs-")


def test_load_generators_pass_the_rate_limits_alone(asked: Graph):
    assert len(asked.of_type("aws:wafv2/ipSet:IpSet")) == 4
    edge, origin = (_acl(asked, place) for place in ("edge", "origin"))
    scope = _rate(edge, "rate")["scopeDownStatement"]["andStatement"]["statements"]
    assert [next(iter(item)) for item in scope] == ["notStatement", "notStatement"]
    assert '"position": "LAST"' in json.dumps(_rate(origin, "rate")["scopeDownStatement"])
    assert "scopeDownStatement" not in _rule(edge, "AWSManagedRulesCommonRuleSet")["statement"]


def test_bots_and_shield_are_asked_for(production: Graph, asked: Graph):
    def names(acl: Resource) -> list[str]:
        return [rule["name"] for rule in acl.inputs["rules"]]

    assert "AWSManagedRulesBotControlRuleSet" not in names(_acl(production, "edge"))
    assert "AWSManagedRulesBotControlRuleSet" in names(_acl(asked, "edge"))
    assert "AWSManagedRulesBotControlRuleSet" not in names(_acl(asked, "origin"))
    assert not production.of_type("aws:shield/protection:Protection")
    assert asked.sources(one(asked, "shield/protection:Protection"), "resourceArn") == (one(asked, DISTRIBUTION),)


def test_private_pages_are_never_kept(production: Graph):
    behaviors = one(production, DISTRIBUTION).inputs["orderedCacheBehaviors"]
    assert [item["pathPattern"] for item in behaviors[: len(PRIVATE_PATHS)]] == list(PRIVATE_PATHS)
    for item in behaviors[: len(PRIVATE_PATHS)]:
        assert item["cachePolicyId"] == NEVER
        assert "POST" in item["allowedMethods"]
    assert one(production, DISTRIBUTION).inputs["defaultCacheBehavior"]["cachePolicyId"] == NEVER


def test_the_catalogue_is_kept_for_seconds_without_cookies(production: Graph, asked: Graph):
    policy = one(production, "cloudfront/cachePolicy:CachePolicy")
    assert policy.inputs["maxTtl"] == 5
    key = policy.inputs["parametersInCacheKeyAndForwardedToOrigin"]
    assert key["cookiesConfig"] == {"cookieBehavior": "none"}
    assert key["queryStringsConfig"]["queryStrings"]["items"] == ["category", "page", "q"]
    kept = one(production, DISTRIBUTION).inputs["orderedCacheBehaviors"][len(PRIVATE_PATHS) :]
    assert [item["pathPattern"] for item in kept] == ["/products", "/products/*"]
    assert all(item["allowedMethods"] == ["GET", "HEAD", "OPTIONS"] for item in kept)
    assert not asked.of_type("aws:cloudfront/cachePolicy:CachePolicy")
    assert len(one(asked, DISTRIBUTION).inputs["orderedCacheBehaviors"]) == len(PRIVATE_PATHS)


def test_viewers_and_origin_speak_tls(production: Graph):
    distribution = one(production, DISTRIBUTION).inputs
    every = [distribution["defaultCacheBehavior"], *distribution["orderedCacheBehaviors"]]
    assert {item["viewerProtocolPolicy"] for item in every} == {"redirect-to-https"}
    assert distribution["viewerCertificate"]["minimumProtocolVersion"] == "TLSv1.2_2021"
    assert distribution["viewerCertificate"]["acmCertificateArn"].startswith("arn:aws:acm:us-east-1:")
    origin = one(production, "cloudfront/vpcOrigin:VpcOrigin").inputs["vpcOriginEndpointConfig"]
    assert origin["originProtocolPolicy"] == "https-only"
    assert origin["originSslProtocols"]["items"] == ["TLSv1.2"]


def test_cloudfront_closes_connections_first(production: Graph, project: Project):
    def keep(graph: Graph) -> int:
        return one(graph, DISTRIBUTION).inputs["origins"][0]["vpcOriginConfig"]["originKeepaliveTimeout"]

    assert keep(production) == 55
    assert keep(run_program(project, "local", overrides={"edge": {"front": "cloudfront", "idle_timeout": 4}})) == 1


def test_payment_pages_are_guarded(production: Graph):
    policies = {
        item.name: item for item in production.of_type("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")
    }
    private = next(item for name, item in policies.items() if name.endswith("-private"))
    security = private.inputs["securityHeadersConfig"]
    assert security["strictTransportSecurity"]["accessControlMaxAgeSec"] >= 31_536_000
    assert security["frameOptions"]["frameOption"] == "DENY"
    content = security["contentSecurityPolicy"]["contentSecurityPolicy"]
    assert "report-to csp" in content
    assert "frame-ancestors 'none'" in content
    headers = {item["header"]: item["value"] for item in private.inputs["customHeadersConfig"]["items"]}
    assert headers["Reporting-Endpoints"] == 'csp="/csp-reports"'
    assert headers["Cache-Control"] == "no-store"
    for item in one(production, DISTRIBUTION).inputs["orderedCacheBehaviors"][: len(PRIVATE_PATHS)]:
        assert item["responseHeadersPolicyId"] == private.id


def test_one_record_proves_both_certificates(production: Graph):
    certificates = production.of_type("aws:acm/certificate:Certificate")
    assert {item.inputs["region"] for item in certificates} == {"eu-west-1", "us-east-1"}
    assert {item.inputs["validationMethod"] for item in certificates} == {"DNS"}
    (proof,) = [item for item in production.of_type("aws:route53/record:Record") if item.inputs["type"] == "CNAME"]
    for item in production.of_type("aws:acm/certificateValidation:CertificateValidation"):
        assert production.sources(item, "validationRecordFqdns") == (proof,)
    listener = one(production, "lb/listener:Listener")
    assert production.sources(listener, "certificateArn")[0].type.endswith(":CertificateValidation")


def test_the_name_leads_to_cloudfront(production: Graph):
    names = [item for item in production.of_type("aws:route53/record:Record") if item.inputs["type"] in {"A", "AAAA"}]
    assert {item.inputs["type"] for item in names} == {"A", "AAAA"}
    for item in names:
        assert production.sources(item, "aliases") == (one(production, DISTRIBUTION),)
    assert production.exports["surgeproof"]["edge"] == {"front": "cloudfront", "url": "https://shop.example.com"}


def test_its_access_log_holds_no_cookies(production: Graph):
    fields = one(production, "cloudwatch/logDelivery:LogDelivery").inputs["recordFields"]
    assert "c-ip" in fields
    assert not {"cs(Cookie)", "cs-uri-query", "cs(Referer)"} & set(fields)
    source = one(production, "cloudwatch/logDeliverySource:LogDeliverySource")
    assert production.sources(source, "resourceArn") == (one(production, DISTRIBUTION),)
    assert source.inputs["region"] == "us-east-1"


def test_somebody_is_told_that_a_certificate_was_not_renewed(production: Graph):
    (alarm,) = [
        item
        for item in production.of_type("aws:cloudwatch/metricAlarm:MetricAlarm")
        if item.inputs.get("metricName") == "DaysToExpiry"
    ]
    assert alarm.inputs["threshold"] == 30
    assert alarm.inputs["alarmActions"]


def test_your_own_certificates_are_taken(project: Project):
    arns = {
        "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/mine",
        "edge_certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/mine",
    }
    edge = {"front": "cloudfront", "domain": "shop.example.com", **arns}
    graph = run_program(project, "local", overrides={"edge": edge})
    assert not graph.of_type("aws:acm/certificate:Certificate")
    assert one(graph, "lb/listener:Listener").inputs["certificateArn"] == arns["certificate_arn"]
    viewers = one(graph, DISTRIBUTION).inputs["viewerCertificate"]
    assert viewers["acmCertificateArn"] == arns["edge_certificate_arn"]


def test_without_a_domain_cloudfront_has_its_own_name(bare: Graph):
    assert one(bare, DISTRIBUTION).inputs["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}
    assert bare.exports["surgeproof"]["edge"]["url"].endswith(".cloudfront.net")
    origin = one(bare, "cloudfront/vpcOrigin:VpcOrigin").inputs["vpcOriginEndpointConfig"]
    assert origin["originProtocolPolicy"] == "http-only"
    assert not bare.of_type("aws:route53/record:Record")


def test_a_load_balancer_on_the_internet_has_the_firewall_itself(project: Project, local: Graph):
    edge = {"domain": "shop.example.com", "hosted_zone_id": "Z123"}
    graph = run_program(project, "local", overrides={"edge": edge})
    acl = one(graph, ACL)
    assert acl.inputs["scope"] == "REGIONAL"
    assert _rate(acl, "rate")["aggregateKeyType"] == "IP"
    assert not graph.of_type(f"aws:{DISTRIBUTION}")
    record = one(graph, "route53/record:Record", "shop-local-name-a")
    assert graph.sources(record, "aliases") == (one(graph, "lb/loadBalancer:LoadBalancer"),)
    assert not local.of_type(f"aws:{ACL}")


def test_capacity_for_the_plan_needs_a_plan(project: Project):
    with pytest.raises(SettingsError, match=r"edge\.capacity\.units: asks for the peak of a launch plan"):
        run_program(project, "local", overrides={"edge.capacity.units": "plan"})
