"""What an answer holds: packed bodies, and what a journey may expect of them."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surgeproof.load.answer import Answer
from surgeproof.load.expectation import difference
from surgeproof.load.heads import Head

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(json_values)
def test_every_value_is_as_itself_is_expected(value: Any):
    assert difference(json.loads(json.dumps(value)), value) is None


@pytest.mark.parametrize(
    ("value", "expected", "words"),
    [
        ({"a": 1}, {"a": 2}, "the body.a is 1, not 2"),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "the body.a.b[1] is 2, not 3"),
        ({}, {"a": 1}, "the body has no 'a'"),
        ([], {"a": 1}, "the body is no object: []"),
        ({"a": True}, {"a": 1}, "the body.a is True, not 1"),
        ({"a": 5}, {"a": lambda n: n < 5}, "the body.a is not as it should be: 5"),
        ("x" * 200, "y", "the body is '" + "x" * 76 + "..., not 'y'"),
    ],
)
def test_where_a_value_differs_is_told(value: Any, expected: Any, words: str):
    assert difference(value, expected) == words


@given(st.binary(min_size=1, max_size=2000))
def test_packed_bodies_are_unpacked(body: bytes):
    bare = zlib.compressobj(wbits=-15)
    packed = {
        "gzip": zlib.compress(body, wbits=31) + zlib.compress(b"more", wbits=31),
        "x-gzip": zlib.compress(body, wbits=31),
        "deflate": zlib.compress(body),
        "Deflate": bare.compress(body) + bare.flush(),
        "identity": body,
    }
    for coding, sent in packed.items():
        answer = Answer(Head(200, {"content-encoding": coding}), sent)
        assert answer.content == body + (b"more" if coding == "gzip" else b"")


@given(st.sampled_from(["gzip", "deflate", "br"]), st.binary(min_size=1, max_size=50))
def test_a_body_that_is_not_what_it_says_is_a_value_error_or_is_read(coding: str, body: bytes):
    answer = Answer(Head(200, {"content-encoding": coding}), body)
    words = ""
    try:
        content: bytes | None = answer.content
    except ValueError as error:
        content, words = None, str(error)
    assert (content is None) == (coding in words)
