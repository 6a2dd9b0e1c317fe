"""Firewall: a web ACL with its log, from which what must not be read is taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import pulumi
import pulumi_aws as aws

from infra.components.component import Component, Transforms, component_options
from infra.components.secure_bucket import SecureBucket
from infra.firewall_rules import Address, firewall_rules, visibility

GLOBAL = "us-east-1"
"""Region that everything of CloudFront's is made in."""
REDACTED_HEADERS = ("authorization", "cookie", "idempotency-key", "x-api-key")
"""Headers that are a session, or stand for one."""
CARD_FIELDS = ("card_number", "cardnumber", "cc", "cvc", "cvv", "expiry", "pan", "payment_token")
"""Query arguments that a page might carry a card in by mistake (PCI DSS 3.3.1, 3.4.1)."""


@dataclass(frozen=True, kw_only=True)
class FirewallArgs:
    """What a Firewall is made from.

    Attributes:
        scope: ``CLOUDFRONT``, or ``REGIONAL`` for a load balancer.
        region: Of a regional one.
        limit: Requests that one address may send within the window.
        guarded_limit: The same, to the guarded paths.
        guarded_paths: Starts of paths where passwords and cards are tried.
        window: Seconds.
        address: Whose address counts.
        exempt: Blocks of addresses that no rate limit stops.
        bots: Whether bot control is on.
        logs: Bucket whose name begins with ``aws-waf-logs-``.
        transform: Changes to children.
    """

    scope: Literal["CLOUDFRONT", "REGIONAL"]
    region: str
    limit: int
    guarded_limit: int
    guarded_paths: Sequence[str]
    window: int = 300
    address: Address = "connection"
    exempt: Sequence[str] = field(default=())
    bots: bool = False
    logs: SecureBucket
    transform: Transforms | None = None


class Firewall(Component):
    """A web ACL that lets through what no rule stops.

    Attributes:
        acl: The web ACL.
    """

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:Firewall", name, {}, component_options(name, opts, args.transform))
        region = GLOBAL if args.scope == "CLOUDFRONT" else args.region
        self._name, self._args, self._region = name, args, region
        rules: list[Any] = firewall_rules(
            limit=args.limit,
            guarded_limit=args.guarded_limit,
            guarded_paths=args.guarded_paths,
            window=args.window,
            address=args.address,
            exempt=[made.arn for made in self._exempt()],
            bots=args.bots,
        )
        metric: Any = visibility(name)
        redacted: list[Any] = [{"single_header": {"name": header}} for header in REDACTED_HEADERS]
        self.acl = aws.wafv2.WebAcl(
            name,
            scope=args.scope,
            region=region,
            description="Rates by address and AWS's managed rules",
            default_action={"allow": {}},
            rules=rules,
            visibility_config=metric,
            # Also holds for samples and for what a rule matched, which redacted fields do not.
            data_protection_config={
                "data_protections": [
                    {
                        "action": "SUBSTITUTION",
                        "field": {"field_type": "SINGLE_HEADER", "field_keys": list(REDACTED_HEADERS)},
                    },
                    {
                        "action": "SUBSTITUTION",
                        "field": {"field_type": "SINGLE_QUERY_ARGUMENT", "field_keys": list(CARD_FIELDS)},
                    },
                    {"action": "SUBSTITUTION", "field": {"field_type": "BODY"}},
                ]
            },
            opts=self._child(),
        )
        aws.wafv2.WebAclLoggingConfiguration(
            f"{name}-log",
            region=region,
            resource_arn=self.acl.arn,
            log_destination_configs=[args.logs.bucket.arn],
            redacted_fields=[*redacted, {"query_string": {}}],
            opts=self._child(depends_on=[args.logs.policy]),
        )
        self._done({"arn": self.acl.arn})

    def protect(self, balancer: aws.lb.LoadBalancer) -> None:
        """Put a regional ACL before a load balancer."""
        aws.wafv2.WebAclAssociation(
            f"{self._name}-balancer",
            region=self._region,
            resource_arn=balancer.arn,
            web_acl_arn=self.acl.arn,
            opts=self._child(),
        )

    def _exempt(self) -> list[aws.wafv2.IpSet]:
        """Sets of the exempt addresses; one set holds addresses of one family."""
        sets = []
        for version, blocks in (
            ("IPV4", [block for block in self._args.exempt if ":" not in block]),
            ("IPV6", [block for block in self._args.exempt if ":" in block]),
        ):
            if blocks:
                sets.append(
                    aws.wafv2.IpSet(
                        f"{self._name}-exempt-{version.lower()}",
                        scope=self._args.scope,
                        region=self._region,
                        description="Load generators, which no rate limit stops",
                        ip_address_version=version,
                        addresses=blocks,
                        opts=self._child(),
                    )
                )
        return sets
