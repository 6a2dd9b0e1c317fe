"""The Content-Security-Policy of payment pages: which scripts may run, and who is told of those that may not."""

from __future__ import annotations

from collections.abc import Sequence

REPORT_GROUP = "csp"
"""Name of the reporting endpoint, as `report-to` and `Reporting-Endpoints` write it."""


def payment_page_policy(
    *, scripts: Sequence[str], frames: Sequence[str], connections: Sequence[str], report_endpoint: str
) -> str:
    """A policy that lets nothing in but what is named (PCI DSS v4.0.1, 6.4.3 and 11.6.1; W3C CSP Level 3).

    `report-uri` stands beside `report-to` for browsers that do not know the latter.

    Args:
        scripts: Origins of scripts besides the shop's own: the payment provider's.
        frames: Origins that may be framed within the page: the payment provider's form.
        connections: Origins that the page's scripts may call besides the shop's own.
        report_endpoint: URL that browsers send violations to.
    """
    directives = {
        "default-src": ["'none'"],
        "script-src": ["'self'", *scripts],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'", *connections],
        "frame-src": [*frames] or ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "upgrade-insecure-requests": [],
        "report-uri": [report_endpoint],
        "report-to": [REPORT_GROUP],
    }
    return "; ".join(" ".join([name, *values]) for name, values in directives.items())
