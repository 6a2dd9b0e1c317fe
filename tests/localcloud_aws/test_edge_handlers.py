"""Handlers of the edge, of images and of load generators: each is there once made, is read back, changes and goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from surgeproof.localcloud.aws import EmbeddedAws
from surgeproof.localcloud.deploy import HandlerOutputs
from surgeproof.localcloud.handlers.base import HANDLERS, Existing
from surgeproof.localcloud.server.cloudfront import KINDS

Create = Callable[..., tuple[str, dict[str, Any]]]


class Lives:
    """One resource through its life."""

    def __init__(self, outputs: HandlerOutputs, token: str, made: tuple[str, dict[str, Any]]) -> None:
        self.account, self.handler = outputs.account, HANDLERS[token]
        self.identity, self.told = made

    @property
    def inputs(self) -> dict[str, Any]:
        computed = {*self.handler.computed, "tagsAll", "region", "arn", "etag", "lockToken"}
        return {name: value for name, value in self.told.items() if name not in computed or name == "certificateArn"}

    def read(self) -> dict[str, Any] | None:
        found = self.handler.read(self.account, self.identity, {**self.inputs, "region": self.told["region"]})
        return None if found is None else found[0]

    def change(self, **changes: Any) -> dict[str, Any]:
        before = {**self.inputs, "region": self.told["region"]}
        after = {**before, **changes}
        self.told = self.handler.update(self.account, Existing(self.identity, before, self.told), after)
        found = self.read()
        assert found is not None
        return found

    def go(self) -> None:
        self.handler.delete(
            self.account, Existing(self.identity, {**self.inputs, "region": self.told["region"]}, self.told)
        )
        assert self.read() is None

    def stays_as_asked(self) -> None:
        found = self.read()
        assert found is not None
        assert {name: found.get(name) for name in self.inputs} == self.inputs


@pytest.fixture
def live(create: Create, outputs: HandlerOutputs) -> Callable[..., Lives]:
    def make(token: str, name: str = "thing", /, **inputs: Any) -> Lives:
        return Lives(outputs, token, create(token, name, **inputs))

    return make


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
def test_a_web_acl(aws: EmbeddedAws, live, scope: str, region: str):
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


def test_a_web_acl_s_log_and_what_it_stands_before(live, create: Create):
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


def test_a_set_of_addresses(live):
    blocks = live("aws:wafv2/ipSet:IpSet", scope="REGIONAL", ipAddressVersion="IPV4", addresses=["203.0.113.0/24"])
    blocks.stays_as_asked()
    assert blocks.change(addresses=["198.51.100.0/24"])["addresses"] == ["198.51.100.0/24"]
    blocks.go()


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
def test_what_a_distribution_is_made_from(live, token: str, inputs: dict[str, Any], change: dict[str, Any]):
    thing = live(token, **inputs)
    thing.stays_as_asked()
    changed = thing.change(**change)
    assert {name: changed[name] for name in change} == change
    thing.go()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_the_server_lists_them_and_refuses_what_is_stale(aws: EmbeddedAws, live, kind):
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


def test_a_distribution(aws: EmbeddedAws, live):
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
    found = made.read()
    assert found is not None
    assert found["orderedCacheBehaviors"][0]["pathPattern"] == "/checkout*"
    assert made.change(comment="after")["comment"] == "after"
    made.go()


def test_the_log_of_a_distribution(live, unique: str):
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


def test_a_certificate_is_proved_in_a_zone_that_is_only_named(live, create: Create):
    _, certificate = create("aws:acm/certificate:Certificate", domainName="shop.example.com", validationMethod="DNS")
    proof = certificate["domainValidationOptions"][0]
    record = live(
        "aws:route53/record:Record",
        zoneId="ZNAMEDONLY",
        name=proof["resourceRecordName"],
        type=proof["resourceRecordType"],
        records=[proof["resourceRecordValue"]],
        ttl=300,
        allowOverwrite=True,
    )
    assert record.change(ttl=60)["ttl"] == 60
    valid = live(
        "aws:acm/certificateValidation:CertificateValidation",
        certificateArn=certificate["arn"],
        validationRecordFqdns=[record.told["fqdn"]],
    )
    assert valid.told["certificateArn"] == certificate["arn"]
    record.go()


def test_a_private_zone_with_an_alias(live, create: Create):
    vpc, _ = create("aws:ec2/vpc:Vpc", cidrBlock="10.77.0.0/16")
    zone = live("aws:route53/zone:Zone", name="shop.example.com", comment="inside", vpcs=[{"vpcId": vpc}])
    alias = live(
        "aws:route53/record:Record",
        zoneId=zone.identity,
        name="shop.example.com",
        type="A",
        aliases=[{"name": "lb.example", "zoneId": "Z32O12XQLNTSW2", "evaluateTargetHealth": False}],
    )
    assert alias.read() is not None
    assert zone.change(comment="still inside")["comment"] == "still inside"
    alias.go()
    zone.go()


def test_capacity_is_reserved_changed_and_given_back(aws: EmbeddedAws, live, create: Create):
    vpc, _ = create("aws:ec2/vpc:Vpc", cidrBlock="10.78.0.0/16")
    subnets = [
        create(
            "aws:ec2/subnet:Subnet",
            zone,
            vpcId=vpc,
            cidrBlock=f"10.78.{number}.0/24",
            availabilityZone=f"{aws.region}{zone}",
        )[0]
        for number, zone in enumerate("ab")
    ]
    balancer = live(
        "aws:lb/loadBalancer:LoadBalancer", subnets=subnets, minimumLoadBalancerCapacity={"capacityUnits": 200}
    )

    def reserved() -> int | None:
        told = aws.client("elbv2").describe_capacity_reservation(LoadBalancerArn=balancer.identity)
        return told.get("MinimumLoadBalancerCapacity", {}).get("CapacityUnits")

    assert reserved() == 200
    balancer.change(minimumLoadBalancerCapacity={"capacityUnits": 300})
    assert reserved() == 300
    balancer.change(minimumLoadBalancerCapacity=None)
    assert reserved() is None


def test_a_repository(live):
    repository = live(
        "aws:ecr/repository:Repository",
        imageTagMutability="IMMUTABLE",
        imageScanningConfiguration={"scanOnPush": True},
        encryptionConfigurations=[{"encryptionType": "KMS", "kmsKey": "arn:aws:kms:eu-west-1:123456789012:key/k"}],
        forceDelete=True,
    )
    repository.stays_as_asked()
    rules = json.dumps(
        {
            "rules": [
                {
                    "rulePriority": 1,
                    "selection": {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 1},
                    "action": {"type": "expire"},
                }
            ]
        }
    )
    policy = live("aws:ecr/lifecyclePolicy:LifecyclePolicy", repository=repository.identity, policy=rules)
    policy.stays_as_asked()
    policy.go()
    assert repository.change(imageTagMutability="MUTABLE")["imageTagMutability"] == "MUTABLE"
    repository.go()


def test_how_the_registry_is_scanned(aws: EmbeddedAws, live):
    rule = {"scanFrequency": "CONTINUOUS_SCAN", "repositoryFilters": [{"filter": "*", "filterType": "WILDCARD"}]}
    scanning = live(
        "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration", scanType="ENHANCED", rules=[rule]
    )
    scanning.stays_as_asked()
    scanning.handler.delete(scanning.account, Existing(scanning.identity, scanning.inputs, scanning.told))
    assert aws.client("ecr").get_registry_scanning_configuration()["scanningConfiguration"]["scanType"] == "BASIC"


def test_names_inside_a_vpc(live, create: Create, unique: str):
    vpc, _ = create("aws:ec2/vpc:Vpc", cidrBlock="10.79.0.0/16")
    names = live(
        "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace",
        name=f"{unique}.internal",
        vpc=vpc,
        description="a",
    )
    assert names.read() is not None
    master = live(
        "aws:servicediscovery/service:Service",
        name="master",
        description="a",
        dnsConfig={
            "namespaceId": names.identity,
            "dnsRecords": [{"type": "A", "ttl": 10}],
            "routingPolicy": "MULTIVALUE",
        },
    )
    master.stays_as_asked()
    master.go()
    names.go()


def test_an_identity_provider(live, unique: str):
    provider = live(
        "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        url=f"https://{unique}.example.com",
        clientIdLists=["sts.amazonaws.com"],
    )
    provider.stays_as_asked()
    assert provider.change(clientIdLists=["other"])["clientIdLists"] == ["other"]
    provider.go()


def test_peered_networks(live, create: Create):
    near, _ = create("aws:ec2/vpc:Vpc", "near", cidrBlock="10.80.0.0/16")
    far, _ = create("aws:ec2/vpc:Vpc", "far", cidrBlock="10.81.0.0/16")
    peering = live(
        "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
        vpcId=near,
        peerVpcId=far,
        autoAccept=True,
        accepter={"allowRemoteVpcDnsResolution": True},
    )
    assert peering.read() is not None
    assert peering.told["acceptStatus"] == "active"
    peering.change(accepter={"allowRemoteVpcDnsResolution": False})
    peering.go()


def test_protection_is_recorded(live):
    protection = live(
        "aws:shield/protection:Protection", name="shop", resourceArn="arn:aws:cloudfront::1:distribution/E"
    )
    protection.stays_as_asked()
    protection.go()


def test_aws_s_own_list_of_cloudfront_s_addresses(outputs: HandlerOutputs):
    name = "com.amazonaws.global.cloudfront.origin-facing"
    found = outputs.call("aws:ec2/getManagedPrefixList:getManagedPrefixList", {"name": name})
    assert found["id"].startswith("pl-")
    assert found["ownerId"] == "AWS"
