"""Controls of CloudFront distributions."""

from __future__ import annotations

from typing import Any

from surgeproof.controls.context import ABSENT, UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, entry, items, must
from surgeproof.controls.network_reach import reach
from surgeproof.controls.outcome import Outcome, failed, not_applicable, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

DISTRIBUTION = "distribution"
LOG_SOURCE = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
LOG_DELIVERY = "aws:cloudwatch/logDelivery:LogDelivery"
VIEWER_TLS = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
CACHE_OFF = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""The managed policy CachingDisabled (Amazon CloudFront Developer Guide, 'Use managed cache policies')."""
PRIVATE_PATHS = ("checkout", "login", "account", "cart")


def behaviors_of(context: Context, resource: Resource) -> list[Any] | None:
    """Behaviors of a distribution, the default one first; None when they are not known."""
    default = items(context, resource, "defaultCacheBehavior")
    ordered = items(context, resource, "orderedCacheBehaviors")
    return None if default is None or ordered is None else [*default, *ordered]


@control(
    id="CF-01",
    title="Viewers come over TLS 1.2 or later, with the shop's own certificate",
    severity="high",
    family=DISTRIBUTION,
    rationale="The default certificate takes TLS 1.0.",
    remediation="`viewer_protocol_policy='redirect-to-https'`; `viewer_certificate={'acm_certificate_arn': ..., "
    "'ssl_support_method': 'sni-only', 'minimum_protocol_version': 'TLSv1.2_2021'}`",
    requirements=published("CloudFront.3† CloudFront.7 CloudFront.8 CloudFront.15", pci="4.2.1h", nist="SC-8 SC-13"),
)
def viewers_use_tls(resource: Resource, context: Context) -> list[Outcome]:
    """Every behavior redirects or refuses HTTP; certificate, SNI and minimum version."""
    behaviors = behaviors_of(context, resource)
    if behaviors is None:
        return [unknown("its behaviors are not known", property="defaultCacheBehavior")]
    policies = [entry(item, "viewerProtocolPolicy") for item in behaviors]
    certificate = "viewerCertificate"
    return all_of(
        failed("a behavior answers over plain HTTP", property="defaultCacheBehavior")
        if "allow-all" in policies
        else unknown("whether a behavior answers over plain HTTP is not known", property="defaultCacheBehavior")
        if UNKNOWN in policies
        else passed(),
        must(context, resource, f"{certificate}.acmCertificateArn", bool, "has no certificate of its own"),
        must(
            context, resource, f"{certificate}.sslSupportMethod", lambda value: value == "sni-only", "does not use SNI"
        ),
        must(
            context,
            resource,
            f"{certificate}.minimumProtocolVersion",
            lambda value: value in VIEWER_TLS,
            "takes old TLS versions",
        ),
    )


@control(
    id="CF-03",
    title="A distribution has a web ACL",
    severity="high",
    family=DISTRIBUTION,
    rationale="What is stopped at the edge costs the shop nothing.",
    remediation="`web_acl_id=acl.arn`",
    requirements=published("CloudFront.6†", pci="6.4.2h", nist="SC-7"),
)
def distribution_has_web_acl(resource: Resource, context: Context) -> Outcome:
    """``webAclId`` is set, also where its value is known only later."""
    if reach(context).linked(resource, "webAclId"):
        return passed()
    return must(context, resource, "webAclId", bool, "has no web ACL")


@control(
    id="CF-04",
    title="Buckets and function URLs answer CloudFront only",
    severity="high",
    family=DISTRIBUTION,
    rationale="An origin that answers others is a way around the firewall.",
    remediation="`origin_access_control_id=oac.id` on the origin",
    requirements=published("CloudFront.13 CloudFront.16", pci="10.3.4c", nist="AC-3"),
)
def origins_are_closed(resource: Resource, context: Context) -> list[Outcome]:
    """S3 and function-URL origins have an origin access control."""
    origins = items(context, resource, "origins")
    if origins is None:
        return [unknown("its origins are not known", property="origins")]
    found: list[Outcome] = []
    for number, origin in enumerate(origins):
        domain = entry(origin, "domainName")
        if domain is UNKNOWN:
            found.append(unknown("the domain of an origin is not known", property=f"origins[{number}]"))
        elif (".s3" in str(domain) or ".lambda-url." in str(domain)) and not entry(origin, "originAccessControlId"):
            found.append(failed("an origin answers others than CloudFront", property=f"origins[{number}]"))
    return found or [passed()]


@control(
    id="CF-05",
    title="CloudFront talks to its origins over TLS 1.2",
    severity="high",
    family=DISTRIBUTION,
    rationale="TLS that ends at the edge leaves the way to the shop in clear text.",
    remediation="`custom_origin_config={'origin_protocol_policy': 'https-only', 'origin_ssl_protocols': ['TLSv1.2'], ...}`",
    requirements=published("CloudFront.9† CloudFront.10†", pci="2.2.7p 4.2.1p", nist="SC-8"),
)
def origins_use_tls(resource: Resource, context: Context) -> list[Outcome]:
    """Custom origins are https-only and take no protocol before TLS 1.2."""
    origins = items(context, resource, "origins")
    if origins is None:
        return [unknown("its origins are not known", property="origins")]
    custom = [(n, entry(item, "customOriginConfig")) for n, item in enumerate(origins)]
    custom = [(n, item) for n, item in custom if isinstance(item, dict)]
    if not custom:
        return [not_applicable("has no custom origin")]
    found: list[Outcome] = []
    for number, item in custom:
        if item.get("originProtocolPolicy") != "https-only":
            found.append(failed("an origin is asked over plain HTTP", property=f"origins[{number}]"))
        if any(protocol != "TLSv1.2" for protocol in item.get("originSslProtocols") or []):
            found.append(failed("an origin is asked over old TLS", property=f"origins[{number}]"))
    return found or [passed()]


@control(
    id="CF-06",
    title="The payment page sends HSTS, a content policy that reports, and is never cached",
    severity="high",
    family=DISTRIBUTION,
    rationale="A script that was slipped into the payment page reads cards; the browser can refuse it and tell.",
    remediation="`response_headers_policy_id=` with strict_transport_security and content_security_policy on `/checkout*`",
    requirements=published(pci="6.4.3j 11.6.1j", nist="SI-7"),
)
def payment_page_is_guarded(resource: Resource, context: Context) -> list[Outcome]:
    """Behaviors of private paths: a headers policy with HSTS and CSP, frames bounded, caching off."""
    behaviors = items(context, resource, "orderedCacheBehaviors")
    if behaviors is None:
        return [unknown("its behaviors are not known", property="orderedCacheBehaviors")]
    private = [
        (n, item)
        for n, item in enumerate(behaviors)
        if any(p in str(entry(item, "pathPattern")) for p in PRIVATE_PATHS)
    ]
    if not private:
        default = items(context, resource, "defaultCacheBehavior") or [{}]
        private = [(-1, default[0])]
    found: list[Outcome] = []
    for number, item in private:
        place = "defaultCacheBehavior" if number < 0 else f"orderedCacheBehaviors[{number}]"
        caching = entry(item, "cachePolicyId")
        if caching is UNKNOWN:
            found.append(unknown("whether a private path may be cached is not known", property=place))
        elif caching != CACHE_OFF:
            found.append(failed("a private path may be cached", property=place))
        found += _headers(context, resource, item, place)
    return found or [passed()]


def _headers(context: Context, resource: Resource, behavior: Any, place: str) -> list[Outcome]:
    id_ = entry(behavior, "responseHeadersPolicyId")
    policies = [
        item
        for item in reach(context).linked(resource, place.partition("[")[0])
        if item.type.endswith(":ResponseHeadersPolicy") and (item.id == id_ or id_ is UNKNOWN)
    ]
    policies += [
        p
        for p in context.graph.of_type("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy")
        if p.id == id_ and p not in policies
    ]
    if id_ in (None, ABSENT):
        return [failed("a private path has no response headers policy", property=place)]
    if not policies:
        return [unknown("its response headers policy is not of this program", property=place)]
    security = context.value(policies[0], "securityHeadersConfig")
    content = str(entry(entry(security, "contentSecurityPolicy", {}), "contentSecurityPolicy", ""))
    found = []
    if not entry(security, "strictTransportSecurity"):
        found.append(failed(f"{policies[0].name}: sends no HSTS", property=place))
    if not ("report-to" in content or "report-uri" in content) or "frame-ancestors" not in content:
        found.append(
            failed(f"{policies[0].name}: its content policy lacks a report or frame-ancestors", property=place)
        )
    return found


@control(
    id="CF-02",
    title="Distributions log requests",
    severity="med",
    family=DISTRIBUTION,
    rationale="What the edge refused never reached the shop's own logs.",
    remediation="Standard logging v2: `aws.cloudwatch.LogDeliverySource(resource_arn=distribution.arn, log_type='ACCESS_LOGS')` "
    "with a delivery; or `logging_config=`",
    requirements=published("CloudFront.5†", pci="10.4.2h 10.2.1p", nist="AU-2"),
)
def distribution_logs(resource: Resource, context: Context) -> Outcome:
    """The older logging configuration with a bucket, or a source of access logs that is delivered."""
    if (
        resource.property_dependencies.get("loggingConfig")
        or context.value(resource, "loggingConfig.bucket") is not ABSENT
    ):
        return passed()
    ways = reach(context)
    sources = ways.linking(resource, LOG_SOURCE, "resourceArn")
    delivered = [
        item
        for item in sources
        if context.value(item, "logType") == "ACCESS_LOGS" and ways.linking(item, LOG_DELIVERY, "deliverySourceName")
    ]
    return passed() if delivered else failed("logs no requests", property="loggingConfig")
