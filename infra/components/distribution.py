"""Distribution: CloudFront before a load balancer that nobody else reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.component import Component, Transforms, component_options
from infra.components.firewall import GLOBAL
from infra.components.response_headers import ResponseHeaders
from infra.components.secure_bucket import SecureBucket
from infra.edge_settings import PRIVATE_PATHS, CachingSettings

NEVER_CACHED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
"""Managed cache policy CachingDisabled (Amazon CloudFront Developer Guide, 'Use managed cache policies')."""
ALL_OF_THE_REQUEST = "216adef6-5c7f-47e4-b989-5492eafa07d3"
"""Managed origin request policy AllViewer: headers, the host among them, cookies and query (as before)."""
EVERY_METHOD = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
READING = ["GET", "HEAD", "OPTIONS"]
LOGGED = (
    "date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status",
    "cs(User-Agent)", "x-edge-result-type", "x-edge-request-id", "x-host-header", "cs-protocol", "cs-bytes",
    "time-taken", "ssl-protocol", "ssl-cipher", "x-edge-response-result-type", "cs-protocol-version", "c-port",
    "time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type",
)  # fmt: skip
"""Fields of the access log: all but cookies and query, which may hold a session or a card, and the referrer."""
ORIGIN = "shop"


@dataclass(frozen=True, kw_only=True)
class DistributionArgs:
    """What a Distribution is made from.

    Attributes:
        balancer: An internal load balancer.
        secure_origin: Whether CloudFront speaks HTTPS to it.
        idle_timeout: Seconds until the load balancer closes a silent connection.
        domain: Name that shoppers type; None for CloudFront's own.
        certificate_arn: Of the domain, in us-east-1.
        acl_arn: Web ACL of scope CLOUDFRONT.
        headers: Response headers.
        cache: What may be kept.
        logs: Bucket of the access log.
        price_class: In which parts of the world it answers.
        transform: Changes to children.
    """

    balancer: aws.lb.LoadBalancer
    secure_origin: bool
    idle_timeout: int
    domain: str | None
    certificate_arn: pulumi.Input[str] | None
    acl_arn: pulumi.Input[str] | None
    headers: ResponseHeaders
    cache: CachingSettings
    logs: SecureBucket
    price_class: str = "PriceClass_100"
    transform: Transforms | None = None


class Distribution(Component):
    """A distribution whose origin lies in the VPC; it keeps the catalogue for seconds, and nothing of one shopper.

    Attributes:
        distribution: The distribution.
    """

    def __init__(self, name: str, args: DistributionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Distribution", name, {}, component_options(name, opts, args.transform))
        self._name, self._args = name, args
        private = self._behavior(NEVER_CACHED, args.headers.private.id)
        default: Any = self._behavior(NEVER_CACHED, args.headers.shop.id)
        # The first that matches decides: private pages stand before what may be kept.
        ordered: list[Any] = [*({**private, "path_pattern": path} for path in PRIVATE_PATHS), *self._kept()]
        origin: Any = self._origin()
        self.distribution = aws.cloudfront.Distribution(
            name,
            comment=name,
            enabled=True,
            is_ipv6_enabled=True,
            http_version="http2and3",
            price_class=args.price_class,
            aliases=[args.domain] if args.domain else [],
            web_acl_id=args.acl_arn,
            origins=[origin],
            default_cache_behavior=default,
            ordered_cache_behaviors=ordered,
            restrictions={"geo_restriction": {"restriction_type": "none"}},
            viewer_certificate={
                "acm_certificate_arn": args.certificate_arn,
                "ssl_support_method": "sni-only",
                "minimum_protocol_version": "TLSv1.2_2021",
            }
            if args.certificate_arn is not None
            else {"cloudfront_default_certificate": True},
            opts=self._child(),
        )
        self._log()
        self._done({"domain_name": self.distribution.domain_name})

    def _origin(self) -> dict[str, Any]:
        args = self._args
        inside = aws.cloudfront.VpcOrigin(
            f"{self._name}-origin",
            vpc_origin_endpoint_config={
                "name": self._name,
                "arn": args.balancer.arn,
                "http_port": 80,
                "https_port": 443,
                "origin_protocol_policy": "https-only" if args.secure_origin else "http-only",
                "origin_ssl_protocols": {"items": ["TLSv1.2"], "quantity": 1},
            },
            opts=self._child(),
        )
        return {
            "origin_id": ORIGIN,
            "domain_name": args.balancer.dns_name,
            "connection_attempts": 3,
            "connection_timeout": 5,
            "vpc_origin_config": {
                "vpc_origin_id": inside.id,
                "origin_read_timeout": 30,
                # Closed by CloudFront before the load balancer does: a request into a closing connection fails.
                "origin_keepalive_timeout": max(1, min(60, args.idle_timeout - 5)),
            },
        }

    def _behavior(self, policy: pulumi.Input[str], headers: pulumi.Input[str]) -> dict[str, Any]:
        """All of a request goes to the shop, which answers each anew."""
        return {
            "target_origin_id": ORIGIN,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": EVERY_METHOD,
            "cached_methods": ["GET", "HEAD"],
            "compress": True,
            "cache_policy_id": policy,
            "origin_request_policy_id": ALL_OF_THE_REQUEST,
            "response_headers_policy_id": headers,
        }

    def _kept(self) -> list[dict[str, Any]]:
        cache = self._args.cache
        if not cache.seconds or not cache.paths:
            return []
        policy = aws.cloudfront.CachePolicy(
            f"{self._name}-catalogue",
            comment="Pages that are the same for everybody",
            min_ttl=0,
            default_ttl=cache.seconds,
            max_ttl=cache.seconds,
            parameters_in_cache_key_and_forwarded_to_origin={
                "cookies_config": {"cookie_behavior": "none"},
                # The shop's certificate is checked against the host that is forwarded.
                "headers_config": {"header_behavior": "whitelist", "headers": {"items": ["Host"]}},
                "query_strings_config": {
                    "query_string_behavior": "whitelist",
                    "query_strings": {"items": sorted(cache.query_strings)},
                }
                if cache.query_strings
                else {"query_string_behavior": "none"},
                "enable_accept_encoding_brotli": True,
                "enable_accept_encoding_gzip": True,
            },
            opts=self._child(),
        )
        behavior = self._behavior(policy.id, self._args.headers.shop.id) | {"allowed_methods": READING}
        del behavior["origin_request_policy_id"]
        return [{**behavior, "path_pattern": path} for path in cache.paths]

    def _log(self) -> None:
        """The access log (standard logging v2): its parts are made in us-east-1, the bucket lies where the stack does."""
        name = f"{self._name}-access"
        source = aws.cloudwatch.LogDeliverySource(
            f"{name}-source",
            name=name,
            log_type="ACCESS_LOGS",
            resource_arn=self.distribution.arn,
            region=GLOBAL,
            opts=self._child(),
        )
        destination = aws.cloudwatch.LogDeliveryDestination(
            f"{name}-destination",
            name=name,
            output_format="json",
            delivery_destination_configuration={"destination_resource_arn": self._args.logs.bucket.arn},
            region=GLOBAL,
            opts=self._child(depends_on=[self._args.logs.policy]),
        )
        aws.cloudwatch.LogDelivery(
            f"{name}-log",
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            record_fields=list(LOGGED),
            region=GLOBAL,
            opts=self._child(),
        )
