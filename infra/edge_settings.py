"""Settings of the edge: by which name shoppers come, through what, and what is kept out."""

from __future__ import annotations

import re
from ipaddress import ip_network
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from infra.balancer_capacity import LOWEST
from infra.path_patterns import overlap
from infra.quantities import Seconds, Share, WholeSeconds, complaint
from infra.scaling_settings import Strict

PRIVATE_PATHS = ("/cart*", "/checkout*", "/orders*", "/login*", "/account*")
"""Pages that differ from shopper to shopper: never cached, whatever the settings say."""


def _address_block(value: str) -> str:
    try:
        block = ip_network(value)
    except ValueError as error:
        raise complaint(f"is not a block of addresses ({error})", allowed="203.0.113.7/32") from None
    # AWS WAFV2 API, IPSet: every range but /0.
    if block.prefixlen == 0:
        raise complaint("is everybody", allowed="a block from /1 on", fix="Name the addresses of the load generators")
    return str(block)


_ORIGIN = re.compile(r"https://[a-z0-9*][a-z0-9.*-]*(:\d+)?")


def _origin(value: str) -> str:
    if not _ORIGIN.fullmatch(value):
        raise complaint("is not an origin of scripts", allowed="https://js.example.com, without a path")
    return value


AddressBlock = Annotated[str, AfterValidator(_address_block)]
"""Addresses of IPv4 or IPv6, as a CIDR block."""
WebOrigin = Annotated[str, AfterValidator(_origin)]
"""Scheme and host."""
PathPattern = Annotated[str, Field(pattern=r"^/\S*$", max_length=255)]
"""A path in which * stands for anything and ? for one character."""
PathStart = Annotated[str, Field(pattern=r"^/[^\s*?]*$", max_length=200)]
"""What a path begins with, as it stands: the firewall knows no * and no ?. AWS WAF compares 200 bytes at most."""
Domain = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$")]
"""A name in DNS, in small letters."""


class FirewallSettings(Strict):
    """AWS WAF before the shop. Its rate limits are computed from the launch plan's peak."""

    enabled: bool = Field(default=True, description="Billed by web ACL, rule and request")
    window: Literal[60, 120, 300, 600] = Field(default=300, description="Seconds over which requests are counted")
    requests_per_visitor: float = Field(default=3.0, gt=0, description="Requests of one visitor, on average")
    guarded_requests_per_visitor: float = Field(
        default=0.1, gt=0, description="Requests of one visitor to the guarded paths, on average"
    )
    guarded_paths: tuple[PathStart, ...] = Field(
        default=("/login", "/checkout"),
        min_length=1,
        description="What paths begin with where passwords and cards are tried, in small or capital letters; without *",
    )
    address_share: Share = Field(
        default=0.005, description="Share of the visitors who come from the busiest address (an office, a carrier)"
    )
    headroom: float = Field(default=2.0, ge=1, le=100, description="Factor over what the plan foresees")
    peak_arrivals: float = Field(
        default=10, gt=0, description="Arrivals per second that limits are made for where the stack names no plan"
    )
    load_test_addresses: tuple[AddressBlock, ...] = Field(
        default=(), description="Load generators, which no rate limit stops; all other rules hold for them"
    )
    bot_control: bool = Field(default=False, description="AWS's rules against bots, billed apart")
    retention_days: Literal[30, 90, 365, 400, 731] = Field(default=400, description="Of its logs")


class CachingSettings(Strict):
    """What CloudFront may keep. Carts, orders, checkout and sign-in never are."""

    seconds: WholeSeconds = Field(default=5, le=86_400, description="At most; 0 keeps nothing")
    paths: tuple[PathPattern, ...] = Field(default=("/products", "/products/*"), max_length=15)
    query_strings: tuple[str, ...] = Field(
        default=("category", "page", "q"), max_length=10, description="Those that make a different page"
    )

    @model_validator(mode="after")
    def _keeps_nothing_private(self) -> CachingSettings:
        for number, pattern in enumerate(self.paths):
            private = [known for known in PRIVATE_PATHS if overlap(pattern, known)]
            if private:
                raise complaint(
                    f"would keep pages of one shopper for the next ({', '.join(private)})",
                    allowed="paths that are the same for everybody",
                    fix="Name the catalogue's paths",
                    at=f"paths.{number}",
                )
        return self


class PaymentPageSettings(Strict):
    """What a browser lets happen on the payment page (PCI DSS 6.4.3, 11.6.1)."""

    scripts: tuple[WebOrigin, ...] = Field(default=(), description="Origins of the payment provider's scripts")
    frames: tuple[WebOrigin, ...] = Field(default=(), description="Origins of its form")
    connections: tuple[WebOrigin, ...] = Field(default=(), description="Origins that the page calls")
    report_endpoint: str = Field(
        default="/csp-reports",
        pattern=r"^(https://\S+|/\S*)$",
        description="Where browsers report what they refused; a path is one of the shop's own",
    )


class CapacitySettings(Strict):
    """What the load balancer reserves before the launch, in place of growing during it."""

    units: int | Literal["plan"] | None = Field(
        default=None,
        description="LCUs, 100 or more, or `plan`: for the peak of the launch plan. Billed by the hour until it is taken out",
    )
    visit: Seconds = Field(default=180, description="How long a visitor's connection is open")
    response_bytes: int = Field(default=20_000, ge=1, description="Bytes of a request and its answer, on average")
    headroom: float = Field(default=1.5, ge=1, le=100, description="Factor over what the plan foresees")

    @model_validator(mode="after")
    def _reserves_what_aws_takes(self) -> CapacitySettings:
        if isinstance(self.units, int) and self.units < LOWEST:
            raise complaint(
                "is less than AWS reserves", allowed=f"{LOWEST} or more, or plan", fix="Raise it", at="units"
            )
        return self


class EdgeSettings(Strict):
    """How shoppers come in."""

    front: Literal["cloudfront", "load_balancer"] = Field(
        default="load_balancer",
        description="`cloudfront` puts the load balancer inside the network, where CloudFront alone reaches it",
    )
    domain: Domain | None = Field(default=None, description="Name that shoppers type")
    hosted_zone_id: str | None = Field(
        default=None,
        pattern=r"^Z[A-Z0-9]{1,31}$",
        description="Route 53 zone of the domain: certificates and records are made in it",
    )
    certificate_arn: str | None = Field(
        default=None,
        pattern=r"^arn:aws[\w-]*:acm:",
        description="Of the load balancer; left out, one is made for domain, or the listener speaks plain HTTP",
    )
    edge_certificate_arn: str | None = Field(
        default=None,
        pattern=r"^arn:aws[\w-]*:acm:us-east-1:",
        description="Of CloudFront, which takes certificates of us-east-1 only; left out, one is made for domain",
    )
    idle_timeout: int = Field(default=60, ge=1, le=4000, description="Seconds")
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = "PriceClass_100"
    capacity: CapacitySettings = CapacitySettings()
    shield: bool = Field(default=False, description="Shield Advanced; its subscription is bought apart")
    firewall: FirewallSettings = FirewallSettings()
    cache: CachingSettings = CachingSettings()
    payment_page: PaymentPageSettings = PaymentPageSettings()

    @property
    def makes_certificates(self) -> bool:
        """Whether the program asks ACM for certificates, and proves the domain in Route 53."""
        return self.domain is not None and self.hosted_zone_id is not None

    @property
    def speaks_https(self) -> bool:
        """Whether the load balancer has a certificate."""
        return self.certificate_arn is not None or self.makes_certificates

    @model_validator(mode="after")
    def _has_a_name_that_goes_with_its_certificates(self) -> EdgeSettings:
        if self.hosted_zone_id is not None and self.domain is None:
            raise complaint("is a zone without a name in it", fix="Add edge.domain", at="hosted_zone_id")
        if self.domain is None:
            if self.edge_certificate_arn is not None:
                raise complaint(
                    "is of no use without the domain that it is for", fix="Add edge.domain", at="edge_certificate_arn"
                )
            if self.front == "cloudfront" and self.certificate_arn is not None:
                raise complaint(
                    "does not name CloudFront's own host, so that every request would fail",
                    allowed="a certificate together with the domain that it is for",
                    fix="Add edge.domain, or remove certificate_arn",
                    at="certificate_arn",
                )
            return self
        if self.hosted_zone_id is None and self.certificate_arn is None:
            raise complaint(
                "has neither a zone to prove it in nor a certificate",
                fix="Add edge.hosted_zone_id, or edge.certificate_arn",
                at="domain",
            )
        if self.front == "cloudfront" and self.hosted_zone_id is None and self.edge_certificate_arn is None:
            raise complaint(
                "is not set, and CloudFront needs a certificate of its own for the domain",
                allowed="an ACM certificate of us-east-1",
                fix="Add edge.edge_certificate_arn, or edge.hosted_zone_id to have one made",
                at="edge_certificate_arn",
            )
        return self

    @model_validator(mode="after")
    def _shield_has_a_firewall(self) -> EdgeSettings:
        if self.shield and not self.firewall.enabled:
            raise complaint(
                "answers attacks with rules of the firewall, which is off",
                fix="Set edge.firewall.enabled: true",
                at="shield",
            )
        return self
