"""Handlers of CloudFront's distributions and of what these are made from."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.deploy import HandlerOutputs
from surgeproof.localcloud.server.cloudfront import KINDS
from tests.localcloud_aws.conftest import Live

CACHE = {
    "defaultTtl": 5,
    "maxTtl": 5,
    "minTtl": 0,
    "parametersInCacheKeyAndForwardedToOrigin": {
        "cookiesConfig": {"cookieBehavior": "none"},
        "headersConfig": {"headerBehavior": "whitelist", "headers": {"items": ["Host"]}},
        "queryStringsConfig": {"queryStringBehavior": "whitelist", "queryStrings": {"items": ["page", "q"]}},
        "enableAcceptEncodingBrotli": True,
        "enableAcceptEncodingGzip": True,
    },
}
HEADERS = {
    "securityHeadersConfig": {
        "strictTransportSecurity": {"accessControlMaxAgeSec": 1, "includeSubdomains": True, "override": True},
        "contentSecurityPolicy": {"contentSecurityPolicy": "default-src 'none'", "override": True},
    },
    "customHeadersConfig": {"items": [{"header": "Cache-Control", "value": "no-store", "override": True}]},
    "removeHeadersConfig": {"items": [{"header": "Server"}]},
}
REQUEST = {
    "cookiesConfig": {"cookieBehavior": "all"},
    "headersConfig": {"headerBehavior": "allViewer"},
    "queryStringsConfig": {"queryStringBehavior": "all"},
}
ORIGIN = {
    "vpcOriginEndpointConfig": {
        "name": "o",
        "arn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/app/x/1",
        "httpPort": 80,
        "httpsPort": 443,
        "originProtocolPolicy": "https-only",
        "originSslProtocols": {"items": ["TLSv1.2"], "quantity": 1},
    }
}
SIGNED = {"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4"}


@pytest.mark.parametrize(
    ("token", "inputs", "change"),
    [
        ("aws:cloudfront/cachePolicy:CachePolicy", CACHE, {"comment": "longer", "maxTtl": 9}),
        ("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", HEADERS, {"comment": "other"}),
        ("aws:cloudfront/originRequestPolicy:OriginRequestPolicy", REQUEST, {"comment": "other"}),
        ("aws:cloudfront/originAccessControl:OriginAccessControl", SIGNED, {"signingBehavior": "never"}),
        (
            "aws:cloudfront/vpcOrigin:VpcOrigin",
            ORIGIN,
            {"vpcOriginEndpointConfig": {**ORIGIN["vpcOriginEndpointConfig"], "httpsPort": 8443}},
        ),
    ],
)
def test_what_a_distribution_is_made_from(live: Live, token: str, inputs: dict[str, Any], change: dict[str, Any]):
    thing = live(token, **inputs)
    thing.stays_as_asked()
    changed = thing.change(**change)
    assert {name: changed[name] for name in change} == change
    thing.go()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_the_server_lists_them_and_refuses_what_is_stale(aws: EmbeddedAws, live: Live, kind):
    token = f"aws:cloudfront/{kind.kind[0].lower()}{kind.kind[1:]}:{kind.kind}"
    known = {
        "CachePolicy": CACHE,
        "ResponseHeadersPolicy": HEADERS,
        "OriginRequestPolicy": REQUEST,
        "VpcOrigin": ORIGIN,
    }
    thing = live(token, **known[kind.kind])
    client = aws.client("cloudfront")
    plural = {"VpcOrigin": "list_vpc_origins"}.get(kind.kind, f"list_{kind.path.replace('-', '_')[:-1]}ies")
    items = getattr(client, plural)()[f"{kind.kind}List"]["Items"]
    assert thing.identity in json.dumps(items, default=str)
    snake = kind.path.replace("-", "_")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        getattr(client, f"delete_{snake}")(Id=thing.identity, IfMatch="OLD")
    with pytest.raises(ClientError, match=r"NoSuch|EntityNotFound"):
        getattr(client, f"get_{snake}")(Id="none")


def test_a_distribution(aws: EmbeddedAws, live: Live):
    behavior = {
        "targetOriginId": "shop",
        "viewerProtocolPolicy": "redirect-to-https",
        "allowedMethods": ["GET", "HEAD", "OPTIONS"],
        "cachedMethods": ["GET", "HEAD"],
        "compress": True,
        "cachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        "responseHeadersPolicyId": "r",
    }
    origin = {
        "originId": "shop",
        "domainName": "internal.example",
        "connectionAttempts": 3,
        "vpcOriginConfig": {"vpcOriginId": "vo_1", "originReadTimeout": 30, "originKeepaliveTimeout": 55},
    }
    made = live(
        "aws:cloudfront/distribution:Distribution",
        enabled=True,
        aliases=["shop.example.com"],
        comment="before",
        origins=[origin],
        defaultCacheBehavior=behavior,
        orderedCacheBehaviors=[{**behavior, "pathPattern": "/checkout*"}],
        restrictions={"geoRestriction": {"restrictionType": "none"}},
        viewerCertificate={"cloudfrontDefaultCertificate": True},
        tags={"tier": "edge"},
    )
    assert made.told["domainName"].endswith(".cloudfront.net")
    config = aws.client("cloudfront").get_distribution_config(Id=made.identity)["DistributionConfig"]
    assert config["Origins"]["Items"][0]["VpcOriginConfig"]["VpcOriginId"] == "vo_1"
    assert config["CacheBehaviors"]["Items"][0]["PathPattern"] == "/checkout*"
    assert config["Aliases"]["Items"] == ["shop.example.com"]
    assert made.read()["orderedCacheBehaviors"][0]["pathPattern"] == "/checkout*"
    assert made.change(comment="after")["comment"] == "after"
    made.go()


def test_the_log_of_a_distribution(live: Live, unique: str):
    source = live(
        "aws:cloudwatch/logDeliverySource:LogDeliverySource",
        name=f"{unique}-access",
        logType="ACCESS_LOGS",
        resourceArn=f"arn:aws:cloudfront::123456789012:distribution/{unique}",
        region="us-east-1",
    )
    destination = live(
        "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
        name=f"{unique}-access",
        outputFormat="json",
        deliveryDestinationConfiguration={"destinationResourceArn": "arn:aws:s3:::logs"},
        region="us-east-1",
    )
    delivery = live(
        "aws:cloudwatch/logDelivery:LogDelivery",
        deliverySourceName=f"{unique}-access",
        deliveryDestinationArn=destination.told["arn"],
        recordFields=["date", "time"],
        region="us-east-1",
    )
    for part in (source, destination, delivery):
        part.stays_as_asked()
    for part in (delivery, destination, source):
        part.go()


def test_aws_s_own_list_of_cloudfront_s_addresses(outputs: HandlerOutputs):
    name = "com.amazonaws.global.cloudfront.origin-facing"
    found = outputs.call("aws:ec2/getManagedPrefixList:getManagedPrefixList", {"name": name})
    assert found["id"].startswith("pl-")
    assert found["ownerId"] == "AWS"
