"""Ids and computed outputs of what stands at the edge and around images, in AWS's shapes; see `arns.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from surgeproof.graph.arns import Identity, Seed


def _uuid(seed: Seed) -> str:
    digits = seed.digest
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:32]}"


def certificate(seed: Seed) -> Identity:
    """A certificate with the record that proves its name, which is the same in every region."""
    arn = seed.arn("acm", f"certificate/{_uuid(seed)}")
    domain = str(seed.inputs.get("domainName", ""))
    options = [
        {
            "domainName": name,
            "resourceRecordName": f"_proof.{name}.",
            "resourceRecordType": "CNAME",
            "resourceRecordValue": "_proof.acm-validations.aws.",
        }
        for name in [domain, *(seed.inputs.get("subjectAlternativeNames") or [])]
    ]
    return arn, {"arn": arn, "domainValidationOptions": options, "status": "PENDING_VALIDATION"}


def certificate_validation(seed: Seed) -> Identity:
    """Its id is the certificate's ARN."""
    arn = str(seed.inputs.get("certificateArn", ""))
    return arn, {"certificateArn": arn}


def distribution(seed: Seed) -> Identity:
    """A distribution with a host of its own."""
    identity = f"E{seed.digest[:13].upper()}"
    return identity, {
        "arn": seed.arn("cloudfront", f"distribution/{identity}", regional=False),
        "domainName": f"d{seed.digest[:13]}.cloudfront.net",
        "hostedZoneId": "Z2FDTNDATAQYW2",
    }


def cloudfront_thing(kind: str) -> Any:
    """A policy or an origin of CloudFront's."""

    def shape(seed: Seed) -> Identity:
        identity = f"vo_{seed.digest[:22]}" if kind == "vpcorigin" else _uuid(seed)
        return identity, {"name": seed.physical(), "arn": seed.arn("cloudfront", f"{kind}/{identity}", regional=False)}

    return shape


def scoped_thing(kind: str) -> Any:
    """Something of WAF's: global for CloudFront, regional for load balancers."""

    def shape(seed: Seed) -> Identity:
        identity, physical = _uuid(seed), seed.physical()
        scope = "global" if seed.inputs.get("scope") == "CLOUDFRONT" else "regional"
        return identity, {"name": physical, "arn": seed.arn("wafv2", f"{scope}/{kind}/{physical}/{identity}")}

    return shape


def association(seed: Seed) -> Identity:
    """What a web ACL stands before."""
    return f"{seed.inputs.get('webAclArn')},{seed.inputs.get('resourceArn')}", {}


def record(seed: Seed) -> Identity:
    """A record by zone, name and type."""
    name = str(seed.inputs.get("name", "")).rstrip(".")
    return f"{seed.inputs.get('zoneId')}_{name}_{seed.inputs.get('type')}", {"fqdn": name}


def zone(seed: Seed) -> Identity:
    """A hosted zone."""
    identity = f"Z{seed.digest[:20].upper()}"
    servers = [f"ns-{number}.awsdns-0{number}.example" for number in range(4)]
    return identity, {"zoneId": identity, "arn": f"arn:aws:route53:::hostedzone/{identity}", "nameServers": servers}


def repository(seed: Seed) -> Identity:
    """An image repository."""
    physical = seed.physical()
    arn = seed.arn("ecr", f"repository/{physical}")
    number = arn.split(":")[4]
    url = f"{number}.dkr.ecr.{seed.region}.amazonaws.com/{physical}"
    return physical, {"name": physical, "arn": arn, "repositoryUrl": url, "registryId": number}


def log_delivery(kind: str) -> Any:
    """A part of a log's delivery."""

    def shape(seed: Seed) -> Identity:
        physical = str(seed.inputs.get("name") or seed.digest[:16])
        return physical, {"arn": seed.arn("logs", f"{kind}:{physical}")}

    return shape


def discovery(prefix: str, kind: str) -> Any:
    """A namespace or a service of Cloud Map."""

    def shape(seed: Seed) -> Identity:
        identity = f"{prefix}-{seed.digest[:16]}"
        return identity, {
            "arn": seed.arn("servicediscovery", f"{kind}/{identity}"),
            "hostedZone": f"Z{seed.digest[16:36].upper()}",
        }

    return shape


def identity_provider(seed: Seed) -> Identity:
    """An OpenID Connect provider: its id is its ARN."""
    issuer = str(seed.inputs.get("url", "")).removeprefix("https://")
    arn = seed.arn("iam", f"oidc-provider/{issuer}", regional=False)
    return arn, {"arn": arn}


EDGE_SHAPES: dict[str, Any] = {
    "aws:acm/certificate:Certificate": certificate,
    "aws:acm/certificateValidation:CertificateValidation": certificate_validation,
    "aws:cloudfront/cachePolicy:CachePolicy": cloudfront_thing("cache-policy"),
    "aws:cloudfront/distribution:Distribution": distribution,
    "aws:cloudfront/originAccessControl:OriginAccessControl": cloudfront_thing("origin-access-control"),
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": cloudfront_thing("origin-request-policy"),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": cloudfront_thing("response-headers-policy"),
    "aws:cloudfront/vpcOrigin:VpcOrigin": cloudfront_thing("vpcorigin"),
    "aws:cloudwatch/logDelivery:LogDelivery": log_delivery("delivery"),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": log_delivery("delivery-destination"),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": log_delivery("delivery-source"),
    "aws:ecr/repository:Repository": repository,
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": identity_provider,
    "aws:route53/record:Record": record,
    "aws:route53/zone:Zone": zone,
    "aws:servicediscovery/privateDnsNamespace:PrivateDnsNamespace": discovery("ns", "namespace"),
    "aws:servicediscovery/service:Service": discovery("srv", "service"),
    "aws:wafv2/ipSet:IpSet": scoped_thing("ipset"),
    "aws:wafv2/webAcl:WebAcl": scoped_thing("webacl"),
    "aws:wafv2/webAclAssociation:WebAclAssociation": association,
}
"""Shapes by type token."""
