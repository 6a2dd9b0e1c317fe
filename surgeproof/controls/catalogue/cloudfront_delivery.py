"""Controls of how a distribution delivers: protocols, compression, and policies on every behavior."""

from __future__ import annotations

from surgeproof.controls.catalogue.cloudfront import DISTRIBUTION, behaviors_of
from surgeproof.controls.context import UNKNOWN, Context
from surgeproof.controls.control import control
from surgeproof.controls.expectations import all_of, entry, is_false, is_true, must
from surgeproof.controls.outcome import Outcome, failed, passed, unknown
from surgeproof.controls.published import published
from surgeproof.graph.model import Resource

BEHAVIORS = "defaultCacheBehavior"


def _each_has(context: Context, resource: Resource, key: str, message: str) -> Outcome:
    """Whether every behavior has a property."""
    behaviors = behaviors_of(context, resource)
    if behaviors is None:
        return unknown("its behaviors are not known", property=BEHAVIORS)
    values = [entry(item, key) for item in behaviors]
    lacking = [value for value in values if value is not UNKNOWN and (not value or is_false(value))]
    # An id that is known only after deployment is one all the same.
    return failed(f"{len(lacking)} of {len(values)} behaviors {message}", property=BEHAVIORS) if lacking else passed()


@control(
    id="CF-07",
    title="Viewers come over HTTP/2 or later, and over IPv6 as well",
    severity="low",
    family=DISTRIBUTION,
    rationale="Phones come by IPv6, and a page of forty requests over HTTP/1.1 takes six connections.",
    remediation="`http_version='http2and3', is_ipv6_enabled=True`",
    requirements=published(nist="SC-5"),
)
def viewers_come_quickly(resource: Resource, context: Context) -> list[Outcome]:
    """``httpVersion`` is not ``http1.1``; IPv6 is on."""
    return all_of(
        must(
            context,
            resource,
            "httpVersion",
            lambda value: value in ("http2", "http3", "http2and3"),
            "speaks HTTP/1.1 only",
            missing="http2",
        ),
        must(context, resource, "isIpv6Enabled", is_true, "cannot be reached over IPv6"),
    )


@control(
    id="CF-08",
    title="Every behavior compresses what it delivers",
    severity="low",
    family=DISTRIBUTION,
    rationale="Uncompressed pages are three to five times as long, on the wire and on the bill.",
    remediation="`'compress': True` in every behavior",
    requirements=published(nist="SC-5"),
)
def pages_are_compressed(resource: Resource, context: Context) -> Outcome:
    """``compress`` is on in all of them."""
    return _each_has(context, resource, "compress", "do not compress")


@control(
    id="CF-09",
    title="Every behavior names a cache policy",
    severity="med",
    family=DISTRIBUTION,
    rationale="Without one the old forwarded values hold, whose defaults leave cookies and queries out: one shopper's page "
    "is another's.",
    remediation="`'cache_policy_id': policy.id` in every behavior",
    requirements=published(nist="AC-4"),
)
def caching_is_said(resource: Resource, context: Context) -> Outcome:
    """``cachePolicyId`` stands in all of them."""
    return _each_has(context, resource, "cachePolicyId", "have no cache policy")


@control(
    id="CF-10",
    title="Every behavior names a policy of response headers",
    severity="med",
    family=DISTRIBUTION,
    rationale="HSTS and nosniff on the checkout alone do not keep a shopper who starts on the front page.",
    remediation="`'response_headers_policy_id': headers.id` in every behavior",
    requirements=published(pci="6.2.4j", nist="SC-8"),
)
def headers_are_everywhere(resource: Resource, context: Context) -> Outcome:
    """``responseHeadersPolicyId`` stands in all of them."""
    return _each_has(context, resource, "responseHeadersPolicyId", "have no policy of response headers")
