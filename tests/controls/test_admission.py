"""Whom a resource policy lets in: conditions that bound nothing, and refusals that leave a way open."""

from __future__ import annotations

from typing import Any

import pytest

from surgeproof.controls.admission import denies_without_tls, is_bound, unbounded

OPEN = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}
TLS = {"Bool": {"aws:SecureTransport": "false"}}
REFUSAL = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": TLS}


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:ResourceAccount": "123456789012"}},
        {"Null": {"aws:SourceArn": "false"}},
        {"ForAllValues:StringEquals": {"aws:PrincipalOrgID": ["o-1"]}},
        {"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/shop"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}},
        {"ArnLike": {"aws:SourceArn": ["arn:aws:s3:::shop", "*"]}},
        {"StringEquals": {"aws:SourceAccount": []}},
    ],
)
def test_conditions_that_bound_nobody(condition: dict[str, Any]) -> None:
    statement = {**OPEN, "Condition": condition}
    assert not is_bound(statement)
    assert unbounded({"Statement": statement}) == "a statement lets everybody in"


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"AWS:SourceOwner": "123456789012"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::shop-*"}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:events:*:123456789012:rule/*"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgID": "o-1"}},
    ],
)
def test_conditions_that_say_who(condition: dict[str, Any]) -> None:
    assert is_bound({**OPEN, "Condition": condition})


def test_a_refusal_without_tls() -> None:
    assert denies_without_tls(REFUSAL)
    assert denies_without_tls({**REFUSAL, "Condition": {"BoolIfExists": {"aws:SecureTransport": [False]}}})


@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Allow"},
        {"Principal": {"AWS": "arn:aws:iam::123456789012:role/shop"}},
        {"Condition": {**TLS, "IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}},
        {"Condition": {"Null": {"aws:SecureTransport": "false"}}},
        {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
    ],
)
def test_a_refusal_that_leaves_a_way_open(change: dict[str, Any]) -> None:
    assert not denies_without_tls({**REFUSAL, **change})
