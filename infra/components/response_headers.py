"""ResponseHeaders: what CloudFront tells browsers about every page, and about the payment page besides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from infra.components.component import Component, Transforms, component_options
from infra.content_policy import REPORT_GROUP, payment_page_policy
from infra.edge_settings import PaymentPageSettings

TWO_YEARS = 63_072_000
"""Seconds (hstspreload.org asks for at least one year)."""


@dataclass(frozen=True, kw_only=True)
class ResponseHeadersArgs:
    """What ResponseHeaders are made from.

    Attributes:
        payment_page: What the payment page may load, and where violations are reported.
        transform: Changes to children.
    """

    payment_page: PaymentPageSettings
    transform: Transforms | None = None


class ResponseHeaders(Component):
    """Two response headers policies.

    Attributes:
        shop: For pages that are the same for everybody.
        private: For carts, orders, sign-in and checkout: nothing is kept, no foreign script runs, violations are reported.
    """

    def __init__(self, name: str, args: ResponseHeadersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("surgeproof:platform:ResponseHeaders", name, {}, component_options(name, opts, args.transform))
        self._name = name
        page = args.payment_page
        self.shop = self._policy("shop", "Every page", {}, [])
        content = payment_page_policy(
            scripts=page.scripts,
            frames=page.frames,
            connections=page.connections,
            report_endpoint=page.report_endpoint,
        )
        self.private = self._policy(
            "private",
            "Pages of one shopper, the payment page among them",
            {"content_security_policy": {"content_security_policy": content, "override": True}},
            [
                ("Reporting-Endpoints", f'{REPORT_GROUP}="{page.report_endpoint}"'),
                ("Cache-Control", "no-store"),
                ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(self)"),
            ],
        )
        self._done({"shop": self.shop.id, "private": self.private.id})

    def _policy(
        self, key: str, comment: str, more: dict[str, Any], headers: list[tuple[str, str]]
    ) -> aws.cloudfront.ResponseHeadersPolicy:
        return aws.cloudfront.ResponseHeadersPolicy(
            f"{self._name}-{key}",
            comment=comment,
            security_headers_config={
                "strict_transport_security": {
                    "access_control_max_age_sec": TWO_YEARS,
                    "include_subdomains": True,
                    "preload": False,
                    "override": True,
                },
                "content_type_options": {"override": True},
                "frame_options": {"frame_option": "DENY", "override": True},
                "referrer_policy": {"referrer_policy": "strict-origin-when-cross-origin", "override": True},
                **more,
            },
            custom_headers_config={
                "items": [{"header": name, "value": value, "override": True} for name, value in headers]
            }
            if headers
            else None,
            remove_headers_config={"items": [{"header": "Server"}, {"header": "X-Powered-By"}]},
            opts=self._child(),
        )
