"""Pulumi's wire values and back."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from surgeproof.graph.wire import Struct, plain_number, plain_properties, wire_properties

_json = st.recursive(
    st.booleans() | st.text(max_size=5) | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(-1e6, 1e6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("xyz", min_size=1, max_size=3), _json, max_size=4), st.data())
def test_what_is_sent_is_read(values: dict[str, Any], data: st.DataObject):
    hidden = data.draw(st.sets(st.sampled_from(sorted(values) or ["none"])))
    read, secrets = plain_properties(wire_properties(values, hidden))
    assert read == values
    assert set(secrets) == hidden & set(values)


def test_whole_numbers_are_ints_and_nulls_are_left_out():
    struct = Struct()
    struct.update({"a": 5.0, "b": 5.5, "c": None, "d": [1.0, {"e": 2.0}], "f": False})
    values, _ = plain_properties(struct)
    assert repr(values) == "{'a': 5, 'b': 5.5, 'd': [1, {'e': 2}], 'f': False}"


def test_a_double_that_no_int_can_hold_stays():
    assert isinstance(plain_number(1e300), float)
