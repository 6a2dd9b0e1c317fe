"""What browsers tell of the content policy is taken: both forms, bounded, and few lines of the log."""

from __future__ import annotations

import asyncio
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.edge_settings import PaymentPageSettings
from services.storefront import csp_reports
from services.storefront.app import create_app
from services.storefront.csp_reports import LINES_A_MINUTE, MOST_BYTES, PATH, Limited, violations
from tests.services.asgi_client import Reply, Visitor

OLD = {
    "csp-report": {
        "document-uri": "https://shop.example.com/checkout?token=secret",
        "violated-directive": "script-src-elem",
        "blocked-uri": "https://evil.example/skimmer.js",
    }
}
NEW = [
    {"type": "deprecation", "body": {"id": "x"}},
    {
        "type": "csp-violation",
        "body": {
            "documentURL": "https://shop.example.com/checkout#pay",
            "effectiveDirective": "img-src",
            "blockedURL": "inline",
        },
    },
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["csp-report", "type", "body", "blocked-uri"]), inner)
    ),
)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csp_reports, "_limited", Limited(LINES_A_MINUTE))


def post(*bodies: object) -> list[Reply]:
    """No shop is open behind it: a report needs no database."""

    async def ask() -> list[Reply]:
        visitor = Visitor(create_app())
        return [await visitor.post(PATH, body) for body in bodies]

    return asyncio.run(ask())


def test_the_edge_of_the_platform_sends_them_here():
    assert PaymentPageSettings().report_endpoint == PATH


def test_both_forms_are_taken_and_told_without_what_could_name_a_visitor(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.WARNING, "shop.csp")
    assert [reply.status for reply in post(OLD, NEW)] == [204, 204]
    assert [record.getMessage() for record in caplog.records] == [
        f"the content policy's {directive} refused {blocked} on https://shop.example.com/checkout (0 more were not told)"
        for directive, blocked in (("script-src-elem", "https://evil.example/skimmer.js"), ("img-src", "inline"))
    ]


def test_what_is_too_large_or_no_report_is_refused(caplog: pytest.LogCaptureFixture):
    large = b" " * MOST_BYTES + b"[]"
    refused = [reply.status for reply in post(large, b"no json", b"\xff", {"a": 1}, "text", b"[" * 10_000)]
    assert refused == [413, 400, 400, 400, 400, 400]
    assert not caplog.records


def test_a_wrong_policy_does_not_fill_the_log(caplog: pytest.LogCaptureFixture):
    assert {reply.status for reply in post(*[OLD] * 50)} == {204}
    assert len(caplog.records) == LINES_A_MINUTE


def test_the_next_minute_has_lines_again_and_tells_how_many_were_kept_back():
    now = [0.0]
    limited = Limited(2, lambda: now[0])
    assert [limited.lets_through() for _ in range(5)] == [True, True, False, False, False]
    now[0] = 60.0
    assert limited.lets_through()
    assert limited.take_kept_back() == 3
    assert limited.take_kept_back() == 0


@given(JSON)
def test_whatever_a_stranger_sends_is_told_in_one_line_or_refused(document: object):
    try:
        found = list(violations(document))
    except ValueError:
        return
    for word in (word for violation in found for word in violation):
        assert word
        assert word.isprintable()
        assert len(word) <= csp_reports.LONGEST
