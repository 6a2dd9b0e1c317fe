"""Handlers of the firewall before the edge: each is there once made, is read back, changes and goes."""

from __future__ import annotations

from typing import Any

import pytest

from surgeproof.localcloud.aws import EmbeddedAws
from tests.localcloud_aws.conftest import Create, Live

VISIBLE = {"cloudwatchMetricsEnabled": True, "metricName": "m", "sampledRequestsEnabled": True}
RULE = {
    "name": "rate",
    "priority": 0,
    "action": {"block": {"customResponse": {"responseCode": 429}}},
    "statement": {
        "rateBasedStatement": {
            "limit": 500,
            "evaluationWindowSec": 300,
            "aggregateKeyType": "IP",
            "scopeDownStatement": {
                "byteMatchStatement": {
                    "fieldToMatch": {"uriPath": {}},
                    "positionalConstraint": "STARTS_WITH",
                    "searchString": "/checkout",
                    "textTransformations": [{"priority": 0, "type": "LOWERCASE"}],
                }
            },
        }
    },
    "visibilityConfig": VISIBLE,
}


@pytest.mark.parametrize(("scope", "region"), [("CLOUDFRONT", "us-east-1"), ("REGIONAL", "eu-west-1")])
def test_a_web_acl(aws: EmbeddedAws, live: Live, scope: str, region: str):
    protection = {"dataProtections": [{"action": "SUBSTITUTION", "field": {"fieldType": "BODY"}}]}
    acl = live(
        "aws:wafv2/webAcl:WebAcl",
        scope=scope,
        region=region,
        defaultAction={"allow": {}},
        rules=[RULE],
        visibilityConfig=VISIBLE,
        dataProtectionConfig=protection,
    )
    kept = aws.client("wafv2", region).get_web_acl(Name=acl.told["name"], Scope=scope, Id=acl.identity)["WebACL"]
    assert kept["Rules"][0]["Statement"]["RateBasedStatement"]["Limit"] == 500
    assert kept["DataProtectionConfig"]["DataProtections"][0]["Field"]["FieldType"] == "BODY"
    changed = acl.change(rules=[], description="quiet")
    assert changed["description"] == "quiet"
    acl.go()


def test_a_web_acl_s_log_and_what_it_stands_before(live: Live, create: Create):
    common: dict[str, Any] = {"scope": "REGIONAL", "defaultAction": {"allow": {}}, "visibilityConfig": VISIBLE}
    acl = live("aws:wafv2/webAcl:WebAcl", **common)
    log = live(
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        resourceArn=acl.told["arn"],
        logDestinationConfigs=["arn:aws:s3:::aws-waf-logs-x"],
        redactedFields=[{"singleHeader": {"name": "cookie"}}, {"queryString": {}}],
    )
    log.stays_as_asked()
    log.go()
    before = live(
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        webAclArn=acl.told["arn"],
        resourceArn="arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/x/1",
    )
    before.stays_as_asked()
    before.go()


def test_a_set_of_addresses(live: Live):
    blocks = live("aws:wafv2/ipSet:IpSet", scope="REGIONAL", ipAddressVersion="IPV4", addresses=["203.0.113.0/24"])
    blocks.stays_as_asked()
    assert blocks.change(addresses=["198.51.100.0/24"])["addresses"] == ["198.51.100.0/24"]
    blocks.go()


def test_protection_is_recorded(live: Live):
    protection = live(
        "aws:shield/protection:Protection", name="shop", resourceArn="arn:aws:cloudfront::1:distribution/E"
    )
    protection.stays_as_asked()
    protection.go()
